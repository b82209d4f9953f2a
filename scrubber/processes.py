"""How scrubbing processes come to be: from a small server that has imported what they need.

So a process begins at once, also in place of one that died, and the server can do its imports while the
command line still does its own. Where there is none, every process imports for itself.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing.context import ForkServerContext, SpawnContext

# macOS has it, but its system libraries do not bear a fork.
_HAS_SERVER = sys.platform != "darwin" and "forkserver" in multiprocessing.get_all_start_methods()


@cache
def context() -> ForkServerContext | SpawnContext:
    """Return what processes are made with; the first call starts the server, and does not wait for it."""
    if _HAS_SERVER:
        from multiprocessing.forkserver import ensure_running

        server = multiprocessing.get_context("forkserver")
        server.set_forkserver_preload(["scrubber.worker"])
        try:
            with deaf_to_interrupts():
                ensure_running()
        except OSError:  # it needs a folder for temporary files; a container may have none
            pass
        else:
            return server
    return multiprocessing.get_context("spawn")


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Let processes begin deaf to Ctrl-C: until they ignore it themselves, it would show a traceback."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
