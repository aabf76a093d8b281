"""Ray's rows: the actor cases of its own microbenchmark, as these workloads ask for them.

    python ray_cases.py <case> <scale>

Prints numbers by column as JSON. CPU time is of all its processes: driver, workers and services.
"""

import json
import os
import sys
import time

import ray
import psutil  # Ray's own copy: it is found only after Ray.

SCALE = float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
SECONDS = 2.0 * min(1.0, max(SCALE, 0.05))


def scaled(count):
    return max(1, round(count * SCALE))


@ray.remote
class Echo:
    def __init__(self):
        self.calls = 0

    def same(self, value):
        return value

    def count(self, _value):
        self.calls += 1
        return self.calls - 1


@ray.remote
class AsyncEcho:
    def __init__(self):
        self.calls = 0

    async def same(self, value):
        return value

    async def count(self, _value):
        self.calls += 1
        return self.calls - 1


def check(found, expected, what):
    if found != expected:
        raise AssertionError(f"Cannot trust the row: {what} is {found}, expected {expected}")


def quantile(numbers, part):
    return sorted(numbers)[int((len(numbers) - 1) * part + 0.5)]


def one_at_a_time(actor_class):
    actor = actor_class.remote()

    def timed(value):
        start = time.perf_counter()
        check(ray.get(actor.same.remote(value)), value, "the answer")
        return (time.perf_counter() - start) * 1e6

    for value in range(scaled(500)):
        timed(value)
    times, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        times.append(timed(len(times)))
    cold = []
    for value in range(max(2, scaled(40))):
        time.sleep(0.02)
        cold.append(timed(value))
    return {
        "p50": quantile(times, 0.5),
        "mean": sum(times) / len(times),
        "p99": quantile(times, 0.99),
        "p50, cold": quantile(cold, 0.5),
        "p99, cold": quantile(cold, 0.99),
    }


def pipelined(actor_class, ordered):
    actor = actor_class.remote()
    answered = 0

    def window():
        nonlocal answered
        answers = ray.get([actor.count.remote(i) for i in range(1_000)])
        right = list(range(answered, answered + 1_000))
        # Those of an async actor start in any order.
        check(answers if ordered else sorted(answers), right, "the order")
        answered += 1_000

    window()
    start, windows = time.perf_counter(), 0
    while windows == 0 or time.perf_counter() - start < SECONDS:
        window()
        windows += 1
    return {"1,000 in flight": windows / (time.perf_counter() - start)}


def callers():
    # One driver has one thread that calls; its own microbenchmark uses a thread pool as well.
    from concurrent.futures import ThreadPoolExecutor

    actor, calls = Echo.remote(), scaled(500)
    ray.get(actor.count.remote(0))

    def caller(_):
        for i in range(calls):
            ray.get(actor.count.remote(i))
        return calls

    with ThreadPoolExecutor(8) as pool:
        start = time.perf_counter()
        check(sum(pool.map(caller, range(8))), 8 * calls, "the number of answers")
    rate = 8 * calls / (time.perf_counter() - start) / 1e3
    check(ray.get(actor.count.remote(0)), 8 * calls + 1, "the number of calls")
    return {"8 at once": rate}


def create():
    times = []
    for i in range(max(3, scaled(10))):
        start = time.perf_counter()
        actor = Echo.remote()
        check(ray.get(actor.same.remote(i)), i, "the answer")
        ray.kill(actor)
        times.append((time.perf_counter() - start) * 1e3)
    return {"create + first call + end": quantile(times, 0.5)}


def wait():
    actor = Echo.remote()

    def one_by_one(count):
        pending = [actor.same.remote(i) for i in range(count)]
        seen = 0
        while pending:
            ready, pending = ray.wait(pending)
            seen += len(ready)
        return seen

    def at_once(count):
        refs = [actor.same.remote(i) for i in range(count)]
        return len(ray.wait(refs, num_returns=count)[0])

    def timed(step, count, passes):
        step(count)
        times = []
        for _ in range(passes):
            start = time.perf_counter()
            check(step(count), count, "the number of results")
            times.append((time.perf_counter() - start) * 1e3)
        return quantile(times, 0.5)

    return {
        "1,000, one by one": timed(one_by_one, scaled(1_000), 3),
        "1,000 at once": timed(at_once, scaled(1_000), 3),
        "100,000 at once": timed(at_once, scaled(100_000), 1),
    }


CASES = {
    "one_at_a_time": lambda: one_at_a_time(Echo),
    "one_at_a_time_async": lambda: one_at_a_time(AsyncEcho),
    "pipelined": lambda: pipelined(Echo, ordered=True),
    "pipelined_async": lambda: pipelined(AsyncEcho, ordered=False),
    "callers": callers,
    "create": create,
    "wait": wait,
}


def cpu_seconds():
    own = psutil.Process()
    total = 0.0
    for process in [own, *own.children(recursive=True)]:
        try:
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
        except psutil.Error:
            pass
    return total


def main():
    ray.init(include_dashboard=False, log_to_driver=False, logging_level="error")
    before, start = cpu_seconds(), time.perf_counter()
    numbers = CASES[sys.argv[1]]()
    cores = (cpu_seconds() - before) / (time.perf_counter() - start)
    print(json.dumps({"numbers": numbers, "cores": cores}), flush=True)
    ray.shutdown()
    os._exit(0)


main()
