/**
 * What a host does with its process, in Python: passes on what programs and Python's callers say to it, until it ends.
 *
 * @module
 */

/**
 * Text of the host's (host_source.ts). Several programs may speak to the process, one after the other or at once, each with a key of its
 * own. A program's messages are numbered, so that each is written once and in order. Each is a question too, for what the process says
 * next to it: the two newest stay open, so that an answer need not wait for a question, until there has been none for a while. What the
 * process has said is kept until a question names how much has come: one that is asked again, as its answer was lost, has all from
 * there (session_source.ts). A program that asks no more is given up.
 *
 * The process itself speaks to those of other hosts in the same way (others_source.ts).
 *
 * @internal
 */
export const PROCESS_SOURCE = `
import pickle, struct, threading, time

MOST_UNREAD = 32 << 20
LAST_WORDS = 2000
# In seconds: when no question has come for so long, those that are open are answered; who has asked nothing for so long is given
# up; who has ended has so long to say so.
WAIT = 10
LEASE = 45
FAREWELL = 5
# The kinds of piece: see lib/runtime/sessions.ts.
BYTES, LEFT, CALL, CANCEL, ANSWER, FAILURE, ITEM, OVER, ASK, PART, ASKED, NEWS, TELL, HOLD, GO, WANT, GOT = range(17)

class TypeScriptError(RuntimeError):
    def __init__(self, name, message, stack):
        super().__init__(name, message, stack)
        self.name = name
        self.message = message
        self.stack = stack

    def __str__(self):
        return self.stack

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
        self.gone = asyncio.Event()
        self.calls = {}
        self.called = 0
        self.others = Others(json.loads(spec["about"])["id"], self.put)
        self.makes = Makes(self)
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
                    self.keep(number, data)
                elif kind == TELL:
                    session = self.find(number)
                    if session is not None:
                        session.guests[data.decode()] = session.end
                elif kind == ASK:
                    self.others.ask(number, data)
                elif kind == PART:
                    self.others.part(data.decode())
                elif kind == WANT:
                    self.makes.take(number, data)
                elif kind == OVER:
                    self.tasks.append(asyncio.ensure_future(self.farewell()))
                elif number in self.calls:
                    self.calls[number].put_nowait((kind, data))
        except asyncio.IncompleteReadError:
            pass

    def find(self, number):
        return next((one for one in self.sessions.values() if one.number == number), None)

    def keep(self, number, data):
        session = self.find(number)
        if session is not None:
            session.add(data)
            self.hold(session)

    # One that is not read keeps no other waiting.
    def hold(self, session):
        is_full = session.end - session.start > MOST_UNREAD
        if is_full != session.is_held:
            session.is_held = is_full
            self.put(HOLD if is_full else GO, session.number, b"")

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
        self.makes.end_all()
        for session in self.sessions.values():
            self.tell_end(session)
        self.others.part_all()
        self.gone.set()
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
            for key, session in list(self.sessions.items()):
                silence = time.monotonic() - session.asked
                if silence > LEASE:
                    await self.leave(key)
                elif silence > WAIT:
                    session.answer_all("bytes", b"")

    def put(self, kind, number, data):
        head = struct.pack("<III", kind, number, len(data))
        if len(data) < CHUNK:
            self.input.write(head + data)
        else:
            self.input.write(head)
            self.input.write(data)

    async def write(self, kind, number, data):
        try:
            self.put(kind, number, data)
            await self.input.drain()
        except (BrokenPipeError, ConnectionResetError):
            pass

    async def exchange(self, key, number, data, heard, is_again, guests, asker):
        self.others.known.update(guests)
        await self.begin()
        if key in self.left:
            return ["left", "was not asked for news for so long that it has given this program up", heard, {}]
        session = self.session(key)
        answer = session.question(heard, is_again)
        self.hold(session)
        if asker is not None and session.watch is None:
            session.watch = asyncio.ensure_future(self.watch_asker(key, asker))
        self.tell_end(session)
        if number >= session.written:
            session.early[number] = data
        while session.written in session.early and self.child is not None:
            data = session.early.pop(session.written)
            session.written += 1
            await self.write(BYTES, session.number, data)
        *news, told = await answer
        return [*news, self.others.handles(told)] if session.watch is not None else news

    # Another host says when it goes, or Ray does.
    async def watch_asker(self, key, asker):
        from ray.exceptions import ActorUnavailableError
        while True:
            try:
                await asker.manta_watch.remote()
            except ActorUnavailableError:
                await asyncio.sleep(1)
                continue
            except Exception:
                pass
            return await self.leave(key)

    async def leave(self, key):
        self.left.add(key)
        session = self.sessions.pop(key, None)
        if session is not None:
            session.answer_all("bytes", b"")
            if self.child is not None:
                await self.write(LEFT, session.number, b"")
            elif self.beginning is None:
                await self.farewell()

    def tell_end(self, session):
        if self.failure is not None:
            session.answer_all("failed", self.failure)
        elif self.exit == 0:
            session.answer_all("left", "ended with code 0")
        elif self.exit is not None:
            session.answer_all("ended", self.ended())

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
