/**
 * How a process of a program's is started on a node, in Python.
 *
 * @module
 */

/** Text of the host's (host_source.ts). @internal */
export const LAUNCH_SOURCE = `
import asyncio, io, json, os, shutil, sys, tempfile, urllib.parse, zipfile

CHUNK = 1 << 20

async def launch(spec, program):
    root = await root_of(spec, program)
    runtime = runtime_of(spec["runtime"])
    args = [arg.replace("{root}", root) for arg in spec["args"]]
    entry = spec["entry"].replace("{root}", root)
    env = dict(os.environ)
    env.pop("RAY_ADDRESS", None)
    here = "file://" + urllib.parse.quote(root) + "/"
    env["MANTA_PROGRAM"] = json.dumps({"here": here, "there": spec["root"]})
    # Pipes of their own: what the program prints is the user's, and Bun cannot write much to its stdout.
    (source, target), (output, sink) = os.pipe(), os.pipe()
    child = await asyncio.create_subprocess_exec(
        runtime, *args, entry, f"many:fd:{source},{sink}", spec["place"],
        stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, limit=CHUNK,
        pass_fds=(source, sink), cwd=os.path.join(root, spec["folder"]), env=env)
    os.close(source)
    os.close(sink)
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(
        asyncio.streams.FlowControlMixin, os.fdopen(target, "wb"))
    writer = asyncio.StreamWriter(transport, protocol, None, loop)
    reader = asyncio.StreamReader(CHUNK)
    await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(output, "rb"))
    return child, writer, reader

async def root_of(spec, program):
    from ray._private.worker import global_worker
    marker = spec["marker"]
    home = os.path.join(global_worker.node.get_session_dir_path(), "manta")
    root = os.path.join(home, marker)
    spec["packed"] = f"{root}.zip"
    if not os.path.exists(os.path.join(root, marker)):
        packed = await program[0]
        os.makedirs(home, exist_ok=True)
        draft = tempfile.mkdtemp(dir=home)
        with zipfile.ZipFile(io.BytesIO(packed)) as files:
            files.extractall(draft)
        # For those who make others, when the program has ended that has it.
        with open(f"{draft}.zip", "wb") as file:
            file.write(packed)
        os.replace(f"{draft}.zip", spec["packed"])
        try:
            os.rename(draft, root)
        except OSError:
            # Another host of this node was quicker.
            shutil.rmtree(draft, ignore_errors=True)
    return root

def runtime_of(name):
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
`;
