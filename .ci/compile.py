"""Compiles the modules that every segment of a file goes through, for wheels that `make wheel` builds.

mypyc does that. The modules stay ordinary Python: what is not compiled is only slower.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODULES = (
    "scrubber/guides/checker.py",
    "scrubber/guides/elements.py",
    "scrubber/guides/formats.py",
    "scrubber/guides/walk.py",
    "scrubber/read/envelopes.py",
    "scrubber/read/reader.py",
    "scrubber/read/spans.py",
    "scrubber/read/split.py",
)


class Compile(BuildHookInterface[Any]):
    """Adds the compiled modules to a wheel, beside their sources."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; hatchling calls this before it collects files."""
        if version == "editable":
            return
        from mypyc.build import mypycify
        from setuptools import Distribution
        from setuptools.command.build_ext import build_ext

        folder = tempfile.mkdtemp()  # what is made in it is collected later, by hatchling
        modules = mypycify(list(MODULES), opt_level="3", target_dir=folder, group_name="scrubber")
        command = build_ext(Distribution({"name": "compiled", "ext_modules": modules}))
        command.build_lib, command.build_temp, command.inplace = f"{folder}/lib", f"{folder}/objects", False
        command.finalize_options()
        command.run()
        lib = Path(command.build_lib)
        for path in lib.rglob("*.*"):
            build_data["force_include"][str(path)] = path.relative_to(lib).as_posix()
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
