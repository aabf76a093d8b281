/**
 * The Python actor that starts a process of a program's on its node, and passes its bytes on.
 *
 * @module
 */

import { fromSource, type PythonObject } from "../transport/ray/python_values.ts";

/**
 * Messages to the process are numbered, so that each is written once and in order. Each is a question too, for what the process says
 * next: the two newest stay open, so that an answer need not wait for a question. What the process has said is kept until a question
 * names how much has come: one that is asked again, as its answer was lost, has all from there.
 */
const SOURCE = `
import asyncio, collections, io, json, os, shutil, sys, tempfile, urllib.parse, zipfile

CHUNK = 1 << 20
MOST_OPEN = 2
MOST_UNREAD = 32 << 20
LAST_WORDS = 2000

class Speech:
    def __init__(self):
        self.pieces = collections.deque()
        self.start = self.told = self.end = 0
        self.questions = collections.deque()
        self.room = asyncio.Event()

    async def add(self, data):
        self.pieces.append(data)
        self.end += len(data)
        self.tell()
        while self.end - self.start > MOST_UNREAD:
            self.room.clear()
            await self.room.wait()

    def question(self, heard, is_again):
        while self.pieces and self.start + len(self.pieces[0]) <= heard:
            self.start += len(self.pieces.popleft())
        self.room.set()
        if is_again:
            self.told = self.start
        question = asyncio.get_running_loop().create_future()
        self.questions.append(question)
        while len(self.questions) > MOST_OPEN:
            self.answer(["bytes", b"", self.told])
        self.tell()
        return question

    def answer(self, answer):
        question = self.questions.popleft()
        if not question.done():
            question.set_result(answer)

    def tell(self):
        if self.questions and self.told < self.end:
            at, new = self.start, []
            for piece in self.pieces:
                if at >= self.told:
                    new.append(piece)
                at += len(piece)
            start, self.told = self.told, self.end
            self.answer(["bytes", b"".join(new), start])

class MantaHost:
    def __init__(self, spec, program):
        self.spec = spec
        self.program = program
        self.beginning = None
        self.failure = None
        self.child = None
        self.exit = None
        self.early = {}
        self.written = 0
        self.speech = Speech()
        self.words = b""

    async def begin(self):
        if self.beginning is None:
            self.beginning = asyncio.ensure_future(self.start())
        await asyncio.shield(self.beginning)

    async def start(self):
        try:
            spec = self.spec
            root = await self.root()
            runtime = self.runtime()
            args = [arg.replace("{root}", root) for arg in spec["args"]]
            entry = spec["entry"].replace("{root}", root)
            env = dict(os.environ)
            env.pop("RAY_ADDRESS", None)
            here = "file://" + urllib.parse.quote(root) + "/"
            env["MANTA_PROGRAM"] = json.dumps({"here": here, "there": spec["root"]})
            # Pipes of their own: what the program prints is the user's, and Bun cannot write much to its stdout.
            (source, target), (output, sink) = os.pipe(), os.pipe()
            self.child = await asyncio.create_subprocess_exec(
                runtime, *args, entry, f"fd:{source},{sink}", spec["place"],
                stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, limit=CHUNK,
                pass_fds=(source, sink), cwd=os.path.join(root, spec["folder"]), env=env)
            os.close(source)
            os.close(sink)
            loop = asyncio.get_running_loop()
            transport, protocol = await loop.connect_write_pipe(
                asyncio.streams.FlowControlMixin, os.fdopen(target, "wb"))
            self.input = asyncio.StreamWriter(transport, protocol, None, loop)
            self.output = asyncio.StreamReader(CHUNK)
            await loop.connect_read_pipe(
                lambda: asyncio.StreamReaderProtocol(self.output), os.fdopen(output, "rb"))
            hear = asyncio.ensure_future(self.hear())
            words = asyncio.ensure_future(self.pass_words())
            self.tasks = [hear, words, asyncio.ensure_future(self.end(hear, words))]
        except Exception as error:
            self.failure = str(error)
            self.tell_end()

    async def root(self):
        from ray._private.worker import global_worker
        marker = self.spec["marker"]
        home = os.path.join(global_worker.node.get_session_dir_path(), "manta")
        root = os.path.join(home, marker)
        if not os.path.exists(os.path.join(root, marker)):
            packed = await self.program[0]
            os.makedirs(home, exist_ok=True)
            draft = tempfile.mkdtemp(dir=home)
            with zipfile.ZipFile(io.BytesIO(packed)) as files:
                files.extractall(draft)
            try:
                os.rename(draft, root)
            except OSError:
                # Another host of this node was quicker.
                shutil.rmtree(draft, ignore_errors=True)
        return root

    def runtime(self):
        name = self.spec["runtime"]
        variable = "MANTA_" + name.upper()
        said = os.environ.get(variable)
        if said:
            if os.access(said, os.X_OK):
                return said
            raise RuntimeError(f"the environment says {variable}={said}, and no program is there")
        home = os.path.expanduser("~")
        beside = os.path.join(os.path.dirname(sys.executable), name)
        for path in [shutil.which(name), beside, os.path.join(home, "." + name, "bin", name)]:
            if path and os.access(path, os.X_OK):
                return path
        import ray
        node = ray.util.get_node_ip_address()
        title = {"deno": "Deno", "bun": "Bun"}[name]
        ways = f"install it there, or say where it is with runtimeEnv: {{ env_vars: {{ {variable}: \\"/path/to/{name}\\" }} }}"
        if name == "deno":
            ways += ', or have Ray fetch it with runtimeEnv: { pip: ["deno"] }'
        raise RuntimeError(f"there is no {title} on node {node}, which runs what this program runs on: {ways}")

    async def hear(self):
        while True:
            data = await self.output.read(CHUNK)
            if not data:
                return
            await self.speech.add(data)

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
        self.tell_end()

    async def exchange(self, number, data, heard, is_again):
        await self.begin()
        answer = self.speech.question(heard, is_again)
        self.tell_end()
        await self.write(number, data)
        return await answer

    async def write(self, number, data):
        if number >= self.written:
            self.early[number] = data
        while self.written in self.early and self.child is not None:
            data = self.early.pop(self.written)
            self.written += 1
            try:
                self.input.write(data)
                await self.input.drain()
            except (BrokenPipeError, ConnectionResetError):
                return

    def tell_end(self):
        if self.failure is not None:
            last = ["failed", self.failure, self.speech.told]
        elif self.exit == 0:
            last = ["left", "ended with code 0", self.speech.told]
        elif self.exit is not None:
            words = self.words.decode(errors="replace").strip()
            how = f"ended with code {self.exit}" if self.exit > 0 else f"was ended by signal {-self.exit}"
            last = ["ended", how + (f", after it had said: {words}" if words else ""), self.speech.told]
        else:
            return
        while self.speech.questions:
            self.speech.answer(last)
`;

/** The class, as a value that the server makes. @internal */
export function hostClass(): PythonObject {
  return fromSource(SOURCE, "MantaHost", "manta_host");
}
