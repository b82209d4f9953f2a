"""Reads pack.yaml files: which folders are packs, what they are called, whether this engine can read them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from scrubber.packs.bundle import Pack
from scrubber.packs.catalogue import PackHead
from scrubber.packs.diagnostics import Diagnostic
from scrubber.packs.discover import FoundFile, pack_folder
from scrubber.packs.engine_range import LANGUAGE_VERSION, allows
from scrubber.packs.parse import Read, parse
from scrubber.packs.yaml_marks import Document

#: A folder of rules without a pack.yaml was named by hand: it ranks above what is shipped.
IMPLICIT_PRECEDENCE = 1000


def read_packs(files: Sequence[FoundFile], read: Read) -> tuple[dict[Path, Pack], list[Diagnostic]]:
    """Return the packs by their folders, and what is wrong with them.

    A root that holds no pack.yaml anywhere is one pack, named after its folder. A pack whose pack.yaml
    cannot be read is there all the same, so that its rules are checked and not reported as strays.
    """
    heads = {file.folder: file for file in files if file.area == "pack"}
    with_pack = {file.root for file in files if file.area == "pack"}
    plain = [file.root for file in files if file.area == "rule" and file.root not in with_pack]
    folders = list(dict.fromkeys([*heads, *plain]))
    members: dict[Path, list[FoundFile]] = {folder: [] for folder in folders}
    for file in files:
        folder = pack_folder(file, folders)
        if folder is not None:
            members[folder].append(file)
    packs: dict[Path, Pack] = {}
    problems: list[Diagnostic] = []
    ids: dict[str, str] = {}
    for folder in folders:
        pack, found = _pack(folder, heads.get(folder), members[folder], read)
        problems += found
        shown = heads[folder].shown if folder in heads else str(folder)
        if pack.id in ids:
            message = f"The pack `{pack.id}` exists already, in {ids[pack.id]}"
            line = 1 if folder in heads else 0
            problems.append(Diagnostic(shown, line, line, message, "Give one of them another id"))
        ids.setdefault(pack.id, shown)
        packs[folder] = pack
    return packs, problems


def _pack(
    folder: Path, file: FoundFile | None, members: list[FoundFile], read: Read
) -> tuple[Pack, list[Diagnostic]]:
    digest = hash_files(folder, members)
    name = folder.resolve().name
    stand_in = Pack(name, f"Rules in {name}", "0.0.0", digest, IMPLICIT_PRECEDENCE, "", str(folder))
    if file is None:
        return stand_in, []
    head, document = parse(file.raw, file.shown, PackHead, "A pack.yaml", read)
    if head is None:
        return stand_in, document.problems
    _check_engine(head, document)
    pack = Pack(head.id, head.title, head.version, digest, head.precedence, head.owner, str(folder))
    return pack, document.problems


def _check_engine(head: PackHead, document: Document) -> None:
    ours = ".".join(map(str, LANGUAGE_VERSION))
    try:
        if allows(head.engine):
            return
        message = f"The pack `{head.id}` is for rule language {head.engine}; this engine reads {ours}"
        remedy = "Use a release of the pack made for this engine, or another engine"
    except ValueError:
        message = f"`{head.engine}` is not a range of versions"
        remedy = f"Write bounds with commas, such as >={ours},<1"
    document.problems.append(document.problem(document.marks.value(("engine",)), message, remedy))


def hash_files(folder: Path | None, files: Sequence[FoundFile]) -> str:
    """Return SHA-256 over the sorted (path, bytes) of files; paths are relative to `folder`, else their root.

    Each path is followed by the length of its bytes, so that no two sets of files give the same stream.
    """
    named = [(f.relative if folder is None else f.path.relative_to(folder).as_posix(), f.raw) for f in files]
    digest = hashlib.sha256()
    for name, raw in sorted(named):
        digest.update(name.encode() + b"\0" + str(len(raw)).encode() + b"\0" + raw)
    return digest.hexdigest()
