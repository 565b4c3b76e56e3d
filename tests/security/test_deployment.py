"""The ways to run it that the repository offers: confined, and open to nobody who need not reach it."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
EXACT = re.compile(r"[a-z/]+:v?\d+\.\d+\.\d+(?:-[a-z-]+)?|[a-z/]+@sha256:[0-9a-f]{64}")


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert all("noexec" in mount for mount in service["tmpfs"])


def test_nothing_but_the_bots_port_is_published_and_that_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    by_default = {name: ports for name, ports in published.items() if "profiles" not in SERVICES[name]}
    assert by_default == {"bot": ["127.0.0.1:3000:3000"]}
    assert all(port.startswith("127.0.0.1:") for ports in published.values() for port in ports)


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_mounts_is_here_and_read_only(name: str) -> None:
    mounts = [volume.split(":") for volume in SERVICES[name].get("volumes", ()) if volume.startswith("./")]
    assert [path for path, _, mode in mounts if mode != "ro" or not (ROOT / path).is_file()] == []


def test_valkey_wants_a_password_and_has_no_way_out() -> None:
    valkey = SERVICES["valkey"]
    assert "requirepass" in valkey["command"][-1]
    assert "${VALKEY_PASSWORD:?" in valkey["environment"]["VALKEY_PASSWORD"]
    assert valkey["networks"] == ["store"]
    assert COMPOSE["networks"]["store"] == {"internal": True}
    for name in ("bot", "worker"):
        assert SERVICES[name]["environment"]["REDIS_URL"].startswith("redis://:${VALKEY_PASSWORD:?")


def test_images_are_pinned() -> None:
    for name in ("valkey", "prometheus", "grafana"):
        default = re.fullmatch(rf"\$\{{{name.upper()}_IMAGE:-(.+)\}}", SERVICES[name]["image"])
        assert default
        assert EXACT.fullmatch(default.group(1))
    (python,) = re.findall(r"^ARG PYTHON_IMAGE=(.+)$", DOCKERFILE, re.MULTILINE)
    assert EXACT.fullmatch(python)
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)) == {"${PYTHON_IMAGE}", "scratch"}


def test_the_image_runs_as_nobody_in_particular() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    assert last.startswith("scratch\n")
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert all(line.startswith("COPY --from=build ") for line in last.splitlines() if line.startswith("COPY"))
    assert "\nRUN " not in last
    assert DOCKERFILE.count("--require-hashes") == 2


def test_what_the_image_leaves_out_is_there() -> None:
    """Whether nobody asks for it is found where the image is built, which imports all that the bot may."""
    made = runpy.run_path(str(ROOT / ".ci" / "image.py"))
    assert [pattern for pattern in made["NOT_OF_PACKAGES"] if not any(made["PACKAGES"].glob(pattern))] == []
    assert made["LEXERS"] <= {path.name for path in made["PACKAGES"].glob("pygments/lexers/*.py")}


def test_the_workflow_runs_what_ci_runs_and_may_write_nothing() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == [".ci/run"]
    for step in job["steps"]:
        assert "uses" not in step or re.search(r"@[0-9a-f]{40}$", step["uses"])
    assert all(EXACT.fullmatch(image) for image in job["strategy"]["matrix"]["image"])
