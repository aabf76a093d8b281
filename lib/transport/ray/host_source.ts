/**
 * The Python actor that stands on a node for one of TypeScript's: it starts the runtime with the process that hosts the actor, and
 * passes bytes between it and whoever calls it. It knows nothing of what the bytes say.
 *
 * Callers open a connection each (`manta_open`), whose bytes go to the process with numbered `manta_push` calls and come from it with
 * numbered `manta_pull` calls that wait; so neither order nor repetition of Ray's calls matters. Between the host and its process runs one
 * socket; each message on it is three words (length, kind, connection) and a payload. The process opens connections to
 * other hosts the same way, through this one: they run from node to node.
 *
 * @module
 */

/** The kinds of messages between a host and its process. */
export const HostMessage = {
  /** To the process: somebody has opened a connection. */
  open: 1,
  /** Bytes of a connection. */
  data: 2,
  /** A connection has ended. Payload: why, as JSON; from the process, none. */
  close: 3,
  /** From the process: make an actor, and connect to it. Payload: length of JSON u32, JSON, the bytes that make it. */
  create: 4,
  /** From the process: connect to the actor of a name. Payload: JSON. */
  connect: 5,
  /** To the process: a connection that it wanted is there. Payload: what the actor says of itself, as JSON. */
  opened: 6,
  /** From the process: end the actor at the other end of a connection. Payload: 1 for good, 0 to let it start again. */
  kill: 7,
  /** From the process: its actor has ended. Payload: why, as JSON. */
  ended: 8,
  /** To the process: a call from Python, its number in the place of a connection's. Payload: JSON. */
  call: 9,
  /** From the process: the answer. Payload: JSON. */
  answer: 10,
  /** From the process: which actors have names? Payload: JSON. To it: these, as JSON. */
  names: 11,
} as const;

/** The text of the module; `actor_class(name, methods)` gives a class for `ray.remote`. */
export const hostSource: string = String.raw`
import asyncio
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
import uuid

import ray
from ray.exceptions import ActorUnavailableError, RayActorError, RayError

HEAD, HEAD_SIZE = "<III", 12
OPEN, DATA, CLOSE, CREATE, CONNECT, OPENED, KILL, ENDED, CALL, ANSWER, NAMES = range(1, 12)
# A pull that finds nothing for so long comes back empty; a caller that has not pulled for so long is gone. In seconds.
PATIENCE, LEASE = 20.0, 90.0
# With more bytes than that on their way to the process, callers wait.
HIGH_WATER = 4 << 20
PULLS = 2


def reason(kind, text):
    return json.dumps({"kind": kind, "text": text})


class Inlet:
    """A connection that a caller has opened."""

    def __init__(self, host, number):
        self.host, self.number = host, number
        self.expected, self.held = 0, {}
        self.chunks, self.turn, self.waiting = bytearray(), 0, {}
        self.end = None
        self.seen = time.monotonic()

    def feed(self, sequence, data):
        if sequence < self.expected:
            return
        self.held[sequence] = data
        while self.expected in self.held:
            self.host.send(DATA, self.number, self.held.pop(self.expected))
            self.expected += 1

    def give(self, data):
        self.chunks += data
        self.serve()

    def close(self, end):
        self.end = self.end or end
        self.serve()

    def serve(self):
        while self.turn in self.waiting and (self.chunks or self.end is not None):
            future = self.waiting.pop(self.turn)
            self.turn += 1
            answer = self.end
            if self.chunks:
                answer = bytes(self.chunks)
                self.chunks = bytearray()
            if not future.done():
                future.set_result(answer)

    async def take(self, turn):
        self.seen = time.monotonic()
        future = asyncio.get_running_loop().create_future()
        self.waiting[turn] = future
        self.serve()
        while True:
            try:
                return await asyncio.wait_for(asyncio.shield(future), PATIENCE)
            except asyncio.TimeoutError:
                # Turns are taken in order: a later one waits for those before.
                if turn == self.turn and turn in self.waiting:
                    del self.waiting[turn]
                    self.turn += 1
                    self.seen = time.monotonic()
                    return b""


class Outlet:
    """A connection from the process to another host."""

    def __init__(self, host, number):
        self.host, self.number = host, number
        self.name = uuid.uuid4().hex
        self.handle = None
        self.sequence, self.unsent, self.flushing = 0, bytearray(), False

    def push(self, data):
        self.unsent += data
        if not self.flushing and self.handle is not None:
            self.flushing = True
            asyncio.get_running_loop().call_soon(self.flush)

    def flush(self):
        self.flushing = False
        if not self.unsent:
            return
        data, self.unsent = bytes(self.unsent), bytearray()
        self.handle.manta_push.remote(self.name, self.sequence, data)
        self.sequence += 1

    async def run(self, find):
        try:
            self.handle = await find()
            description = await self.handle.manta_open.remote(self.name)
            self.host.send(OPENED, self.number, description.encode())
            self.flush()
            pulls = [self.handle.manta_pull.remote(self.name, turn) for turn in range(PULLS)]
            turn = PULLS
            while True:
                data = await pulls.pop(0)
                if isinstance(data, str):
                    return self.closed(data)
                pulls.append(self.handle.manta_pull.remote(self.name, turn))
                turn += 1
                if data:
                    self.host.send(DATA, self.number, data)
        except ActorUnavailableError as error:
            self.closed(reason("unavailable", str(error)))
        except RayActorError as error:
            self.closed(reason("died", str(error)))
        except ValueError as error:
            self.closed(reason("missing", str(error)))
        except RayError as error:
            self.closed(reason("failed", str(error)))

    def closed(self, end):
        if self.host.outlets.pop(self.number, None) is not None:
            self.host.send(CLOSE, self.number, end.encode())


class Line(asyncio.Protocol):
    """The socket to the process."""

    def __init__(self, host):
        self.host, self.buffer = host, bytearray()
        self.writable = asyncio.Event()
        self.writable.set()

    def connection_made(self, transport):
        transport.set_write_buffer_limits(high=HIGH_WATER)
        self.transport = transport

    def pause_writing(self):
        self.writable.clear()

    def resume_writing(self):
        self.writable.set()

    def data_received(self, data):
        self.buffer += data
        at, size = 0, len(self.buffer)
        while size - at >= HEAD_SIZE:
            length, kind, number = struct.unpack_from(HEAD, self.buffer, at)
            if size - at - HEAD_SIZE < length:
                break
            at += HEAD_SIZE
            self.host.told(kind, number, bytes(memoryview(self.buffer)[at:at + length]))
            at += length
        del self.buffer[:at]

    def connection_lost(self, error):
        self.writable.set()
        self.host.lost()


class Host:
    def __init__(self, spec, connection, first):
        self.spec = json.loads(spec)
        self.inlets, self.names, self.outlets, self.calls = {}, {}, {}, {}
        self.line, self.process, self.end = None, None, None
        self.last, self.attaching, self.over = 0, None, None
        self.first, self.maker = first, connection
        try:
            self.start()
        except Exception as error:
            self.end = reason("not made", str(error))
        ray.get_runtime_context().current_actor.manta_serve.remote()

    def start(self):
        runtime, entry = self.spec["runtime"], self.spec["entry"]
        root = os.getcwd()
        if entry.startswith("app:///"):
            entry = os.path.join(root, entry[len("app:///"):])
        executable = shutil.which(runtime)
        if executable is None and runtime == "deno":
            try:
                import deno
                executable = deno.find_deno_bin()
            except ImportError:
                pass
        if executable is None:
            hint = ', or give init() the option runtimeEnv: { pip: ["deno"] }' if runtime == "deno" else ""
            raise RuntimeError(
                f'node {ray.util.get_node_ip_address()} has no "{runtime}" on its PATH: install it there{hint}'
            )
        if runtime == "bun" and os.path.exists("package.json") and not os.path.exists("node_modules"):
            self.install(executable)
        ours, theirs = socket.socketpair()
        fd = theirs.fileno()
        command = [executable, *self.spec["flags"], entry, f"fd:{fd}", "n" + uuid.uuid4().hex[:12] + ".", self.spec["setup"]]
        environment = {**os.environ, "RAY_NODE_ID": ray.get_runtime_context().get_node_id()}
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, pass_fds=[fd], cwd=root, env=environment
        )
        theirs.close()
        ours.setblocking(False)
        self.socket = ours

    def install(self, executable):
        """Installs what package.json asks for, once for all actors of the node."""
        import fcntl
        with open(".manta-install", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.path.exists("node_modules"):
                return
            done = subprocess.run([executable, "install", "--production"], capture_output=True, text=True)
            if done.returncode != 0:
                raise RuntimeError(f'"bun install" failed: {done.stderr.strip()}')

    async def attach(self):
        if self.attaching is None:
            self.attaching = asyncio.ensure_future(self.connect())
        await self.attaching

    async def connect(self):
        loop = asyncio.get_running_loop()
        self.over = loop.create_future()
        if self.end is not None:
            self.over.set_result(True)
            return
        _, self.line = await loop.create_connection(lambda: Line(self), sock=self.socket)
        # Who made the actor has a connection from the start, and the bytes that make it are its first.
        inlet = self.inlet(self.maker)
        self.send(DATA, inlet.number, self.first)
        if ray.get_runtime_context().was_current_actor_reconstructed:
            self.drop(inlet)

    def inlet(self, name):
        self.last += 2
        inlet = Inlet(self, self.last)
        self.inlets[inlet.number] = self.names[name] = inlet
        inlet.name = name
        if self.end is not None:
            inlet.end = self.end
        else:
            self.send(OPEN, inlet.number, b"")
        return inlet

    def drop(self, inlet):
        self.names.pop(inlet.name, None)
        if self.inlets.pop(inlet.number, None) is not None and self.end is None:
            self.send(CLOSE, inlet.number, reason("closed", "its caller has gone").encode())

    def send(self, kind, number, payload):
        if self.line is not None and not self.line.transport.is_closing():
            self.line.transport.write(struct.pack(HEAD, len(payload), kind, number) + payload)

    def told(self, kind, number, payload):
        if kind == DATA:
            inlet = self.inlets.get(number)
            if inlet is not None:
                inlet.give(payload)
            elif number in self.outlets:
                self.outlets[number].push(payload)
        elif kind == CREATE:
            size = int.from_bytes(payload[:4], "little")
            self.create(number, json.loads(payload[4:4 + size]), payload[4 + size:])
        elif kind == CONNECT:
            self.reach(number, json.loads(payload))
        elif kind == CLOSE:
            outlet = self.outlets.pop(number, None)
            if outlet is not None and outlet.handle is not None:
                outlet.handle.manta_leave.remote(outlet.name)
        elif kind == KILL:
            outlet = self.outlets.get(number)
            if outlet is not None and outlet.handle is not None:
                ray.kill(outlet.handle, no_restart=payload == b"\x01")
        elif kind == ENDED:
            self.finish(payload.decode())
        elif kind == ANSWER:
            future = self.calls.pop(number, None)
            if future is not None and not future.done():
                future.set_result(json.loads(payload))
        elif kind == NAMES:
            asyncio.ensure_future(self.list(number, json.loads(payload)))

    def create(self, number, request, first):
        outlet = self.outlets[number] = Outlet(self, number)
        try:
            cls = actor_class(request["class"], request["methods"])
            # At once: whoever hears of the name later finds it.
            made = ray.remote(cls).options(**ray_options(request["options"])).remote(
                json.dumps(request["spec"]), outlet.name, first
            )
            outlet.made = made
        except Exception as error:
            kind = "taken" if "already" in str(error) else "failed"
            return outlet.closed(reason(kind, str(error)))

        async def find():
            return made
        asyncio.ensure_future(outlet.run(find))

    def reach(self, number, address):
        outlet = self.outlets[number] = Outlet(self, number)

        async def find():
            return await asyncio.to_thread(ray.get_actor, address["name"], namespace=address["namespace"])
        asyncio.ensure_future(outlet.run(find))

    async def list(self, number, request):
        every = await asyncio.to_thread(ray.util.list_named_actors, all_namespaces=True)
        self.send(NAMES, number, json.dumps(every).encode())

    def lost(self):
        if self.end is None:
            code = self.process.wait()
            how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
            self.finish(reason("crashed", f"its process {how}"))

    def finish(self, end):
        if self.end is not None:
            return
        self.end = end
        for inlet in self.inlets.values():
            inlet.close(end)
        for future in self.calls.values():
            if not future.done():
                future.set_result({"error": {"name": "ActorDiedError", "message": json.loads(end)["text"]}})
        self.over.set_result(True)

    # What others call.

    async def manta_serve(self):
        """Lives as long as the actor does. Called by the host itself."""
        await self.attach()
        while True:
            done, _ = await asyncio.wait([self.over], timeout=LEASE / 3)
            if done:
                break
            limit = time.monotonic() - LEASE
            for inlet in list(self.inlets.values()):
                if inlet.seen < limit and not inlet.waiting:
                    self.drop(inlet)
        # What was said last is on its way to those who wait for it.
        await asyncio.sleep(0.5)
        if self.process is not None:
            self.process.kill()
        if json.loads(self.end)["kind"] == "crashed":
            # Ray starts it again if it was asked to.
            os._exit(1)
        ray.actor.exit_actor()

    async def manta_open(self, name):
        await self.attach()
        if self.end is not None and name not in self.names:
            # Its next run may answer, once Ray has started it.
            await asyncio.sleep(LEASE)
        if name not in self.names:
            self.inlet(name)
        return self.spec["description"]

    async def manta_push(self, name, sequence, data):
        await self.attach()
        inlet = self.names.get(name)
        if inlet is None:
            return
        inlet.feed(sequence, data)
        if self.line is not None and not self.line.writable.is_set():
            await self.line.writable.wait()

    async def manta_pull(self, name, turn):
        await self.attach()
        inlet = self.names.get(name)
        if inlet is None:
            return self.end or reason("unavailable", "its process has started again")
        return await inlet.take(turn)

    async def manta_leave(self, name):
        inlet = self.names.get(name)
        if inlet is not None:
            self.drop(inlet)

    async def call(self, method, *args):
        """A call from Python, with what JSON can say."""
        await self.attach()
        if self.end is not None:
            raise RuntimeError(json.loads(self.end)["text"])
        self.last += 2
        future = self.calls[self.last] = asyncio.get_running_loop().create_future()
        self.send(CALL, self.last, json.dumps({"method": method, "args": args}).encode())
        answer = await future
        if "error" in answer:
            error = answer["error"]
            raise RuntimeError(f'{error["name"]}: {error["message"]}\n{error.get("stack", "")}')
        return answer.get("value")


def ray_options(options):
    options = dict(options)
    strategy = options.get("scheduling_strategy")
    if isinstance(strategy, dict) and "nodeId" in strategy:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
        options["scheduling_strategy"] = NodeAffinitySchedulingStrategy(
            node_id=strategy["nodeId"], soft=strategy.get("soft", False)
        )
    return options


def actor_class(name, methods):
    """The host under the name of the class, with its methods as Python sees them: by name, with what JSON can say."""
    def method(called):
        async def run(self, *args):
            return await self.call(called, *args)
        run.__name__ = called
        return run
    reserved = set(dir(Host))
    return type(name, (Host,), {called: method(called) for called in methods if called not in reserved})
`;
