"""How the cost of work grows with the size of its input: ratios of processor time, never seconds."""

import gc
from collections.abc import Callable, Sequence
from math import log
from statistics import linear_regression
from time import process_time

LINEAR = 1.3  # the exponent that linear work stays under; quadratic work shows as 2
ROUNDS = 12
SHORTEST = 1e-4  # seconds; below it a clock tells nothing


def cost(work: Callable[[], object]) -> float:
    """Processor seconds of one run, garbage collection left out: its cost hangs on the whole process."""
    gc.disable()
    try:
        start = process_time()
        work()
        return process_time() - start
    finally:
        gc.enable()


def exponent(sizes: Sequence[int], costs: Sequence[float]) -> float:
    """The exponent of the power law through `costs` of `sizes`, fitted by least squares."""
    return linear_regression([log(size) for size in sizes], [log(max(c, SHORTEST)) for c in costs]).slope


def growth_of(work: Callable[[str], object], made: Callable[[int], str], sizes: Sequence[int]) -> float:
    """The exponent by which `work` on `made(size)` grows.

    Each size keeps its least cost over up to twelve rounds: a busy machine only ever adds to it.
    """
    texts = [made(size) for size in sizes]
    gc.collect()
    least = [cost(lambda text=text: work(text)) for text in texts]  # type: ignore[misc]  # bound on purpose
    for _ in range(ROUNDS):
        if exponent(sizes, least) < LINEAR:
            break
        again = [cost(lambda text=text: work(text)) for text in texts]  # type: ignore[misc]  # bound on purpose
        least = [min(pair) for pair in zip(least, again, strict=True)]
    return exponent(sizes, least)
