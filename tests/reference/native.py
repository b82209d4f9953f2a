"""Makes files in the layouts of publishers, with fictitious codes."""

from __future__ import annotations

import zipfile
from pathlib import Path


def written(folder: Path, name: str, *lines: str, end: str = "\r\n", last: bool = True) -> Path:
    """Write lines as a publisher would; without `last`, the last one has no line end."""
    path = folder / name
    text = end.join(lines) + (end if last else "")
    path.write_bytes(text.encode("latin-1"))
    return path


def zipped(folder: Path, name: str, *files: Path) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return path


def hcpcs(code: str, added: str = "20200101", ended: str = "", kind: str = "3", coverage: str = "C") -> str:
    """Return a line of the alpha-numeric HCPCS file; a modifier stands at the end of the code's place."""
    line = f"{code:>5}00100{kind}{'Made-up device, café':<80}{'Made-up device':<28}"
    line = f"{line:<229}{coverage:<1}"
    line = f"{line:<256}{'D1A':<3}"
    return f"{line:<268}{added:<8}20200101{ended:<8}N".ljust(320)


HCPCS_PREAMBLE = ("***Notice\t\t\t", "\t\t\t", "*Inclusion of a code implies nothing.\xa0\t\t", "")
