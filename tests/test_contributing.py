"""CONTRIBUTING's recipe for a subcommand, followed in a copy of the project; and each step left out is named by a check."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RECIPE = (
    (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Adding a subcommand")[2].partition("\n## ")[0]
)
STEP = re.compile(r"`((?:bot|handlers|tests)/[a-z_/]+\.py)`.*?```python\n(.*?)```", re.DOTALL)
MAKE = "docs/commands.py"  # what `make commands` runs
QUICK = [
    f"tests/{name}.py"
    for name in ("handlers/test_wiring", "access/test_admission_everywhere", "jobs/test_registry", "test_docs")
]


def steps() -> dict[str, str]:
    """Return the files of the recipe, as they are to be written."""
    return {
        path: "\n".join(line.removeprefix("   ") for line in code.splitlines()) for path, code in STEP.findall(RECIPE)
    }


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    for folder in ("bot", "handlers", "tests", "docs"):
        # Compiled files come along: without them each of the processes below would compile all of the bot first.
        skipped = shutil.ignore_patterns("node_modules", "dist", "images")
        shutil.copytree(ROOT / folder, project / folder, ignore=skipped)
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, project)
    for folder in ("requirements", "benchmarks", ".ci"):
        shutil.copytree(ROOT / folder, project / folder)
    (project / "docs" / "images").symlink_to(ROOT / "docs" / "images")
    return project


def follow(project: Path, *, without: str = "") -> None:
    """Follow the recipe literally, one step, or one line of one, left out."""
    for path, code in steps().items():
        if path != without:
            (project / path).write_text(code.replace(f"{without}\n", "") if without else code, encoding="utf-8")
    if without != MAKE:
        run(project, MAKE)


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(project), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(  # noqa: S603 this project's own scripts
        [sys.executable, *arguments], cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def checked(project: Path, *tests: str) -> str:
    """Run tests of the copy and return what they print."""
    done = run(project, "-m", "pytest", "-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider", *tests)
    return f"{done.stdout}{done.stderr}"


def test_the_recipe_gives_a_gated_documented_and_tested_command(copy: Path) -> None:
    assert list(steps()) == ["bot/jobs/ping.py", "handlers/ping.py", "tests/scenarios/test_ping.py"]
    follow(copy)
    assert "| `/replay ping` |" in (copy / "README.md").read_text(encoding="utf-8")
    assert " | ping | " in (copy / "manifest.yml").read_text(encoding="utf-8")
    printed = checked(
        copy, *QUICK, "tests/scenarios/test_ping.py", "-k", "ping or typed or word or every_job or its_job"
    )
    assert re.search(r"[1-9] passed", printed), printed
    assert "failed" not in printed, printed


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        ("bot/jobs/ping.py", "No module named 'bot.jobs.ping'"),
        ("@job(PingRequest, admission=of_asker)", "nothing does PingRequest: put @job(PingRequest, admission=…)"),
        ("handlers/ping.py", "nothing asks for the job 'ping': give it a word or a button in handlers/"),
        (MAKE, "run `make commands`"),
        ("tests/scenarios/test_ping.py", "no scenario types `/replay ping`: add one to tests/scenarios/"),
    ],
)
def test_a_step_left_out_is_named(copy: Path, left_out: str, named: str) -> None:
    follow(copy, without=left_out)
    assert named in checked(copy, *QUICK, "-k", "typed or word or made_somewhere or its_job")
