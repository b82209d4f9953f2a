"""The fuzzing harness of the reader. Run as `python -m tests.fuzz.reader [libFuzzer arguments] CORPUS`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from random import Random

import atheris

with atheris.instrument_imports(include=["scrubber.read", "scrubber.write"]):
    from tests.fuzz.checks import check
    from tests.fuzz.mutate import Mutator

CORPUS = Path(__file__).with_name("corpus")

#: Limits of libFuzzer, unless the command line has others: seconds and memory for an input, its length.
_LIMITS = {"-timeout": 5, "-rss_limit_mb": 300, "-max_len": 6_000}

_RUNS_A_LOOK = 500
#: Runs after which caches are full: from then on memory must stay as it is.
_WARM_AFTER = 1_000
_MOST_GROWTH_MB = 60


class MemoryWatch:
    """Looks every now and then at the memory that the process holds, and says what it sees."""

    def __init__(self) -> None:
        self._runs = 0
        self._when_warm: float | None = None

    def look(self) -> None:
        """Count a run; look when it is time. Raises MemoryError."""
        self._runs += 1
        if self._runs < _WARM_AFTER or self._runs % _RUNS_A_LOOK:
            return
        now = resident_mb()
        if self._when_warm is None:
            self._when_warm = now
        line = f"memory after {self._runs} runs: {now:.0f} MB, {self._when_warm:.0f} MB when warm"
        os.write(2, f"{line}\n".encode())
        if now - self._when_warm > _MOST_GROWTH_MB:
            raise MemoryError(line)


def resident_mb() -> float:
    """Return the resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    watch = MemoryWatch()
    mutator = Mutator([path.read_bytes() for path in sorted(CORPUS.iterdir())])

    def one_input(data: bytes) -> None:
        check(data)
        watch.look()

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        random = Random(seed)
        if not data or data[:1] in b"{[" or random.random() < 0.2:
            return bytes(atheris.Mutate(data, most))
        return mutator.mutate(data, most, random)

    def cross(first: bytes, second: bytes, most: int, seed: int) -> bytes:
        return mutator.cross(first, second, most, Random(seed))

    given = {argument.partition("=")[0] for argument in sys.argv}
    limits = [f"{name}={value}" for name, value in _LIMITS.items() if name not in given]
    atheris.Setup(
        [sys.argv[0], *limits, *sys.argv[1:]], one_input, custom_mutator=mutate, custom_crossover=cross
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
