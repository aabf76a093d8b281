/** What the types say of names. Compiled, not run. */

import {
  Actor,
  type ActorHandle,
  getActor,
  listNamedActors,
  type ListNamedActorsOptions,
  type NamedActor,
  remote,
} from "@manta/ray";
import { expectType } from "./expect_type.ts";

class Store extends Actor {
  constructor(readonly size: number) {
    super();
  }
  read(key: string): number {
    return key.length;
  }
}
const Wrapped = remote(Store);

export async function names(options: ListNamedActorsOptions): Promise<void> {
  const found = await getActor<Store>("store", { namespace: "here" });
  expectType<ActorHandle<Store>>().of(found);
  expectType<number>().of(await found.read.remote("key"));
  // @ts-expect-error: the method takes a string
  found.read.remote(1);
  // @ts-expect-error: no such option
  getActor<Store>("store", { nameSpace: "here" });

  const own = await listNamedActors();
  expectType<string[]>().of(own);
  const all = await listNamedActors({ allNamespaces: true });
  expectType<NamedActor[]>().of(all);
  const some = await listNamedActors(options);
  expectType<string[] | NamedActor[]>().of(some);

  const made = Store.options({ name: "a", namespace: "b", getIfExists: true, lifetime: "detached" }).remote(
    1,
  );
  expectType<ActorHandle<Store>>().of(made);
  Wrapped.options({ name: "a", lifetime: "non_detached" }).remote(1);
  // @ts-expect-error: no such lifetime
  Store.options({ lifetime: "forever" });
  // @ts-expect-error: a name is one actor's, not a class's
  remote({ name: "a" });
}
