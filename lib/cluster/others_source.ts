/**
 * What a host does for its process with the hosts of other actors, in Python: it asks them, as programs do.
 *
 * @module
 */

/**
 * Text of the host's (host_source.ts). The handles of other hosts come beside the bytes that speak of their actors, and go on in the same
 * way. What a question's words are stands in lib/runtime/host_ways.ts.
 *
 * @internal
 */
export const OTHERS_SOURCE = `
import asyncio, json, struct

QUESTION = "<idII"

class Others:
    def __init__(self, own, put):
        self.own = own
        self.put = put
        # The handles, by their actors' ids, and those to which this process has spoken, by its keys there.
        self.known = {}
        self.lines = {}
        # Those that were made for this process, by its keys there (makes_source.ts).
        self.made = {}
        self.tasks = set()

    def handle(self, actor):
        if actor == self.own:
            import ray
            return ray.get_runtime_context().current_actor
        return self.known.get(actor)

    def handles(self, actors):
        return {actor: handle for actor in actors if (handle := self.handle(actor)) is not None}

    # At once: the order is that of the pieces.
    def ask(self, number, data):
        sequel, heard, is_again, length = struct.unpack_from(QUESTION, data)
        at = struct.calcsize(QUESTION)
        actor, key, *guests = json.loads(data[at:at + length])
        answer = None
        try:
            other = self.made.get(key) or self.handle(actor)
            if other is None:
                raise RuntimeError("it had ended before this process heard of it")
            asker = self.handle(self.own) if is_again or key not in self.lines else None
            self.lines[key] = other
            told = self.handles(guests)
            answer = other.manta_exchange.remote(
                key, sequel, data[at + length:], heard, bool(is_again), told, asker)
        except Exception as error:
            self.lost(number, error)
        self.put(ASKED, number, b"")
        if answer is not None:
            task = asyncio.ensure_future(self.pass_news(number, answer))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    async def pass_news(self, number, answer):
        try:
            kind, content, start, *told = await answer
            self.known.update(*told)
            self.news(number, start, kind, content)
        except Exception as error:
            self.lost(number, error)

    def news(self, number, start, kind, content):
        data = content.encode() if isinstance(content, str) else content
        self.put(NEWS, number, struct.pack("<d8s", start, kind.encode()) + data)

    def lost(self, number, error):
        self.news(number, 0, "lost", f"{type(error).__name__}: {error}")

    def part(self, key):
        other = self.lines.pop(key, None)
        if other is not None:
            other.manta_leave.remote(key)

    def part_all(self):
        for key in list(self.lines):
            self.part(key)
`;
