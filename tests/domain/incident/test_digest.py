"""What an incident keeps of a run is bounded, and still says how much there was."""

import json
from datetime import UTC, datetime

from bot.blocks.incident_root import root_message
from bot.domain.incident import log_changes
from bot.domain.incident.digest import run_digest
from bot.domain.incident.kept import RunDigest
from bot.domain.run.evidence import Evidence
from bot.domain.run.records import Node
from tests.blocks.test_checklist import incident_of
from tests.domain.run.test_diagnosis import RESULT_URI, diagnosed, failed_run

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ERROR = "row without unit\n" * 58 + "the end there"  # 999 characters


def shown(digest: RunDigest) -> str:
    root = root_message(incident_of(log_changes.run_added(digest, by="U1", at=AT, key="run")))
    return json.dumps(root.blocks, ensure_ascii=False)


def test_a_root_counts_what_is_not_shown_from_the_whole_record() -> None:
    run = failed_run()
    run["steps"][0]["postconditions"] = [{"name": f"check_{n}", "passed": False} for n in range(25)]
    node = Node(id="1", uri=RESULT_URI, slots={"replay_kind": "step_result", "error": ERROR})
    digest = run_digest(diagnosed(run, Evidence(nodes=[node], nodes_asked=True)))
    assert len(digest.failed) == 20
    assert len(digest.error) <= 300
    kept = digest.error.partition("… [")[0]
    assert digest.error == f"{kept}… [{len(ERROR) - len(kept)} more characters cut]"
    assert "row without unit row…" in shown(digest), "cut between words; the whole is in Details"
    assert "+23 more" in shown(digest)


def test_what_was_kept_before_it_was_counted_reads_as_it_did() -> None:
    old = RunDigest.read(json.dumps({"run_id": "r", "verdict": "failed", "failing": True, "failed": list("abcdef")}))
    assert "+4 more" in shown(old)
