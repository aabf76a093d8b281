"""Python's own Ray Client, at the work of `bench/cluster.ts`.

    python ray_client_cases.py <address> <round trips> <pipelined calls> <bytes>

Each line of its input asks for one round of all cases; it answers with seconds by case, as JSON.
"""

import json
import sys
import time

import numpy as np
import ray

ADDRESS, TRIPS, CALLS, SIZE = sys.argv[1], *map(int, sys.argv[2:5])


@ray.remote(num_cpus=0)
class Echo:
    def same(self, value):
        return value


def timed(work):
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def one_at_a_time():
    for value in range(TRIPS):
        assert ray.get(echo.same.remote(value)) == value


def pipelined():
    assert ray.get([echo.same.remote(value) for value in range(CALLS)]) == list(range(CALLS))


def put_and_get():
    assert ray.get(ray.put(data))[-1] == 7


ray.init(ADDRESS, logging_level="ERROR", log_to_driver=False)
echo = Echo.remote()
data = np.full(SIZE, 7, dtype=np.uint8).tobytes()
ray.get(echo.same.remote(0))
print(json.dumps("ready"), flush=True)
for _ in sys.stdin:
    rounds = {"one at a time": one_at_a_time, "pipelined": pipelined, "put and get": put_and_get}
    print(json.dumps({name: timed(work) for name, work in rounds.items()}), flush=True)
ray.shutdown()
