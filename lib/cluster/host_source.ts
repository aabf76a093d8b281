/**
 * The Python actor that starts a process of a program's on its node, and passes its bytes on.
 *
 * @module
 */

import { fromSource, type PythonObject } from "../transport/ray/python_values.ts";

/**
 * Messages to the process are numbered, so that each is written once and in order. What the process has said is kept until the next
 * question, which names how much has come: an answer that was lost is given again.
 */
const SOURCE = `
import asyncio, io, json, os, shutil, sys, tempfile, urllib.parse, zipfile

CHUNK = 1 << 20
MOST_UNREAD = 32 << 20
LAST_WORDS = 2000

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
        self.said = []
        self.unread = 0
        self.read = 0
        self.words = b""
        self.news = asyncio.Event()
        self.room = asyncio.Event()

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
            self.news.set()

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
            self.said.append(data)
            self.unread += len(data)
            self.news.set()
            while self.unread > MOST_UNREAD:
                self.room.clear()
                await self.room.wait()

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
        self.news.set()

    async def send(self, number, data):
        await self.begin()
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

    async def receive(self, heard):
        await self.begin()
        while self.said and self.read < heard:
            data = self.said.pop(0)
            self.read += len(data)
            self.unread -= len(data)
        self.room.set()
        while not self.said and self.failure is None and self.exit is None:
            self.news.clear()
            await self.news.wait()
        if self.said:
            whole = b"".join(self.said)
            self.said = [whole]
            return ["bytes", whole, self.read + len(whole)]
        if self.failure is not None:
            return ["failed", self.failure, heard]
        if self.exit == 0:
            return ["left", "ended with code 0", heard]
        words = self.words.decode(errors="replace").strip()
        how = f"ended with code {self.exit}" if self.exit > 0 else f"was ended by signal {-self.exit}"
        return ["ended", how + (f", after it had said: {words}" if words else ""), heard]
`;

/** The class, as a value that the server makes. @internal */
export function hostClass(): PythonObject {
  return fromSource(SOURCE, "MantaHost", "manta_host");
}
