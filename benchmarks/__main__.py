"""`python -m benchmarks [letters]`: one table, and 1 as exit status when a goal is missed."""

from __future__ import annotations

import sys
import time
from importlib import import_module

from benchmarks import portal
from benchmarks.table import Result, show

LETTERS = ("w", "search", "i", "x", "p", "c", "t", "s", "r")


def main(chosen: list[str]) -> int:
    unknown = set(chosen) - set(LETTERS)
    if unknown:
        print(f"Letters are {' '.join(LETTERS)}, not {' '.join(sorted(unknown))}.")
        return 2
    portal.set_up()
    results: list[Result] = []
    for letter in chosen or LETTERS:
        began = time.monotonic()
        print(f"{letter} …", file=sys.stderr, flush=True)
        results += import_module(f"benchmarks.{letter}").run()
        print(f"{letter}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(show(results))
    return 0 if all(result.met for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
