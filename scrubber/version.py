"""The version of this package, as results name it."""

from __future__ import annotations

from functools import cache


@cache
def engine_version() -> str:
    """Return the version of this package."""
    from importlib.metadata import PackageNotFoundError, version  # takes 20 ms, and not every run needs it

    try:
        return version("claim-scrubber")
    except PackageNotFoundError:  # run from a folder that was never installed
        return "0+unknown"
