"""A hostile Aionis: broken Unicode, bombs, depth, endless numbers, wrong types. A run, or a sentence; never a traceback."""

import asyncio
import gzip
import io
import json
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot import errors
from bot.aionis import Aionis, AionisTransport
from bot.blocks.layout import Message
from bot.blocks.recent import RecentFailure, recent_message
from bot.blocks.replay import replay_message
from bot.blocks.resolve import resolve_message
from bot.cli.terminal_replay import print_diagnosis
from bot.cli.terminal_resolve import print_resolution
from bot.domain.access.tenancy import Consumer, Tenancy
from bot.domain.bundle.kept_answers import keep_answer
from bot.domain.run.json_form import diagnosis_json, resolution_json
from bot.domain.run.uris import URI_TYPES
from bot.domain.text.json_text import read_json
from bot.investigation.recent import TroubledRuns
from bot.investigation.record import resolve_record
from bot.investigation.run import investigate
from tests.strategies import runs

HERE = Tenancy("default", "support")
RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
RUN_ANSWER = {"tenant_id": "default", "scope": "support", "run": {"run_id": RUN, "status": "failed"}}
NOW = datetime(2026, 11, 27, tzinfo=UTC)
CAP = 2**20
LONE = "\\ud83d"
Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler, *, cap: int = CAP) -> Aionis:
    transport = AionisTransport.connect(
        "http://aionis.test",
        headers={},
        connect_timeout=1,
        max_response_bytes=cap,
        transport=httpx.MockTransport(handler),
    )
    return Aionis(transport, HERE, Consumer(), deadline_seconds=5)


def answering(body: bytes, *, status: int = 200, **headers: str) -> Handler:
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def stream() -> Any:
        for start in range(0, len(body), 2**16):
            yield body[start : start + 2**16]

    return lambda _: httpx.Response(status, content=stream(), headers=named)


def run_with(**fields: str) -> bytes:
    """Return a run's answer whose fields are JSON texts as given, for what `json.dumps` would not write."""
    inner = ", ".join(f'"{name}": {text}' for name, text in fields.items())
    return f'{{"tenant_id": "default", "scope": "support", "run": {{"run_id": "{RUN}", {inner}}}}}'.encode()


# Unicode


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r'"\ud83d"', "\ufffd"),
        (r'"\uD83D!"', "\ufffd!"),
        (r'"\ude00\ud83d"', "\ufffd\ufffd"),
        (r'"\ud83d\ud83d\ude00"', "\ufffd😀"),
        (r'"\ud83d\ude00"', "😀"),
        (r'"\\ud83d"', r"\ud83d"),
        (r'"\\\ud83d"', "\\\ufffd"),
        (r'"\ud83d\\ude00"', "\ufffd\\ude00"),
    ],
)
async def test_a_lone_surrogate_is_read_as_the_replacement_character(written: str, read: str) -> None:
    answer = await client(answering(run_with(goal=written, status=r'"\udfff"'))).get_run(RUN)
    assert answer.value.run.goal == read
    assert read_json(answer.body)["run"]["goal"] == read


@pytest.mark.parametrize("raw", [b"\xff", b"\xed\xa0\xbd", b"\xc3", b"\xf0\x9f\x98"])
async def test_bytes_that_are_not_utf_8_are_read_as_the_replacement_character(raw: bytes) -> None:
    answer = await client(answering(run_with(goal='"a@b"').replace(b"@", raw))).get_run(RUN)
    goal = answer.value.run.goal or ""
    assert goal.startswith("a\ufffd")
    assert goal.endswith("b")


END = {"replay_kind": "run_end", "status": "failed"}


async def recent(aionis: Aionis) -> Message:
    runs = TroubledRuns(aionis, now=NOW, stalled_after=timedelta(minutes=15))
    rows = [RecentFailure(run) async for run in runs.read()]
    return recent_message(rows, HERE, now=NOW, page=0, older=False, has_more=runs.has_more)


async def test_one_broken_summary_does_not_hide_the_other_failed_runs() -> None:
    nodes = [
        {"id": RUN, "slots": {**END, "run_id": RUN, "summary": "LONE", "LONE": {"deep": ["LONE"]}}},
        {"id": RUN.replace("3", "4"), "slots": {**END, "run_id": RUN.replace("3", "4"), "summary": "fine"}},
    ]
    body = json.dumps({"tenant_id": "default", "scope": "support", "nodes": nodes}).replace("LONE", LONE).encode()
    found = await client(answering(body)).find(slots={"replay_kind": "run_end"})
    message = await recent(client(answering(body)))
    shown = json.dumps(message.blocks, ensure_ascii=False)
    assert "\ufffd" in shown
    assert "fine" in shown
    assert found.value.nodes[0].slots["\ufffd"] == {"deep": ["\ufffd"]}
    shown.encode()


async def test_an_errors_words_are_mended_too() -> None:
    body = b'{"error": "invalid_request", "message": "no \\ud83d \xff"}'
    with pytest.raises(errors.BadRequest) as caught:
        await client(answering(body, status=400)).get_run(RUN)
    assert "no \ufffd \ufffd" in caught.value.what


@given(st.text(alphabet=st.characters(), max_size=20), st.text(alphabet='\\ud83eDE0"n', max_size=40))
def test_whatever_reads_as_json_is_valid_unicode(text: str, escapes: str) -> None:
    for body in (
        json.dumps([text, {text: 1}]).encode(),
        f'["{escapes}"]'.encode(),
        json.dumps(text, ensure_ascii=False).encode(errors="surrogatepass"),
    ):
        try:
            value = read_json(body)
        except ValueError:
            continue
        json.dumps(value, ensure_ascii=False).encode()


# Size


def zeros(mebibytes: int) -> bytes:
    """Return so many MiB of zeros, packed once by gzip: one that is packed and then repeated, in a thousandth of the time."""
    packer, one, crc = zlib.compressobj(9, zlib.DEFLATED, -15), bytes(2**20), 0
    packed = packer.compress(one) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(mebibytes):
        crc = zlib.crc32(one, crc)
    return gzip.compress(b"")[:10] + packed * mebibytes + b"\3\0" + struct.pack("<II", crc, mebibytes * 2**20)


@pytest.mark.parametrize(
    ("body", "encoding", "kind"),
    [
        (gzip.compress(zeros(100)), "gzip, gzip", errors.AnswerNotUnderstood),
        (gzip.compress(zeros(100)), "gzip,identity, gzip", errors.AnswerNotUnderstood),
        (zeros(40), "gzip", errors.AnswerTooLarge),
        (zeros(40), "X-GZIP", errors.AnswerTooLarge),
        (zlib.compress(bytes(40 * 2**20), 1), "deflate", errors.AnswerTooLarge),
        (zeros(1)[:-40], "gzip", errors.AnswerNotUnderstood),
        (b"no gzip at all", "gzip", errors.AnswerNotUnderstood),
        (b"{}", "br", errors.AnswerNotUnderstood),
        (b"{}", "zstd", errors.AnswerNotUnderstood),
        (b" " * (4 * CAP), "", errors.AnswerTooLarge),
        (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + b"\x00\x00\x00\xff\xff" * CAP, "gzip", errors.AnswerTooLarge),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_bomb_is_refused_while_it_unpacks(body: bytes, encoding: str, kind: type[errors.AionisError]) -> None:
    aionis = client(answering(body, content_encoding=encoding))
    tracemalloc.start()
    try:
        with pytest.raises(kind) as caught:
            await aionis.get_run(RUN)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.fix
    assert peak <= 3 * CAP


@pytest.mark.parametrize(
    ("pack", "encoding"),
    [
        (gzip.compress, "gzip"),
        (zlib.compress, "deflate"),
        (bytes, "identity"),
        (bytes, ""),
        (gzip.compress, "identity, gzip"),
    ],
)
async def test_an_honest_answer_is_unpacked(pack: Callable[[bytes], bytes], encoding: str) -> None:
    body = json.dumps({**RUN_ANSWER, "padding": list(range(50_000))}).encode()
    answer = await client(answering(pack(body), content_encoding=encoding)).get_run(RUN)
    assert answer.body == body


async def test_an_error_that_is_a_bomb_is_refused_too() -> None:
    with pytest.raises(errors.AnswerTooLarge):
        await client(answering(zeros(40), status=400, content_encoding="gzip")).get_run(RUN)


# Shape


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"7",
        b'"text"',
        b"{bad json",
        b"\x00",
        b"\xff\xfe{\x00}\x00",
        b"[" * 100_000,
        b'{"run":' * 100_000,
        b'{"run": {}, "other": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        run_with(goal="1" * 5_000),
        run_with(goal='"x"', other="1" * 100_000),
        run_with(goal="NaN"),
        run_with(goal='"x"', other="[NaN, -Infinity]"),
        run_with(goal='"x"', started_at="{}", status="[]"),
        b'{"run": {"goal": "x"}, "steps": [{"step_index": 1e999}]}',
        b'{"run": {"goal": "x"}, "steps": {"0": {}}}',
        b'{"run": {"goal": "x"}, "run": 5}',
    ],
    ids=range(19),
)
async def test_what_is_no_answer_is_told_in_a_sentence(body: bytes) -> None:
    with pytest.raises(errors.AnswerNotUnderstood) as caught:
        await client(answering(body)).get_run(RUN)
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 501, 302])
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"message": ' + b"[" * 190 + b"]" * 190 + b"}",
        b'{"error": "x", "issues": [{"path": [["a"]], "message": {"a": 1}}, 7, null], "details": []}',
        b'{"error": "x", "details": {"retry_after_ms": 1e999}}',
        b'{"error": "x", "details": {"retry_after_ms": ' + b"9" * 4_000 + b"}}",
        b'{"error": {"code": {}, "message": []}}',
        b'{"error": 5, "message": ' + b"9" * 5_000 + b"}",
        b"\xff\xfe",
    ],
    ids=range(8),
)
async def test_an_errors_body_is_not_trusted_either(status: int, body: bytes) -> None:
    headers = {"retry_after": "9" * 5_000, "x_request_id": "\x1b[31m" + "x" * 5_000}
    with pytest.raises(errors.AionisError) as caught:
        await client(answering(body, status=status, **headers)).get_run(RUN)
    assert len(str(caught.value)) < 1_000
    assert len(caught.value.request_id or "") == 36


async def test_a_tutorial_payload_of_the_wrong_shape_is_told_in_a_sentence() -> None:
    aionis = client(
        answering(
            b'{"tenant_id": "default", "scope": "support", "resolved_type": "decision", "resolved": {"decision_id": []}}'
        )
    )
    with pytest.raises(errors.AnswerNotUnderstood):
        await aionis.resolve(aionis.uri("decision", RUN))


# Everything at once

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, -1, 10**400, 1e300, "", "x", [], {}, [[]], {"a": {}}, "9" * 5_000, "\x00\x1b]0;x\x07\u202e", [None]]
)
RECORD_KINDS = ("node", "edge", "commit", "decision", "resolved")


def broken(draw: st.DrawFn, value: Any) -> Any:
    """Return a JSON value with an odd one somewhere in it."""
    if isinstance(value, dict) and value and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: broken(draw, value[key])}
    if isinstance(value, list) and value and draw(st.booleans()):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], broken(draw, value[place]), *value[place + 1 :]]
    return draw(ODD)


@st.composite
def broken_answers(draw: st.DrawFn) -> dict[str, bytes]:
    """Return an answer for each endpoint, any of them broken in a place or in its bytes."""
    run = draw(runs(max_steps=4))
    run["run"]["run_id"] = RUN
    slots = {"replay_kind": "step_result", "error": "x", "run_id": RUN, "output_signature": {"a": 1}, "metadata": {}}
    ids = {"decision_id": RUN, "run_id": RUN, "commit_id": RUN, "source_rule_ids": [RUN], "candidates": ["a"]}
    steps = run["steps"] or [{}]
    nodes = [
        {"id": RUN, "uri": step.get("result_uri"), "slots": slots, "created_at": "2026-11-23T00:07:14Z"}
        for step in steps
    ]
    honest = {
        "runs/get": run,
        "find": {"nodes": nodes, "page": {"returned": 1, "has_more": False}},
        "tools/run": {"decisions": [ids], "feedback": {"total": 1, "recent": [{"decision_id": RUN, "outcome": "x"}]}},
        "resolve": {
            draw(st.sampled_from(RECORD_KINDS)): {
                **ids,
                "id": RUN,
                "slots": slots,
                "diff_json": {"nodes": [{"id": RUN}]},
            },
        },
    }
    answers = {}
    for end, answer in honest.items():
        value = {"tenant_id": "default", "scope": "support", **answer}
        body = json.dumps(broken(draw, value) if draw(st.booleans()) else value).encode()
        if draw(st.integers(0, 4)) == 0:
            place = draw(st.integers(0, len(body)))
            body = body[:place] + draw(st.binary(max_size=4)) + body[place + draw(st.integers(0, 3)) :]
        answers[end] = body
    return answers


@given(broken_answers(), st.sampled_from(URI_TYPES))
def test_nothing_that_aionis_answers_ends_in_a_traceback(answers: dict[str, bytes], kind: str) -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        return next(
            (httpx.Response(200, content=body) for end, body in answers.items() if request.url.path.endswith(end)),
            httpx.Response(404, json={"error": "not_found"}),
        )

    asyncio.run(_show_all(lambda: client(handle), kind))


async def _show_all(aionis: Callable[[], Aionis], kind: str) -> None:
    console = Console(file=io.StringIO(), width=100)
    shown: list[Any] = []
    asked = [aionis(), aionis(), aionis()]
    try:
        found = await investigate(asked[0], RUN, now=NOW, stalled_after=timedelta(minutes=15))
        print_diagnosis(console, found.diagnosis, every_step=True)
        shown += [replay_message(found.diagnosis, incident=None)]
        shown.append(diagnosis_json(found.diagnosis))
    except errors.AionisError as error:
        shown.append(str(error))
    try:
        resolution = await resolve_record(asked[1], asked[1].uri(kind, RUN))
        print_resolution(console, resolution)
        shown += [resolve_message(resolution), resolution_json(resolution)]
    except errors.AionisError as error:
        shown.append(str(error))
    try:
        shown.append(await recent(asked[2]))
    except errors.AionisError as error:
        shown.append(str(error))
    for one in (exchange for aionis_ in asked for exchange in aionis_.exchanges):
        kept = keep_answer(path=one.path, asked=one.asked, request_id=one.request_id, read_at=one.at, body=one.body)
        shown.append(json.loads(kept.model_dump_json()))
    json.dumps(shown, ensure_ascii=False, default=lambda message: [message.text, message.blocks]).encode()
