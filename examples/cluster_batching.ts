/**
 * A service in TypeScript in front of a model in Python on a Ray cluster: requests that come at the same time travel as one numpy
 * matrix. Start a cluster first (the README says how), then:
 *
 *     RAY_ADDRESS=ray://127.0.0.1:10001 deno run -A examples/cluster_batching.ts
 *     RAY_ADDRESS=ray://127.0.0.1:10001 bun run examples/cluster_batching.ts
 */

import { Actor, type ActorHandle, get, init, remote } from "@manta/ray";
import { type Kwargs, kwargs, NumpyArray, pythonActor } from "@manta/ray/ray";

/** What Python's class has, as TypeScript sees it. */
interface Model {
  predict(rows: NumpyArray, named: Kwargs<{ temperature: number }>): Float32Array;
  count_batches(): number;
}

const Model = pythonActor<Model, [features: number, named: Kwargs<{ seed: number }>]>("batch_model", "Model");

interface Request {
  readonly features: Float32Array;
  readonly resolve: (probability: number) => void;
  readonly reject: (reason: unknown) => void;
}

/** Answers single requests by batches. It lives in the driver's thread, and waits without blocking it. */
@remote({ placement: "inline" })
class Batcher extends Actor {
  readonly #model: ActorHandle<Model>;
  readonly #features: number;
  readonly #size: number;
  #waiting: Request[] = [];
  #isBusy = false;

  constructor(features: number, size: number) {
    super();
    this.#model = Model.options({ numCpus: 1 }).remote(features, kwargs({ seed: 7 }));
    this.#features = features;
    this.#size = size;
  }

  async predict(features: Float32Array): Promise<number> {
    if (features.length !== this.#features) {
      throw new RangeError(`Cannot predict from ${features.length} features: expected ${this.#features}`);
    }
    const probability = new Promise<number>((resolve, reject) => {
      this.#waiting.push({ features, resolve, reject });
    });
    if (!this.#isBusy) void this.#work();
    return await probability;
  }

  async batches(): Promise<number> {
    return await this.#model.count_batches.remote();
  }

  /** Ends the model's actor after its last batch. */
  async onShutdown(): Promise<void> {
    await this.#model[Symbol.asyncDispose]();
  }

  /** While a batch is away, the next one gathers. */
  async #work(): Promise<void> {
    this.#isBusy = true;
    for (; this.#waiting.length > 0; await Promise.resolve()) {
      const batch = this.#waiting.splice(0, this.#size);
      const rows = new Float32Array(batch.length * this.#features);
      batch.forEach(({ features }, row) => rows.set(features, row * this.#features));
      const matrix = new NumpyArray(rows, [batch.length, this.#features]);
      try {
        const answers = await this.#model.predict.remote(matrix, kwargs({ temperature: 0.5 }));
        batch.forEach(({ resolve }, row) => resolve(answers[row]));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isBusy = false;
  }
}

if (import.meta.main) {
  const folder = new URL("./python", import.meta.url).pathname;
  await using runtime = await init({ runtimeEnv: { working_dir: folder } });
  await using batcher = Batcher.remote(16, 64);
  const requests = Array.from({ length: 500 }, (_, i) => new Float32Array(16).fill(i / 500 - 0.5));
  const answers = await get(requests.map((features) => batcher.predict.remote(features)));
  const batches = await batcher.batches.remote();
  const rising = answers.every((p, i) => i === 0 || (p - answers[i - 1]) * (answers[1] - answers[0]) > 0);
  console.log(`${answers.length} answers in ${batches} batches, each of its own request: ${rising}`);
  void runtime;
}
