"""Python's own Ray Client, at the work of `bench/cluster.ts`.

    python ray_client_cases.py <address> <round trips> <pipelined calls> <bytes>

Each line of its input names a case; it does that once and answers with seconds, as JSON: of one trip (p50), or of all.
"""

import json
import statistics
import sys
import time
import warnings

import numpy as np
import ray
from manta_fixtures import Echo

ADDRESS, TRIPS, CALLS, SIZE = sys.argv[1], *map(int, sys.argv[2:5])


def one_at_a_time():
    seconds = []
    for value in range(TRIPS):
        begun = time.perf_counter()
        assert ray.get(echo.same.remote(value)) == value
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


def timed(work):
    def run():
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    return run


def pipelined():
    assert ray.get([echo.same.remote(value) for value in range(CALLS)]) == list(range(CALLS))


def put_and_get(value):
    assert ray.get(ray.put(value))[-1] == 7


def there_and_back():
    assert ray.get(echo.bytes.remote(as_bytes))[-1] == 7


def connect():
    """Beside other clusters on a machine, the port of a client's server may be taken: the next one has another."""
    for _ in range(5):
        try:
            return ray.init(ADDRESS, logging_level="ERROR", log_to_driver=False)
        except ConnectionAbortedError as error:
            failure = error
    raise failure


# Large arguments are what is asked for.
warnings.filterwarnings("ignore", module="ray")
connect()
# The class is looked for on the nodes, as Manta has it looked for.
echo = ray.remote(num_cpus=0)(Echo).remote()
data = np.full(SIZE, 7, dtype=np.uint8)
as_bytes = data.tobytes()
cases = {
    "one at a time": one_at_a_time,
    "pipelined": timed(pipelined),
    "put and got, bytes": timed(lambda: put_and_get(as_bytes)),
    "put and got, numpy": timed(lambda: put_and_get(data)),
    "to the actor and back": timed(there_and_back),
}
assert ray.get(echo.same.remote(0)) == 0
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    print(json.dumps(cases[line.strip()]()), flush=True)
ray.shutdown()
