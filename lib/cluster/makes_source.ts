/**
 * What a host does for its process to have further actors on the cluster, in Python: it makes them, finds them by their names, and ends
 * them.
 *
 * @module
 */

/**
 * Text of the host's (host_source.ts). What the process may want are the methods of `Makes` that `WANTS` names: see
 * lib/runtime/host_ways.ts. The actors that a host makes are its own: Ray ends them with it, unless they are detached.
 *
 * @internal
 */
export const MAKES_SOURCE = `
import asyncio, json, re, time

WANTS = ("make", "find", "names", "ends", "end", "drop")
# So long after its actor was ended, in seconds, a name may still be taken; and the time between two looks.
NAME_PATIENCE = 10
NAME_PAUSE = 0.05
# So long it is asked whether it lives, in seconds, by whoever need not know what it is: it may not have begun.
LOOK_PATIENCE = 1
# So many questions a host may have open: two for each of those who speak to it. Ray's own limit is 1,000.
MANY = 100_000

# Options as Ray calls them.
def ray_options(options):
    words = {re.sub("[A-Z]", lambda letter: "_" + letter.group().lower(), name): value for name, value in options.items()}
    strategy = words.get("scheduling_strategy")
    if isinstance(strategy, dict):
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
        words["scheduling_strategy"] = NodeAffinitySchedulingStrategy(strategy["nodeId"], strategy.get("soft", False))
    return words

class Makes:
    def __init__(self, process):
        self.process = process
        self.known = process.others.known
        self.made = process.others.made
        self.classes = {}
        self.program = None
        # By those keys, too: those that end with this host.
        self.own = set()
        # Those that this host has ended, or has found ended: their names are about to be free.
        self.ended = set()
        self.tasks = set()

    def take(self, number, data):
        task = asyncio.ensure_future(self.answer(number, *json.loads(data)))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def answer(self, number, want, *words):
        try:
            if want not in WANTS:
                raise RuntimeError(f"it does not know how to {want}")
            said = {"value": await getattr(self, want)(*words)}
        except Exception as error:
            said = {"error": f"{type(error).__name__}: {error}"}
        self.process.put(GOT, number, json.dumps(said).encode())

    # Whoever has the name, if that is another one.
    async def make(self, actor, maker, place, wish):
        options = wish["options"]
        if "name" not in options:
            return self.make_new(actor, maker, place, wish)
        name, namespace = options["name"], options["namespace"]
        while True:
            # Of an actor that starts again, or anew: its last host may still have the name.
            await self.holder(name, namespace)
            try:
                return self.make_new(actor, maker, place, wish)
            except ValueError as error:
                if "already taken" not in str(error) and "already exists" not in str(error):
                    raise
            # Another one was quicker.
            found = await self.look(name, namespace, True)
            if found is not None:
                self.made[maker] = self.known[actor] = found.pop("handle")
                return found

    def make_new(self, actor, maker, place, wish):
        import ray
        shape, options = wish["shape"], wish["options"]
        methods = [[method["name"], method["isGenerator"]] for method in shape["methods"]]
        key = json.dumps([shape["name"], methods])
        if key not in self.classes:
            self.classes[key] = ray.remote(host_class(shape["name"], methods))
        options = ray_options(options)
        spec = self.process.spec
        is_detached = options.get("lifetime") == "detached"
        lasts = spec["lasts"] or is_detached
        about = json.dumps({**wish["about"], "shape": shape})
        options = {"max_concurrency": MANY, **options}
        said = {**spec, "place": place, "maker": maker, "lasts": lasts, "about": about}
        self.made[maker] = self.known[actor] = self.classes[key].options(**options).remote(said, self.packed(spec))
        if not is_detached:
            self.own.add(maker)

    # The program's own copy goes with it.
    def packed(self, spec):
        if not spec["lasts"]:
            return self.process.program
        if self.program is None:
            import ray
            with open(spec["packed"], "rb") as file:
                self.program = [ray.put(file.read())]
        return self.program

    # What the actor that has a name is: no text for one that is not of TypeScript, or if that is not asked for.
    async def find(self, name, namespace, asks):
        found = await self.look(name, namespace, asks)
        if found is not None and found["about"] is not None:
            self.known[json.loads(found["about"])["id"]] = found["handle"]
        return found and {"about": found["about"]}

    async def look(self, name, namespace, asks):
        from ray.exceptions import ActorUnavailableError, RayActorError
        while True:
            handle = await self.holder(name, namespace)
            if handle is None:
                return None
            if not hasattr(handle, "manta_about"):
                return {"handle": handle, "about": None}
            try:
                about = asyncio.wait_for(handle.manta_about.remote(), None if asks else LOOK_PATIENCE)
                return {"handle": handle, "about": await about}
            except asyncio.TimeoutError:
                return {"handle": handle, "about": None}
            except ActorUnavailableError:
                await asyncio.sleep(NAME_PAUSE)
            except RayActorError:
                # Its name is about to be free; if it is not, it is nobody's.
                if handle._ray_actor_id in self.ended:
                    return None
                self.ended.add(handle._ray_actor_id)

    async def holder(self, name, namespace):
        import ray
        until = time.monotonic() + NAME_PATIENCE
        while True:
            try:
                handle = ray.get_actor(name, namespace)
            except ValueError:
                return None
            if handle._ray_actor_id not in self.ended or time.monotonic() > until:
                return handle
            await asyncio.sleep(NAME_PAUSE)

    async def names(self):
        import ray
        return ray.util.list_named_actors(all_namespaces=True)

    async def ends(self, maker):
        if maker in self.made:
            self.ended.add(self.made[maker]._ray_actor_id)

    async def end(self, actor, maker):
        import ray
        handle = self.made.get(maker)
        await self.drop(actor, maker)
        if handle is not None:
            ray.kill(handle)

    # Before anybody hears of this one's end: who makes the same again may do so at once. Ray would do it later.
    def end_all(self):
        import ray
        for maker in self.own:
            try:
                ray.kill(self.made[maker])
            except Exception:
                pass

    # Its next run may be known by then.
    async def drop(self, actor, maker):
        self.own.discard(maker)
        handle = self.made.pop(maker, None)
        if handle is not None and self.known.get(actor) is handle:
            del self.known[actor]
`;
