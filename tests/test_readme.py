"""The README shows real output and names real commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def scrubber(*words: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(str(ROOT / part) for part in (".", "api", "reports"))
    command = [sys.executable, "-c", "from scrubber.cli import main; main()", *words]
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, encoding="utf-8"
    )


def test_the_screenful_is_what_the_command_prints() -> None:
    match = re.search(r"    \$ scrubber (scrub \S+)\n(.*?)\n(?=\S)", README, re.DOTALL)
    assert match is not None
    shown = "\n".join(line.removeprefix("    ") for line in match[2].splitlines())
    result = scrubber(*match[1].split())
    assert result.returncode == 1
    assert result.stdout.strip() == shown.strip()


def test_every_command_of_the_readme_exists() -> None:
    named = set(
        re.findall(
            r"^    scrubber (\w+(?: (?:explain|list|show|new|check|test|diff|docs))?)", README, re.MULTILINE
        )
    )
    assert len(named) >= 8
    for words in sorted(named):
        result = scrubber(*words.split(), "--help")
        assert result.returncode == 0, f"scrubber {words}: {result.stderr}"


def test_links_lead_to_files() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        assert (ROOT / target).exists(), target
