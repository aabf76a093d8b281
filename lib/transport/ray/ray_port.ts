/**
 * The way to the cluster of a driver: Ray Client.
 *
 * @module
 */

import type { RayClient } from "./client.ts";
import type {
  ClusterAddress,
  ClusterConnection,
  ClusterEvents,
  ClusterPort,
  ClusterRequest,
} from "./cluster_port.ts";
import { connect } from "./connect.ts";
import { hostSource } from "./host_source.ts";
import { sendFolder } from "./program_package.ts";
import { fromSource, PythonCall, PythonGlobal } from "./python_values.ts";
import { RayConnection } from "./ray_connection.ts";
import type { ActorRef, ObjectRefId } from "./remote_refs.ts";

/** What a driver connects to. */
export interface RayPortSetup {
  /** Where: `ray://host:port`. */
  readonly address: string;
  /** The namespace of names for which none is given. */
  readonly namespace: string;
  /** The path of the program's folder. */
  readonly folder: string;
  /** Ray's runtime environment of the job. */
  readonly runtimeEnv: Readonly<Record<string, unknown>>;
}

/** A driver's connection to the cluster. */
export class RayPort implements ClusterPort {
  readonly #client: Promise<RayClient>;
  readonly #onEnd: () => void;
  readonly #classes = new Map<string, Promise<ObjectRefId>>();

  /**
   * @param setup What to connect to.
   * @param onEnd Called when the connection has been closed.
   */
  constructor(setup: RayPortSetup, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#client = begin(setup);
    // Whoever wants something of the cluster hears of it.
    this.#client.catch(() => {});
  }

  /** {@inheritDoc ClusterPort.create} */
  create(_address: ClusterAddress, request: ClusterRequest, events: ClusterEvents): ClusterConnection {
    const { className, methods, spec, options, first } = request;
    return new RayConnection(this.#client, events, async (client, name) => {
      const cls = await this.#classOf(client, className, methods);
      return await client.createActor(cls, {
        args: [JSON.stringify(spec), name, first],
        options: optionsOf(options),
      });
    });
  }

  #classOf(client: RayClient, className: string, methods: readonly string[]): Promise<ObjectRefId> {
    const key = JSON.stringify([className, methods]);
    let cls = this.#classes.get(key);
    if (cls === undefined) {
      cls = client.put(
        new PythonCall(fromSource(hostSource, "actor_class", "manta_host"), [className, methods]),
      );
      this.#classes.set(key, cls);
    }
    return cls;
  }

  /** {@inheritDoc ClusterPort.connect} */
  connect({ name, namespace }: ClusterAddress, events: ClusterEvents): ClusterConnection {
    return new RayConnection(
      this.#client,
      events,
      (client): Promise<ActorRef> => client.getActor(name, namespace),
      {
        isThere: true,
      },
    );
  }

  /** {@inheritDoc ClusterPort.names} */
  async names(): Promise<ClusterAddress[]> {
    return await (await this.#client).listNamedActors(true);
  }

  /** {@inheritDoc ClusterPort.end} */
  async end(): Promise<void> {
    try {
      await (await this.#client).close();
    } catch { /* It never was, or has ended. */ }
    this.#onEnd();
  }
}

async function begin({ address, namespace, folder, runtimeEnv }: RayPortSetup): Promise<RayClient> {
  const client = await connect(address);
  try {
    const working_dir = runtimeEnv.working_dir ?? await sendFolder(folder, client.store);
    await client.init({ namespace, runtimeEnv: { ...runtimeEnv, working_dir } });
    return client;
  } catch (error) {
    await client.close();
    throw error;
  }
}

/** Options with what only Python can make in the place of what says it. */
function optionsOf(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const strategy = options.scheduling_strategy as { nodeId?: string; soft?: boolean } | undefined;
  if (strategy?.nodeId === undefined) return options;
  const affinity = new PythonGlobal("ray.util.scheduling_strategies", "NodeAffinitySchedulingStrategy");
  return {
    ...options,
    scheduling_strategy: new PythonCall(affinity, [strategy.nodeId, strategy.soft === true]),
  };
}
