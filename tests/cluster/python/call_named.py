"""Calls a named actor of TypeScript from Python: `call_named.py <address> <name>`."""

import sys

import numpy
import ray

for attempt in range(3):
    try:
        ray.init(sys.argv[1], namespace="app", log_to_driver=False)
        break
    except ConnectionAbortedError:
        # Ray's server gives its own child 30 s to start, which a busy machine may need.
        if attempt == 2:
            raise
counter = ray.get_actor(sys.argv[2], namespace="app")


def ask(ref):
    return ray.get(ref, timeout=60)


assert ask(counter.add.remote(2)) == 2
# Ray promises no order to the callers of async actors, which the host of each is.
assert sorted(ask(ref) for ref in [counter.add.remote(1) for _ in range(20)]) == list(range(3, 23))

values = [None, True, 1, 2**70, 0.5, "é😀", b"bytes", [1, [2]], {"a": {"b": [None]}}]
assert ask(counter.echo.remote(values)) == values
array = numpy.arange(6, dtype=numpy.float32)
back = ask(counter.echo.remote(array))
assert back.dtype == numpy.float32 and (back == array).all()
large = bytes(range(256)) * 20_000
assert ask(counter.echo.remote(large)) == large
# What Ray resolves is a value.
assert ask(counter.echo.remote(ray.put("put"))) == "put"

try:
    ask(counter.fail.remote("oh"))
    raise AssertionError("it did not fail")
except ray.exceptions.RayTaskError as error:
    assert type(error).__name__ == "RayTaskError(RangeError)", type(error)
    assert isinstance(error, RuntimeError)
    assert (error.cause.name, error.cause.message) == ("RangeError", "oh"), error.cause.args
    assert "RangeError: oh" in str(error) and "named_actors.ts" in str(error), str(error)

try:
    counter.unknown.remote()
    raise AssertionError("there is no such method")
except AttributeError:
    pass

# Ray Client has no streams.
if not sys.argv[1].startswith("ray://"):
    items = [ray.get(ref) for ref in counter.count.remote(5)]
    assert items == [0, 1, 2, 3, 4], items

# One that waits does not keep others, and can be cancelled.
waiting = counter.wait.remote()
assert ask(counter.add.remote(0)) == 22
ray.cancel(waiting)
try:
    ask(waiting)
    raise AssertionError("it was cancelled")
except (ray.exceptions.TaskCancelledError, ray.exceptions.RayTaskError):
    pass
assert ask(counter.cancelled.remote()) is True


@ray.remote
class Caller:
    """A Python actor on the cluster."""

    def __init__(self, counter):
        self.counter = counter

    def add(self, amount):
        return ray.get(self.counter.add.remote(amount))


assert ask(Caller.remote(counter).add.remote(100)) == 122
print("called")
