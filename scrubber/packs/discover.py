"""Finds the files of rule packs and says what each of them is; reads none of them as YAML.

A folder of rules is recognised by its layout alone: `pack.yaml` makes a folder a pack, `sets/`, `base/`,
`decisions/`, `tables/` and `guides/` hold what their names say, every other `.yaml` is a rule.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scrubber.packs.diagnostics import Diagnostic
from scrubber.packs.yaml_marks import MAX_BYTES

Area = Literal[
    "pack",
    "payer",
    "parameters",
    "overrides",
    "sources",
    "set",
    "base",
    "decision",
    "table",
    "guide",
    "companion",
    "rule",
    "other",
]

_BY_NAME: dict[str, Area] = {
    "payer.yaml": "payer",
    "parameters.yaml": "parameters",  # a payer's
    "overrides.yaml": "overrides",
    "sources.yaml": "sources",
    "guide.yaml": "companion",  # a payer's
}
_BY_FOLDER: dict[str, Area] = {
    "sets": "set",
    "base": "base",
    "decisions": "decision",
    "guides": "guide",
    "tables": "table",
    # read by other parts of the program, or generated
    "denials": "other",
    "schema": "other",
}


@dataclass(frozen=True, slots=True)
class FoundFile:
    """One YAML or X12 file. `shown` is how diagnostics name it; `relative` is its path below the root."""

    path: Path
    root: Path
    relative: str
    shown: str
    area: Area
    raw: bytes

    @property
    def folder(self) -> Path:
        """The folder it stands in."""
        return self.path.parent

    @property
    def is_shipped(self) -> bool:
        """True for those that come with the program."""
        return self.root.resolve() == builtin_rules_dir().resolve()


def builtin_rules_dir() -> Path:
    """Return the folder of the shipped packs: inside an installed wheel, else beside the source tree."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "_rules"
    return installed if installed.is_dir() else package.parent / "rules"


def shown_path(path: Path) -> str:
    """Return a path as people should see it: relative to where they are, when it is below."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()


def find_files(roots: Sequence[Path]) -> tuple[list[FoundFile], list[Diagnostic]]:
    """Return every YAML and X12 file of the roots, sorted, each once, and what is wrong with the roots."""
    found: list[FoundFile] = []
    problems: list[Diagnostic] = []
    seen: set[Path] = set()
    for root in dict.fromkeys(roots):
        if not root.is_dir():
            what = "is a file, not a folder" if root.exists() else "does not exist"
            remedy = "Name a folder that holds rules or packs of rules"
            problems.append(Diagnostic(shown_path(root), 0, 0, f"The rules folder {what}", remedy))
            continue
        files = _walk(root, problems)
        if not any(f.area != "other" for f in files):
            message = "The rules folder holds no rules"
            remedy = "Put rules (ID-name.yaml), or folders with a pack.yaml, into it"
            problems.append(Diagnostic(shown_path(root), 0, 0, message, remedy))
        for file in files:
            real = file.path.resolve()
            if real not in seen:  # one root may lie inside another
                seen.add(real)
                found.append(file)
    return found, problems


def _walk(root: Path, problems: list[Diagnostic]) -> list[FoundFile]:
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for name in sorted(names):
            path = Path(folder) / name
            # Only what can be knowledge: a folder named by mistake may hold anything, of any size.
            if path.suffix not in (".yaml", ".yml", ".837") or _is_hidden(name) or not path.is_file():
                continue
            relative = path.relative_to(root)
            area = _area(relative)
            if path.suffix == ".yml" and area != "other":
                message = "Files of rules end in .yaml; this one would not be read"
                problems.append(Diagnostic(shown_path(path), 0, 0, message, f"Rename it to {path.stem}.yaml"))
                continue
            try:
                if area != "other" and path.stat().st_size > MAX_BYTES:
                    message = f"The file is larger than {MAX_BYTES:,} bytes"
                    problems.append(
                        Diagnostic(shown_path(path), 0, 0, message, "Split it into several files")
                    )
                    continue
                raw = path.read_bytes()
            except OSError as error:
                message = f"The file cannot be read: {error.strerror}"
                problems.append(Diagnostic(shown_path(path), 0, 0, message))
                continue
            found.append(FoundFile(path, root, relative.as_posix(), shown_path(path), area, raw))
    return sorted(found, key=lambda f: f.relative)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~", "__pycache__")) or name.endswith("~")


def _area(relative: Path) -> Area:
    if relative.name == "pack.yaml":
        return "pack"
    for folder in relative.parts[:-1]:
        if folder in _BY_FOLDER:
            area = _BY_FOLDER[folder]
            if area == "base":
                return "base" if relative.suffix == ".837" else "other"
            return area if relative.suffix in (".yaml", ".yml") else "other"
    if relative.name in _BY_NAME:
        return _BY_NAME[relative.name]
    return "rule" if relative.suffix in (".yaml", ".yml") else "other"


def pack_folder(file: FoundFile, folders: Iterable[Path]) -> Path | None:
    """Return the nearest of `folders` that the file lies in, within its root, or None."""
    known = set(folders)
    folder = file.folder
    while True:
        if folder in known:
            return folder
        if folder in (file.root, folder.parent):
            return None
        folder = folder.parent
