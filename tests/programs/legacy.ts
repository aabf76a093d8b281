/** For compilers with legacy decorators: says the error. */

import { Actor, method, remote } from "@manta/ray";

const said = (what: string, declare: () => void): void => {
  try {
    declare();
    console.log(what, "=> nothing");
  } catch (error) {
    console.log(what, "=>", String(error));
  }
};

said("@remote", () => {
  @remote
  class Bare extends Actor {}
  return Bare;
});
said("@remote({})", () => {
  @remote({ placement: "inline" })
  class WithOptions extends Actor {}
  return WithOptions;
});
said("@method", () => {
  class WithMethod extends Actor {
    @method({ concurrencyGroup: "io" })
    read(): void {}
  }
  return WithMethod;
});
