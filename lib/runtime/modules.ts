/**
 * The modules that one thread loads for the classes and functions that they declare.
 *
 * @module
 */

/** The loads of one thread. */
export class Modules {
  /** Of modules that are being loaded, and of those that could not be: engines differ in what a second `import` of these does. */
  readonly #loads = new Map<string, Promise<void>>();
  #loading = 0;

  /** True while one is being loaded. */
  get isLoading(): boolean {
    return this.#loading > 0;
  }

  /** False for one that may have declared less than it declares: it is being loaded, or threw. */
  isWhole(module: string): boolean {
    return this.#loads.size === 0 || !this.#loads.has(module);
  }

  /**
   * Loads a module, once.
   *
   * @param module Its URL.
   * @param load Imports it.
   */
  load(module: string, load: () => Promise<unknown>): Promise<void> {
    let loaded = this.#loads.get(module);
    if (loaded === undefined) this.#loads.set(module, loaded = this.#load(module, load));
    return loaded;
  }

  async #load(module: string, load: () => Promise<unknown>): Promise<void> {
    this.#loading++;
    try {
      await load();
      this.#loads.delete(module);
    } finally {
      this.#loading--;
    }
  }
}
