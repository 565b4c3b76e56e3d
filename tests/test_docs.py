"""Docs that would be wrong if the code changed: they fail here first."""

import re
import runpy
from pathlib import Path

import yaml
from typer.main import get_command

from bot.cli import app
from bot.config.manifest import load_manifest
from bot.config.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_settings_table_is_the_settings() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", README, flags=re.MULTILINE)
    documented = {name: (default, meaning) for name, default, meaning in rows}
    expected = {
        name.upper(): (as_written(field.default), field.description) for name, field in Settings.model_fields.items()
    }
    differing = {name for name in documented | expected if documented.get(name) != expected.get(name)}
    assert differing == set(), "README's table of settings is not what bot/config/ declares: correct these rows"


def as_written(default: object) -> str:
    """Return a default as somebody would write it into `.env`."""
    if default is None or default == ():
        return ""
    if isinstance(default, bool):
        return "on" if default else "off"
    return str(default)


def test_readme_names_every_slash_command_and_shortcut() -> None:
    features = load_manifest()["features"]
    for entry in features["slash_commands"]:
        assert f"`{entry['command']} " in README
    for entry in features["shortcuts"]:
        assert entry["name"] in README


def test_readme_and_manifest_say_what_can_be_typed() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "commands.py"))
    manifest = (ROOT / "manifest.yml").read_text(encoding="utf-8")
    assert made["readme"](README) == README, "README's table is not what handlers/ declares: run `make commands`"
    assert made["manifest"](manifest) == manifest, "a usage hint is not what handlers/ declares: run `make commands`"
    assert made["BEGIN"] in README


def test_the_picture_of_the_house_is_what_the_imports_are() -> None:
    made = runpy.run_path(str(ROOT / "docs" / "architecture.py"))
    assert made["PICTURE"].read_text(encoding="utf-8") == made["picture"](), (
        "a package imports another one now: run `make architecture`"
    )
    rooms = {path.name for path in (ROOT / "bot").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert {room.removeprefix("bot.") for room in made["SAYS"]} >= rooms, (
        "say in docs/architecture.py what the new room is for"
    )


def test_bot_holds_no_loose_module() -> None:
    assert {path.name for path in (ROOT / "bot").glob("*.py")} == {
        "__init__.py",
        "__main__.py",
        "app.py",
        "errors.py",
        "ids.py",
    }


def test_every_scope_and_event_has_its_reason() -> None:
    manifest, reasons = load_manifest(), (ROOT / "docs" / "slack-app.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z_:.]+)` \|", reasons, flags=re.MULTILINE))
    events = manifest["settings"]["event_subscriptions"]["bot_events"]
    asked = {*manifest["oauth_config"]["scopes"]["bot"], *events}
    assert documented ^ asked == set(), "say in docs/slack-app.md what it is for, or take it out of manifest.yml"


def test_the_manifest_keeps_slacks_limits() -> None:
    manifest = load_manifest()
    assert len(manifest["display_information"]["name"]) <= 35
    for entry in manifest["features"]["slash_commands"]:
        assert len(entry["command"]) <= 32
        assert len(entry["usage_hint"]) <= 1_000
    for entry in manifest["features"]["shortcuts"]:
        assert len(entry["name"]) <= 24


def test_the_commands_that_docs_name_exist() -> None:
    texts = README + "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    named = set(re.findall(r"(?<!@)incident-bot ([a-z]+)", texts))
    commands = set(getattr(get_command(app), "commands"))  # noqa: B009 click's Group, untyped here
    assert named <= commands
    assert {"serve", "worker", "replay", "resolve", "playground"} <= commands


def test_links_inside_the_repository_lead_somewhere() -> None:
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_the_image_runs_as_nobody_special_and_checks_its_health() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"^USER (?!root)", dockerfile, flags=re.MULTILINE)
    assert "HEALTHCHECK" in dockerfile
    services = yaml.safe_load((ROOT / "compose.yml").read_text(encoding="utf-8"))["services"]
    assert {"bot", "worker", "valkey"} <= set(services)


def test_no_lock_file_names_a_registry() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        assert "://" not in path.read_text(encoding="utf-8")
    assert '"resolved"' not in (ROOT / "bot" / "playground" / "web" / "package-lock.json").read_text(encoding="utf-8")


def test_every_threat_names_tests_that_exist() -> None:
    threats = (
        (ROOT / "docs" / "security.md").read_text(encoding="utf-8").partition("\n## Threats\n")[2].partition("\n## ")[0]
    )
    rows = [line for line in threats.splitlines() if line.startswith("| ")][2:]
    assert rows
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row.rsplit("|", 2)[1])
        assert named, row
        for path, test in named:
            assert f"def {test}" in (ROOT / path).read_text(encoding="utf-8"), f"{path}::{test}"
