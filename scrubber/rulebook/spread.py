"""Runs the examples of rules in several processes, when there are enough of them for that to pay."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from scrubber.packs.bundle import Bundle
from scrubber.pipeline import Scrubber
from scrubber.processes import context, deaf_to_interrupts
from scrubber.rule_examples import ExampleReport, count_examples, joined, run_base_claims, run_examples

#: To begin, with all rules compiled, takes a process about as long as to run two thousand examples.
EXAMPLES_A_PROCESS = 3000
#: Slices are smaller than a process's share, so that one with slow rules does not keep the others waiting.
_SLICES_A_PROCESS = 4


class ProcessDied(Exception):
    """A process that ran examples died."""


def processes_that_pay(bundle: Bundle) -> int:
    """Return in how many processes the examples of a bundle are done first."""
    return max(1, min(os.cpu_count() or 1, count_examples(bundle) // EXAMPLES_A_PROCESS))


def run_spread(bundle: Bundle, jobs: int) -> ExampleReport:
    """Run all examples of a bundle in `jobs` processes; the report is that of one. Raises ProcessDied."""
    ids = [loaded.rule.id for loaded in bundle.rules] + [held.decision.id for held in bundle.decisions]
    size = max(1, len(ids) // (jobs * _SLICES_A_PROCESS))
    slices = [ids[start : start + size] for start in range(0, len(ids), size)]
    try:
        with (
            deaf_to_interrupts(),  # before the processes can say so themselves
            ProcessPoolExecutor(jobs, mp_context=context(), initializer=_begin, initargs=(bundle,)) as pool,
        ):
            reports = list(pool.map(_run, [*slices, []]))
    except BrokenProcessPool:
        raise ProcessDied from None
    return joined(reports)


_scrubbers: list[Scrubber] = []


def _begin(bundle: Bundle) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _scrubbers.append(Scrubber(bundle))


def _run(ids: Sequence[str]) -> ExampleReport:
    """Run the examples of some rules; without any, the base claims."""
    (scrubber,) = _scrubbers
    return run_examples(scrubber, ids) if ids else run_base_claims(scrubber)
