"""`make audit`: known weaknesses of the locked dependencies. What the registry does not answer is said, and does not pass.

Exit codes: 0 everything was looked up and nothing is known, 1 something is known, 2 something could not be looked up.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_PIP_AUDIT = (
    ".venv/bin/uv tool run --quiet pip-audit@2.10.1 --progress-spinner off --format json --disable-pip --require-hashes"
)
_WITHIN = 300  # seconds
KNOWN, UNASKED = 1, 2


@dataclass(slots=True)
class Verdict:
    """What a registry said of a list of packages: how many it was asked about, what is known, and what it did not answer."""

    asked: int = 0
    known: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)


def judge_pip(output: str, said: str) -> Verdict:
    """Read pip-audit's JSON. A package it skipped was not looked up, although it exits with 0."""
    verdict = Verdict()
    try:
        dependencies: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        verdict.unasked.append(_last_line(said) or "pip-audit gave no answer")
        return verdict
    for dependency in dependencies:
        verdict.asked += 1
        if "skip_reason" in dependency:
            verdict.unasked.append(str(dependency["name"]))
        for weakness in dependency.get("vulns", ()):
            fixed = ", ".join(weakness.get("fix_versions", ())) or "no version yet"
            verdict.known.append(f"{dependency['name']} {dependency['version']}: {weakness['id']} (fixed in {fixed})")
    return verdict


def judge_npm(output: str, said: str) -> Verdict:
    """Read npm's JSON: without `vulnerabilities` the registry was not asked, or did not answer."""
    verdict = Verdict()
    try:
        found = json.loads(output)
        weak: dict[str, dict[str, Any]] = found["vulnerabilities"]
        verdict.asked = int(found["metadata"]["dependencies"]["total"])
    except (ValueError, KeyError, TypeError):
        verdict.unasked.append(_last_line(said) or "npm gave no answer")
        return verdict
    verdict.known = [f"{name}: {entry['severity']}, {entry['range']}" for name, entry in sorted(weak.items())]
    return verdict


def report(name: str, verdict: Verdict) -> int:
    """Print what was found of one list, and return its part of the exit code."""
    for line in verdict.known:
        _say(f"{name}: {line}")
    if verdict.unasked:
        these = ", ".join(verdict.unasked[:5]) + (" …" if len(verdict.unasked) > 5 else "")
        _say(f"{name}: NOT LOOKED UP, the registry gave no answer about {len(verdict.unasked)} of them: {these}")
    if not verdict.known and not verdict.unasked:
        _say(f"{name}: {verdict.asked} packages, nothing known")
    return KNOWN if verdict.known else UNASKED if verdict.unasked else 0


def main() -> int:
    """Ask about every lock file."""
    judges: list[tuple[str, Sequence[str], Callable[[str, str], Verdict]]] = [
        (f"requirements/{name}.txt", [*_PIP_AUDIT.split(), "-r", f"requirements/{name}.txt"], judge_pip)
        for name in ("runtime", "otel", "dev", "node")
    ]
    judges.append(("bot/playground/web", ["npm", "--prefix", "bot/playground/web", "audit", "--json"], judge_npm))
    codes = [report(name, judge(*_run(command))) for name, command, judge in judges]
    return KNOWN if KNOWN in codes else max(codes)


def _run(command: Sequence[str]) -> tuple[str, str]:
    try:
        done = subprocess.run(  # noqa: S603 the commands above
            command, cwd=ROOT, capture_output=True, text=True, timeout=_WITHIN, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", f"{type(error).__name__}: {command[0]}"
    return done.stdout, done.stderr


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip() and "complete log" not in line]
    return lines[-1][:200] if lines else ""


def _say(line: str) -> None:
    sys.stdout.write(f"[audit] {line}\n")


if __name__ == "__main__":
    sys.exit(main())
