"""Runs of Aionis' own playbooks: their goals are alike, and only the run record's `replay_mode` tells what was executed."""

from datetime import datetime, timedelta
from typing import Any

from bot.playground.aionis.hashing import name_id
from bot.playground.aionis.world.catalogue import Tale
from bot.playground.aionis.world.story import Fields, Story, failed, passed, undecided
from bot.playground.aionis.writer import Writer

PLAYBOOK = name_id("playbook", "restore-search")
_ROTATE_LOGS = name_id("playbook", "rotate-logs")


def _begun(
    writer: Writer, name: str, began: datetime, mode: str, *, playbook: str = PLAYBOOK, version: int = 1
) -> Story:
    """Start a run as `playbooks/run` does: the metadata of its records say which mode it is."""
    story = Story(writer, name, began)
    metadata: Fields = {
        "replay_mode": mode,
        "execution_backend": "local_process",
        "sensitive_review_mode": "block",
        "source_playbook_id": playbook,
        "source_playbook_version": version,
    }
    reference = f"aionis://default/support/procedure/{playbook}"
    story.start(f"Replay playbook {playbook} v{version}", metadata=metadata, context_snapshot_ref=reference)
    return story


def _command(story: Story, mode: str, argv: list[str], status: str, **after: Any) -> None:
    story.step(
        "command",
        takes=0.2,
        status=status,
        before={
            "tool_input": {"command": argv[0], "args": argv[1:], "argv": argv},
            "preconditions": [passed("always", "always=true")],
            "metadata": {"replay_mode": mode, "playbook_id": PLAYBOOK, "playbook_version": 1},
        },
        **after,
    )


def _end(story: Story, mode: str, status: str, *, executed: int, succeeded: int) -> None:
    summary = f"Replay {mode} run completed: success={succeeded}, failed={executed - succeeded}, repaired=0, pending=0"
    criteria = {"mode": mode, "execution_backend": "local_process", "failed_steps": executed - succeeded}
    metrics = {"total_steps": 2, "executed_steps": executed, "succeeded_steps": succeeded}
    story.end(status, summary=summary, success_criteria=criteria, metrics=metrics)


def _record_strict(writer: Writer, now: datetime) -> None:
    story = _begun(writer, "playbook-strict", now - timedelta(hours=53), "strict")
    _command(
        story,
        "strict",
        ["search-ctl", "restore"],
        "failed",
        error="spawnSync search-ctl ENOENT",
        postconditions=[failed("exit_code", "exit code 127", expected=0, actual=127)],
    )
    _end(story, "strict", "failed", executed=1, succeeded=0)


def _record_good(name: str, mode: str, hours: int) -> Tale:
    def record(writer: Writer, now: datetime) -> None:
        story = _begun(writer, name, now - timedelta(hours=hours), mode)
        check = (
            undecided("exit_code", "nothing was run", expected=0) if mode == "simulate" else passed("exit_code", "0")
        )
        for verb in ("restore", "verify"):
            _command(story, mode, ["search-ctl", verb], "success", postconditions=[check])
        _end(story, mode, "success", executed=2, succeeded=2)

    executed = "simulated: nothing was executed" if mode == "simulate" else "its commands were executed"
    return Tale(
        name,
        f"The playbook again, {mode}",
        f"Same playbook and goal as playbook-strict; {executed}.",
        "success, simulated" if mode == "simulate" else "success",
        record,
    )


def _record_simulated(writer: Writer, now: datetime) -> None:
    story = _begun(writer, "simulated", now - timedelta(hours=8), "simulate", playbook=_ROTATE_LOGS, version=2)
    story.step(
        "shell.exec",
        takes=0.01,
        before={
            "tool_input": {"argv": ["logrotate", "--force"]},
            "preconditions": [passed("command_available", "logrotate is available", command="logrotate")],
        },
        postconditions=[undecided("exit_code", "nothing was run", value=0)],
        metadata={"simulated": True},
    )
    story.step(
        "shell.exec",
        takes=0.01,
        before={"tool_input": {"argv": ["test", "-s", "app.log.1"]}},
        postconditions=[undecided("file_exists", "nothing was run", path="app.log.1")],
        metadata={"simulated": True},
    )
    story.end("success", summary="Replay simulate run completed: success=2, failed=0, repaired=0, pending=0")


TALES = (
    Tale(
        "simulated",
        "A simulated playbook run",
        "Aionis' own simulation of a playbook: reads success although nothing ran.",
        "success, simulated",
        _record_simulated,
    ),
    Tale(
        "playbook-strict",
        "A playbook run that executed and failed",
        "Strict mode: the command was executed, and was not found.",
        "failed at step 1 (command)",
        _record_strict,
    ),
    _record_good("playbook-strict-rerun", "strict", 52),
    _record_good("playbook-guided-rerun", "guided", 51),
    _record_good("playbook-simulated-rerun", "simulate", 50),
)
