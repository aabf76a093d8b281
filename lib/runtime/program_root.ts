/**
 * Where the program's files are: on the driver's machine, and on each node, in another folder. What says of which module a class
 * is crosses with its place below that folder.
 *
 * @module
 */

/** What stands for the program's folder on the way. */
const ROOT = "app:///";

/** The program's folder on this machine. */
export class ProgramRoot {
  /** Its URL; ends with a slash. */
  readonly url: string;

  /** @param url The folder's URL. */
  constructor(url: string) {
    this.url = url.endsWith("/") ? url : `${url}/`;
  }

  /** The URL of a module, or what begins with it, as it crosses. */
  outward(key: string): string {
    return key.startsWith(this.url) ? ROOT + key.slice(this.url.length) : key;
  }

  /** The same, as it is on this machine. */
  inward(key: string): string {
    return key.startsWith(ROOT) ? this.url + key.slice(ROOT.length) : key;
  }

  /** Why a module cannot be loaded on another machine; `undefined` if it can. */
  refusal(module: string): string | undefined {
    if (!module.startsWith("file:") || module.startsWith(this.url)) return undefined;
    return `${module} lies outside of the program's folder ${this.url}, which is what travels to the cluster: move it there, or say ` +
      `the folder with the option "workingDir" of init`;
  }
}
