"""`make bench`, or `python -m benchmarks reading` or `api`, with sizes: `python -m benchmarks api 10000 100000`."""

import sys

from benchmarks import api, reading

SIZES = (10_000, 100_000)


def main(arguments: list[str]) -> None:
    """Runs what is named, or all of it."""
    what = arguments[0] if arguments else "all"
    if what in {"reading", "all"}:
        reading.run()
    if what in {"api", "all"}:
        api.run([int(size) for size in arguments[1:]] or list(SIZES))


main(sys.argv[1:])
