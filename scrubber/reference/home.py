"""Where reference data is kept."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def data_folder(named: str | None = None) -> Path:
    """Return the folder of the store: as named, else SCRUBBER_DATA, else in the user's data folder."""
    named = named or os.environ.get("SCRUBBER_DATA")
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "claim-scrubber"
    home = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    return Path(home) / "claim-scrubber"
