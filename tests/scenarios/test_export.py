"""The evidence bundle in Slack and from the command line, and that no secret leaves with anything."""

import hashlib
import json
import re
import secrets
from pathlib import Path

import pytest
from redis import Redis
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.bundle.archive import problems_of
from bot.domain.bundle.attestation import attestation_problems, public_key
from bot.playground.aionis import SampleAionis
from bot.playground.aionis.world.leaky import SECRETS
from bot.playground.slack import INCIDENTS, MAYA, LocalSlack
from bot.store.keys import Keys
from tests.conftest import running_bot, settings_for
from tests.domain.bundle.test_attestation import PRIVATE, PUBLIC
from tests.scenarios.incidents import (
    checklist,
    incident_id,
    mark_done,
    opened,
    text_entered,
    user_entered,
)
from tests.scenarios.steps import modal, posted, replayed, text_of, told
from tests.scenarios.test_root_cause import FILLED, open_table


async def exported(slack: LocalSlack, incident: str = "") -> tuple[bytes, str]:
    """Click on the checklist's button and return the uploaded bundle and the hash in the message beside it."""
    before = len([file for file in slack.files if file.name.endswith(".zip")])
    message = await checklist(slack, "", incident=incident)
    await slack.click(MAYA, message, text="Export evidence")
    file = (await slack.wait_for(lambda: [f for f in slack.files if f.name.endswith(".zip")][before:]))[0]
    said = await slack.wait_for(
        lambda: [m for m in slack.messages(INCIDENTS) if m["text"].startswith("Evidence of INC-")][before:]
    )
    digest = re.search(r"SHA-256 ([0-9a-f]{64})", said[0]["text"])
    assert digest
    return file.content or b"", digest.group(1)


async def test_the_bundle_is_in_the_thread_with_its_hash(slack: LocalSlack, aionis: SampleAionis, bot: str) -> None:
    message = await opened(slack, aionis)
    await slack.submit(MAYA, await open_table(slack, message), FILLED)
    await checklist(slack, "2 of 5 done")
    ids = " ".join(aionis.runs[name].run_id for name in ("refund-failed", "refund-rerun"))
    await slack.command(user=MAYA, channel=INCIDENTS, text=f"/replay compare {ids}")
    await checklist(slack, "3 of 5 done")
    content, digest = await exported(slack)
    assert problems_of(content) == []
    assert hashlib.sha256(content).hexdigest() == digest
    (shared,) = [one for one in slack.messages(INCIDENTS) if one.get("files")]
    assert shared["text"].startswith("Bundle of INC-")
    shown = content.decode(errors="replace")
    for expected in (
        "charge_already_refunded",
        "No rule asks for an earlier refund first",
        "refund-failed"[:6],
        "<svg",
        "fixed",
    ):
        assert expected in shown


async def test_the_hash_is_that_of_the_file_although_the_incident_goes_on_meanwhile(
    slack: LocalSlack, aionis: SampleAionis, bot: str
) -> None:
    message = await opened(slack, aionis)
    with slack.faults.outage("chat.postMessage") as outage:
        await slack.click(MAYA, message, text="Export evidence")
        await slack.wait_for(lambda: outage.hits >= 1)
        await slack.submit(MAYA, await open_table(slack, message), FILLED)  # another entry in the log
        await checklist(slack, "2 of 5 done")
    said = await slack.wait_for(lambda: [m for m in slack.messages(INCIDENTS) if "Evidence of INC-" in m["text"]])
    (file,) = [one for one in slack.files if one.name.endswith(".zip")]
    assert hashlib.sha256(file.content or b"").hexdigest() in said[-1]["text"]


async def test_the_command_line_gives_the_same_bytes_and_checks_them(
    slack: LocalSlack, aionis: SampleAionis, bot: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await opened(slack, aionis)
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.setenv("AIONIS_SCOPE", "support")
    keys = Keys(slack.world.team.id)
    with Redis.from_url(redis_url, decode_responses=True) as store:
        name = keys.incident_log(INCIDENTS, incident_id(message))
        await slack.wait_for(lambda: message["ts"] in str(store.xrange(name)))  # where the checklist stands comes last
    target = tmp_path / "evidence.zip"
    contents = []
    for _ in range(2):
        run = await in_thread("export", incident_id(message), "-o", str(target))
        assert "SHA-256" in run
        contents.append(target.read_bytes())
    assert contents[0] == contents[1]
    assert "Who made it is not proved" in await in_thread("verify", str(target))
    told_as_json = [
        json.loads(await in_thread(*command, "--json"))
        for command in (
            ("export", incident_id(message), "-o", str(target)),
            ("verify", str(target)),
            ("rebuild", incident_id(message)),
        )
    ]
    digest = hashlib.sha256(contents[0]).hexdigest()
    assert [one.get("sha256") for one in told_as_json] == [digest, digest, None]
    alone = told_as_json[1].pop("held_by_manifest_alone")
    assert told_as_json[1] == {"ok": True, "sha256": digest, "problems": [], "signed": None}
    assert {"report.md", "report.html", "incident.json", "gate.json"} <= set(alone)
    assert not {"log.jsonl", "MANIFEST.sha256"} & set(alone)
    assert (told_as_json[2]["status"], told_as_json[2]["mended"]) == ("open", [])
    spoilt = bytearray(contents[0])
    spoilt[contents[0].index(b"Root cause")] ^= 1
    target.write_bytes(spoilt)
    assert "was altered" in await in_thread("verify", str(target), code=1)
    assert json.loads(await in_thread("verify", str(target), "--json", code=1))["ok"] is False
    assert "There is no incident INC-NONE" in await in_thread("export", "INC-NONE", code=1)
    assert "Its fields were what the log says" in await in_thread("rebuild", incident_id(message))


async def in_thread(*command: str, code: int = 0) -> str:
    """Run the command line beside this loop, which serves Slack to the bot."""
    import asyncio  # noqa: PLC0415 only here

    result = await asyncio.to_thread(CliRunner().invoke, app, list(command))
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


async def test_no_canary_leaves_with_any_feature(
    slack: LocalSlack,
    aionis: SampleAionis,
    bot: str,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    canary = f"gh{'p'}_{secrets.token_hex(18)}"
    message = await opened(slack, aionis, "secrets")
    root = posted(slack)[0]["thread_ts"]
    await slack.say(MAYA, INCIDENTS, f"I used {canary} to look", thread_ts=root)
    table = {
        **FILLED,
        "explanation": text_entered(f"leaked {canary}"),
        "expected": text_entered(f"password={canary}"),
        "remediation": text_entered(f"https://git.example.com/pull/1?access_token={canary}"),
    }
    await slack.submit(MAYA, await open_table(slack, message), table)
    await slack.wait_for(lambda: [m for m in slack.messages(INCIDENTS) if "Root cause of INC-" in text_of(m)])
    proof = f"https://git.example.com/pull/2?token={canary}"
    await mark_done(slack, message, "Corrective", {"proof": text_entered(proof), "owner": user_entered(MAYA)})
    now = await checklist(slack, "3 of 5 done")
    marked = next(m for m in slack.messages(INCIDENTS) if canary in m.get("text", ""))
    await slack.react(MAYA, INCIDENTS, marked["ts"], "pushpin")
    for text in ("/replay status", "/replay summary", "/replay recent", f"/replay {canary}", f"/resolve {canary}"):
        await slack.command(user=MAYA, channel=INCIDENTS, text=text)
    await told(slack, '"Summary · INC-')
    await replayed(slack, f"{aionis.runs['hostile'].run_id} new")
    await slack.click(MAYA, now, text="Close incident")
    await slack.submit(MAYA, await modal(slack, "Close anyway"), {"reason": text_entered(f"token {canary} revoked")})
    closed = await checklist(slack, "Closed anyway by", incident=incident_id(message))
    content, _ = await exported(slack, incident_id(message))
    await slack.open_home(MAYA)
    await slack.wait_for(lambda: slack.home(MAYA))
    left = [json.dumps([call.args, call.method], ensure_ascii=False, default=str) for call in slack.calls]
    left += [str(delivery.body) for delivery in slack.deliveries]
    left += [(file.content or b"").decode(errors="replace") for file in slack.files]
    left += [content.decode(errors="replace"), *capsys.readouterr(), caplog.text]
    for secret in (canary, *SECRETS):
        assert [text[max(0, text.index(secret) - 300) :][:700] for text in left if secret in text] == []
    assert "[masked: " in text_of(closed)


async def test_with_a_key_the_bundle_has_its_signature_beside_it(
    slack: LocalSlack, aionis: SampleAionis, redis_url: str, tmp_path: Path
) -> None:
    (tmp_path / "signing.pem").write_bytes(PRIVATE)
    settings = settings_for(slack, aionis.base_url, redis_url, signing_key_file=tmp_path / "signing.pem")
    async with running_bot(slack, settings):
        await opened(slack, aionis)
        content, _ = await exported(slack)
    signature = next(file for file in slack.files if file.name.endswith(".zip.intoto.json"))
    assert attestation_problems(signature.content or b"", content, public_key(PUBLIC)) == []
