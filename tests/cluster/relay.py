"""Starts a program as a driver on a cluster, over a socket in the place of Ray Client: what it is connected to is a host as on a node.

    relay.py <address> <host source> <program's folder> <namespace> <command...>      "FD" in the command is the connection
"""
import asyncio
import socket
import subprocess
import sys
import types

import ray


async def main(module, command, folder):
    loop = asyncio.get_running_loop()
    host = object.__new__(module.Host)
    host.inlets, host.names, host.outlets, host.calls = {}, {}, {}, {}
    host.line, host.end, host.last, host.over = None, None, 0, loop.create_future()
    ours, theirs = socket.socketpair()
    connection = f"fd:{theirs.fileno()}"
    command = [part.replace("FD", connection) for part in command]
    host.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], cwd=folder)
    theirs.close()
    ours.setblocking(False)
    _, host.line = await loop.create_connection(lambda: module.Line(host), sock=ours)
    await host.over
    sys.exit(host.process.wait())


address, source, folder, namespace, *command = sys.argv[1:]
module = types.ModuleType("manta_host")
exec(open(source).read(), module.__dict__)
ray.init(
    address=address,
    namespace=namespace,
    runtime_env={"working_dir": folder, "excludes": ["node_modules", ".git"]},
    log_to_driver=False,
    logging_level="ERROR",
)
asyncio.run(main(module, command, folder))
