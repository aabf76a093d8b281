/**
 * What a host does with its process, in Python: passes on what programs and Python's callers say to it, until it ends.
 *
 * @module
 */

/**
 * Text of the host's (host_source.ts). Several programs may speak to the process, one after the other or at once, each with a key of its
 * own. A program's messages are numbered, so that each is written once and in order. What the process has said to it is kept until its
 * next question, which names how much has come: an answer that was lost is given again. A program that asks no more is given up.
 *
 * @internal
 */
export const PROCESS_SOURCE = `
import pickle, struct, threading, time

MOST_UNREAD = 32 << 20
LAST_WORDS = 2000
# In seconds: a question is answered after so long; who has asked nothing for so long is given up; who has ended has so long to say so.
WAIT = 10
LEASE = 45
FAREWELL = 5
# The kinds of piece: see lib/runtime/sessions.ts.
BYTES, LEFT, CALL, CANCEL, ANSWER, FAILURE, ITEM, OVER = range(8)

class TypeScriptError(RuntimeError):
    def __init__(self, name, message, stack):
        super().__init__(name, message, stack)
        self.name = name
        self.message = message
        self.stack = stack

    def __str__(self):
        return self.stack

class Session:
    def __init__(self, number):
        self.number = number
        self.early = {}
        self.written = 0
        self.said = []
        self.unread = 0
        self.read = 0
        self.asked = time.monotonic()
        self.news = asyncio.Event()
        self.room = asyncio.Event()

class Process:
    def __init__(self, spec, program):
        self.spec = spec
        self.program = program
        self.beginning = None
        self.failure = None
        self.child = None
        self.exit = None
        self.words = b""
        # Whoever makes the actor is the first.
        self.sessions = {}
        self.numbers = 0
        self.session(spec["maker"])
        self.left = set()
        self.is_leaving = False
        self.calls = {}
        self.called = 0
        # Whoever made this actor may have ended at once.
        timer = threading.Timer(LEASE, lambda: self.beginning or os._exit(0))
        timer.daemon = True
        timer.start()

    def session(self, key):
        if key not in self.sessions:
            self.numbers += 1
            self.sessions[key] = Session(self.numbers)
            if self.child is not None:
                self.put(BYTES, self.numbers, b"")
        return self.sessions[key]

    async def begin(self):
        if self.beginning is None:
            self.beginning = asyncio.ensure_future(self.start())
        await asyncio.shield(self.beginning)

    async def start(self):
        try:
            self.child, self.input, self.output = await launch(self.spec, self.program)
            maker = self.sessions.get(self.spec["maker"])
            if maker is None:
                self.put(LEFT, 1, b"")
            else:
                maker.asked = time.monotonic()
            hear, words = asyncio.ensure_future(self.hear()), asyncio.ensure_future(self.pass_words())
            self.tasks = [hear, words, *map(asyncio.ensure_future, [self.end(hear, words), self.watch()])]
        except Exception as error:
            self.failure = str(error)
            self.tasks = [asyncio.ensure_future(self.farewell())]

    async def hear(self):
        try:
            while True:
                kind, number, length = struct.unpack("<III", await self.output.readexactly(12))
                data = await self.output.readexactly(length)
                if kind == BYTES:
                    await self.keep(number, data)
                elif kind == OVER:
                    self.tasks.append(asyncio.ensure_future(self.farewell()))
                elif number in self.calls:
                    self.calls[number].put_nowait((kind, data))
        except asyncio.IncompleteReadError:
            pass

    async def keep(self, number, data):
        session = next((one for one in self.sessions.values() if one.number == number), None)
        if session is None:
            return
        session.said.append(data)
        session.unread += len(data)
        session.news.set()
        while session.unread > MOST_UNREAD and session in self.sessions.values():
            session.room.clear()
            await session.room.wait()

    async def pass_words(self):
        while True:
            data = await self.child.stderr.read(CHUNK)
            if not data:
                return
            self.words = (self.words + data)[-LAST_WORDS:]
            sys.stderr.buffer.write(data)
            sys.stderr.flush()

    async def end(self, hear, words):
        await hear
        code = await self.child.wait()
        await asyncio.wait([words], timeout=1)
        self.exit = code
        await self.farewell()

    # All are told, and the process ends, and this actor: its name is free.
    async def farewell(self):
        if self.is_leaving:
            return
        self.is_leaving = True
        for session in self.sessions.values():
            session.news.set()
        for call in self.calls.values():
            call.put_nowait((OVER, None))
        end = time.monotonic() + FAREWELL
        while self.sessions and time.monotonic() < end:
            await asyncio.sleep(0.02)
        if self.child is not None and self.exit is None:
            self.child.kill()
        import ray
        ray.get_runtime_context().current_actor.__ray_terminate__.remote()

    async def watch(self):
        while True:
            await asyncio.sleep(1)
            late = time.monotonic() - LEASE
            for key, session in list(self.sessions.items()):
                if session.asked < late:
                    await self.leave(key)

    def put(self, kind, number, data):
        head = struct.pack("<III", kind, number, len(data))
        if len(data) < CHUNK:
            self.input.write(head + data)
        else:
            self.input.writelines([head, data])

    async def write(self, kind, number, data):
        try:
            self.put(kind, number, data)
            await self.input.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass

    async def send(self, key, number, data):
        await self.begin()
        if key in self.left:
            return
        session = self.session(key)
        if number >= session.written:
            session.early[number] = data
        while session.written in session.early and self.child is not None:
            data = session.early.pop(session.written)
            session.written += 1
            await self.write(BYTES, session.number, data)

    async def leave(self, key):
        self.left.add(key)
        session = self.sessions.pop(key, None)
        if session is not None:
            session.room.set()
            session.news.set()
            if self.child is not None:
                await self.write(LEFT, session.number, b"")
            elif self.beginning is None:
                await self.farewell()

    async def receive(self, key, heard):
        await self.begin()
        if key in self.left:
            return ["left", "was not asked for news for so long that it has given this program up", heard]
        session = self.session(key)
        session.asked = time.monotonic()
        while session.said and session.read < heard:
            data = session.said.pop(0)
            session.read += len(data)
            session.unread -= len(data)
        session.room.set()
        if not session.said and self.failure is None and self.exit is None:
            session.news.clear()
            try:
                await asyncio.wait_for(session.news.wait(), WAIT)
            except asyncio.TimeoutError:
                pass
            session.asked = time.monotonic()
        if session.said:
            whole = b"".join(session.said)
            session.said = [whole]
            return ["bytes", whole, session.read + len(whole)]
        if self.failure is not None:
            return ["failed", self.failure, heard]
        if self.exit is None:
            return ["bytes", b"", heard]
        if self.exit == 0:
            return ["left", "ended with code 0", heard]
        return ["ended", self.ended(), heard]

    def ended(self):
        words = self.words.decode(errors="replace").strip()
        how = f"ended with code {self.exit}" if self.exit >= 0 else f"was ended by signal {-self.exit}"
        return how + (f", after it had said: {words}" if words else "")

    async def call(self, name, args):
        await self.begin()
        if self.failure is not None:
            raise RuntimeError(f"its process could not be started: {self.failure}")
        self.called += 1
        number = self.called
        answers = self.calls[number] = asyncio.Queue()
        kind = None
        try:
            if self.exit is None:
                await self.write(CALL, number, pickle.dumps([name, list(args)], protocol=5))
            else:
                answers.put_nowait((OVER, None))
            while True:
                kind, data = await answers.get()
                if kind == OVER:
                    raise RuntimeError("its process has ended" if self.exit is None else f"its process {self.ended()}")
                value = pickle.loads(data)
                if kind == FAILURE:
                    raise type(value[0], (TypeScriptError,), {})(*value)
                yield kind, value
                if kind == ANSWER:
                    return
        finally:
            del self.calls[number]
            if kind in (None, ITEM) and self.exit is None:
                await self.write(CANCEL, number, b"")
`;
