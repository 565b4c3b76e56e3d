"""The files for whoever runs the bot: dashboard, alerts, Kubernetes, SBOM. What they name exists."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config.settings import Settings, load_settings
from bot.runtime.metrics import INSTRUMENTS, PREFIX, InstrumentKind, Registry

ROOT = Path(__file__).parents[1]
DASHBOARD = json.loads((ROOT / "docs/monitoring/dashboard.json").read_text(encoding="utf-8"))
ALERTS = yaml.safe_load((ROOT / "docs/monitoring/alerts.yml").read_text(encoding="utf-8"))
GUIDE = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
MANIFESTS: list[Any] = list(yaml.safe_load_all((ROOT / "docs/kubernetes.yaml").read_text(encoding="utf-8")))
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
KNOWN = {instrument.exposed: instrument for instrument in INSTRUMENTS}


@pytest.fixture(scope="module")
def exposed() -> set[str]:
    """Return every name that a bot tells, as it tells it."""
    registry = Registry()
    for instrument in INSTRUMENTS:
        made = registry.of(instrument.name, dict.fromkeys(instrument.labels, "some"))
        if instrument.kind is InstrumentKind.HISTOGRAM:
            made.observe(1.0)
    lines = registry.text().decode().splitlines()
    return {re.split(r"[{ ]", line)[0] for line in lines if line.startswith(PREFIX)}


@pytest.mark.parametrize("expression", [*EXPRESSIONS, *(rule["expr"] for rule in RULES)])
def test_every_metric_in_the_dashboard_and_the_rules_exists(exposed: set[str], expression: str) -> None:
    names = set(re.findall(rf"{PREFIX}\w+", expression))
    assert names - exposed == set(), "declare it in bot/runtime/metrics.py, or correct docs/monitoring/"
    assert names or expression.startswith("up{")
    assert expression.count("(") == expression.count(")")
    assert expression.count("{") == expression.count("}")


@pytest.mark.parametrize("expression", [*EXPRESSIONS, *(rule["expr"] for rule in RULES)])
def test_every_label_in_them_exists(expression: str) -> None:
    for name, chosen in re.findall(rf"({PREFIX}\w+)\{{([^}}]*)\}}", expression):
        instrument = KNOWN[re.sub("_(bucket|sum|count)$", "", name)]
        assert set(re.findall(r"(\w+)(?:=|!)", chosen)) <= {*instrument.labels, "le"}
    grouped = {one.strip() for found in re.findall(r"by \(([^)]*)\)", expression) for one in found.split(",")}
    assert grouped <= {"le", *(label for instrument in INSTRUMENTS for label in instrument.labels)}


def test_prometheus_own_tool_takes_the_rules_and_the_dashboards_expressions(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        if os.environ.get("REQUIRE_PROMTOOL"):
            pytest.fail("REQUIRE_PROMTOOL is set, but there is no promtool on this machine")
        pytest.skip("no promtool on this machine (apt-get install prometheus)")
    ranges = re.compile(r"\$__(?:rate_interval|range)")  # which Grafana puts in
    shown = [{"record": f"panel:{nth}", "expr": ranges.sub("5m", one)} for nth, one in enumerate(EXPRESSIONS)]
    given = tmp_path / "dashboard.yml"
    given.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": shown}]}), encoding="utf-8")
    told = subprocess.run(  # noqa: S603 the binary of this machine
        [promtool, "check", "rules", str(ROOT / "docs/monitoring/alerts.yml"), str(given)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.count("SUCCESS") == 2


def test_the_dashboard_shows_every_instrument() -> None:
    shown = " ".join(EXPRESSIONS)
    assert [name for name in KNOWN if name not in shown] == [], "give it a panel in docs/monitoring/dashboard.json"
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)


def test_every_alert_leads_to_its_symptom() -> None:
    anchors = {
        re.sub(r"[^\w -]", "", line.strip("# ").lower()).replace(" ", "-")
        for line in GUIDE.splitlines()
        if line.startswith("#")
    }
    symptoms = {rule["annotations"]["symptom"].removeprefix("#") for rule in RULES}
    assert symptoms - anchors == set(), "give the alert's symptom a heading in docs/operations.md"
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_the_guide_names_every_metric() -> None:
    unnamed = [name for name in KNOWN if name.removeprefix(PREFIX) not in GUIDE]
    assert unnamed == [], "say in docs/operations.md what the metric tells"


def of_kind(kind: str) -> dict[str, Any]:
    return {one["metadata"]["name"]: one for one in MANIFESTS if one["kind"] == kind}


def test_kubernetes_runs_two_of_each_and_keeps_one_through_disruptions() -> None:
    deployments = of_kind("Deployment")
    assert {name: one["spec"]["replicas"] for name, one in deployments.items()} == {"serve": 2, "worker": 2}
    for name, budget in of_kind("PodDisruptionBudget").items():
        assert budget["spec"]["minAvailable"] == 1
        assert budget["spec"]["selector"] == deployments[name]["spec"]["selector"]
    assert (
        of_kind("Service")["incident-bot"]["spec"]["selector"]
        == deployments["serve"]["spec"]["selector"]["matchLabels"]
    )


@pytest.mark.parametrize("name", ["serve", "worker"])
def test_its_pods_are_confined_and_probed(name: str) -> None:
    template = of_kind("Deployment")[name]["spec"]["template"]
    assert template["metadata"]["labels"] == of_kind("Deployment")[name]["spec"]["selector"]["matchLabels"]
    (container,) = template["spec"]["containers"]
    assert container["args"] == [name]
    assert template["spec"]["securityContext"]["runAsNonRoot"] is True
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    ports = {port["name"] for port in container["ports"]}
    for probe in ("livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["port"] in ports
    mounted = {one["name"] for one in container["volumeMounts"]}
    assert mounted == {one["name"] for one in template["spec"]["volumes"]}


def test_its_settings_are_settings() -> None:
    given = dict(of_kind("ConfigMap")["incident-bot"]["data"])
    for deployment in of_kind("Deployment").values():
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        given |= {one["name"]: one["value"] for one in container.get("env", ())}
    assert {name.lower() for name in given} <= set(Settings.model_fields)
    given["AIONIS_BASE_URL"] = re.sub("[<>]", "", given["AIONIS_BASE_URL"])
    assert load_settings(**{name.lower(): value for name, value in given.items()}).metrics_address == ("0.0.0.0", 9464)  # noqa: S104


def test_the_bill_of_materials_lists_what_is_installed(tmp_path: Path) -> None:
    files = [tmp_path / "one.json", tmp_path / "two.json"]
    for file in files:
        subprocess.run([sys.executable, str(ROOT / ".ci/sbom.py"), str(file)], check=True)  # noqa: S603 our own script
    assert files[0].read_bytes() == files[1].read_bytes()
    bill = json.loads(files[0].read_text(encoding="utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    versions = {one["name"]: one["version"] for one in bill["components"]}
    pinned = dict(
        re.findall(
            r"^([a-z0-9.-]+)==([^ \\]+)", (ROOT / "requirements/runtime.txt").read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    assert {"slack-bolt", "httpx", "pydantic", "redis", "hiredis", "uvloop", "prometheus-client"} <= set(versions)
    assert {name: version for name, version in versions.items() if pinned.get(name, version) != version} == {}
    assert {"react", "react-dom", "scheduler", "marked"} <= set(versions)  # of the page
    assert {"pytest", "vite"}.isdisjoint(versions)
    assert [one["name"] for one in bill["components"] if not one.get("licenses")] == []
    references = {one["bom-ref"] for one in (*bill["components"], bill["metadata"]["component"])}
    assert {one["ref"] for one in bill["dependencies"]} == references
    assert {ref for one in bill["dependencies"] for ref in one["dependsOn"]} <= references


COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yml").read_text(encoding="utf-8"))["services"]


def test_compose_starts_the_bot_alone_and_more_by_profile() -> None:
    of = {name: tuple(service.get("profiles", ())) for name, service in COMPOSE.items()}
    assert {name for name, profiles in of.items() if not profiles} == {"bot", "worker", "valkey"}
    assert {profile for profiles in of.values() for profile in profiles} == {"monitoring", "playground"}


def test_prometheus_looks_at_each_process_under_the_name_that_the_rules_know() -> None:
    config = yaml.safe_load((ROOT / "docs" / "monitoring" / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = config["scrape_configs"]
    assert job["job_name"] in (ROOT / "docs" / "monitoring" / "alerts.yml").read_text(encoding="utf-8")
    assert job["dns_sd_configs"][0]["names"] == ["bot", "worker"]
    assert config["rule_files"] == ["alerts.yml"]
