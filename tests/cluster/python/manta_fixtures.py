"""What the tests of the cluster call: the nodes of their cluster find this folder."""

import asyncio
import os
import time

import numpy as np
import ray


class Counter:
    def __init__(self, start=0):
        self.value = start

    def add(self, amount=1, *, times=1):
        self.value += amount * times
        return self.value

    def append(self, item, to):
        return [*to, item]

    def kinds(self, *values):
        return [type(value).__name__ for value in values]

    def echo(self, value):
        return value

    def fail(self, message):
        raise ValueError(message)

    def wrong_type(self):
        return "text" + 1

    def pair(self):
        return 1, "two"

    def nested(self):
        return {"ref": ray.put("inside"), "me": ray.get_runtime_context().current_actor}

    def pid(self):
        return os.getpid()

    def end(self):
        os._exit(1)

    def opaque(self):
        return complex(1, 2)


@ray.remote(num_cpus=0, max_concurrency=3)
class Decorated:
    def __init__(self, scale):
        self.scale = scale

    async def times(self, array):
        return array * np.float32(self.scale)

    async def wait(self):
        await asyncio.sleep(1000)


class Echo:
    """What the benchmark calls: numbers come from 0 upwards, in order."""

    def __init__(self):
        self.last = 0

    def same(self, value):
        assert value in (0, self.last + 1), "out of order"
        self.last = value
        return value

    def bytes(self, value):
        return value


class Broken:
    def __init__(self):
        raise RuntimeError("no weights")

    def ask(self):
        return 1


def double(x):
    return 2 * x


@ray.remote(num_cpus=0)
def total(numbers, *, start=0):
    return sum(numbers) + start


def split(text):
    return text.split(",")


def slow(path):
    open(path, "w").close()
    time.sleep(1000)


def matrix(rows, columns):
    return np.arange(rows * columns, dtype=np.float64).reshape(rows, columns)
