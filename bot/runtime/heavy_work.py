"""Work on megabytes, in a process of its own: what holds the interpreter's lock there keeps no ack waiting.

python -m bot.runtime.heavy_work TASK [REDACTION_FILE]    facts (a line of JSON) and content in, the same out
"""

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.bundle.kept_answers import PackedAnswer, keep_answer, pack, stored_answers
from bot.domain.text.json_text import read_json
from bot.runtime.masking import in_use, knowing, known

SMALL = 128 * 2**10  # bytes that are worked on in a thread instead: a process takes half a second to start
_UNSENT = 32 * 2**20  # bytes of bundles that are kept beside the next one while they wait to be sent
_UNSENT_FOR = 3600.0  # seconds that one is kept: its job may have been given up, or packs it anew
_BEHIND_ALL = 15  # nobody waits for this work as they do for an ack

Facts = dict[str, Any]
Task = Callable[[Facts, bytes], tuple[Facts, bytes]]


class HeavyWork:
    """One piece of work at a time: each takes a core, and what it works on many times over in memory."""

    def __init__(self, redaction_file: Path | None) -> None:
        self._redaction_file = redaction_file
        self._one = asyncio.Semaphore(1)
        self._unsent: dict[bytes, tuple[bytes, int]] = {}  # bundles, by what they were made of

    async def keep(self, answers: Iterable[tuple[Facts, bytes]]) -> list[PackedAnswer]:
        """Return answers of Aionis, masked, as they are stored; each comes with its path, asked, request_id and read_at."""
        given = [({**facts, "known": known()}, body) for facts, body in answers]
        small = [one for one in given if len(one[1]) < SMALL]
        # All that are small in one thread: going there and back takes longer than most of them.
        done = iter(await asyncio.to_thread(lambda: [_keep(*one) for one in small]))
        made = [next(done) if len(one[1]) < SMALL else await self._do("keep", *one) for one in given]
        return [PackedAnswer(found["name"], text.decode(), found["rules"]) for found, text in made]

    async def raw_json(self, body: bytes) -> tuple[bytes, int]:
        """Return an answer of Aionis, masked, for people to read, and how many values were masked in it."""
        found, content = await self._do("raw_json", {"known": known()}, body)
        return content, int(found["masked"])

    async def bundle(
        self, incident: str, log: list[Any], answers: list[str], *, to_be_signed: bool = False
    ) -> tuple[bytes, int]:
        """Return the evidence bundle of a log and of answers, both as they are stored, and how many answers it leaves out.

        One that is `to_be_signed` is checked there, too: that unpacks all of it. Raises `NotAttested` where it does not hold.
        It is kept until it is said to be `sent`: a Slack that takes no file just now is asked again for hours.
        """
        facts = {"incident": incident, "check": to_be_signed}
        body = "\n".join((json.dumps(log, separators=(",", ":")), *answers)).encode()
        # By all that goes into it, and not by its job: a name that is taken out of the log meanwhile is not in it.
        made_of = (await asyncio.to_thread(lambda: hashlib.sha256(_written(facts, body)))).digest()
        if made_of not in self._unsent:
            while sum(len(content) for content, _ in self._unsent.values()) > _UNSENT:
                self._unsent.pop(next(iter(self._unsent)))
            self._unsent[made_of] = await self._bundle(facts, body)
            asyncio.get_running_loop().call_later(_UNSENT_FOR, self._unsent.pop, made_of, None)
        return self._unsent[made_of]

    def sent(self, bundle: bytes) -> None:
        """Forget a bundle."""
        for made_of in [made_of for made_of, one in self._unsent.items() if one[0] is bundle]:
            del self._unsent[made_of]

    async def _bundle(self, facts: Facts, body: bytes) -> tuple[bytes, int]:
        found, content = await self._do("bundle", facts, body)
        if found["problem"]:
            from bot.domain.bundle.archive import NotAttested  # noqa: PLC0415 slow to import

            raise NotAttested(found["problem"])
        return content, int(found["left_out"])

    async def _do(self, task: str, facts: Facts, content: bytes) -> tuple[Facts, bytes]:
        if len(content) < SMALL:
            return await asyncio.to_thread(TASKS[task], facts, content)
        async with self._one:
            return _read(await self._in_process(task, _written(facts, content)))

    async def _in_process(self, task: str, given: bytes) -> bytes:
        """Have a process of its own do it; one whose bot is gone ends when it cannot hand over what it made."""
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__, task, str(self._redaction_file or "")),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            start_new_session=True,  # what ends the whole group of the bot is for the bot to hear
        )
        try:
            made, said = await process.communicate(given)
        finally:
            if process.returncode is None:  # the job was cut off: what it makes would be for nobody
                process.kill()
                await process.wait()
        if process.returncode:
            last = said.decode(errors="replace").strip().rpartition("\n")[2]
            raise RuntimeError(f"{task} ended with {process.returncode}: {in_use().text(last)[:200]}")
        return made


def _keep(facts: Facts, body: bytes) -> tuple[Facts, bytes]:
    read_at = datetime.fromisoformat(facts["read_at"])
    with knowing(facts["known"]):
        kept = keep_answer(
            path=facts["path"], asked=facts["asked"], request_id=facts["request_id"], read_at=read_at, body=body
        )
    packed = pack(kept)
    return {"name": packed.name, "rules": dict(packed.rules)}, packed.text.encode()


def _raw_json(facts: Facts, body: bytes) -> tuple[Facts, bytes]:
    with knowing(facts["known"]):
        masked = in_use().redact_value(read_json(body))
    return {"masked": len(masked.findings)}, json.dumps(masked.value, ensure_ascii=False, indent=2).encode()


def _bundle(facts: Facts, body: bytes) -> tuple[Facts, bytes]:
    from bot.domain.bundle.archive import problems_of  # noqa: PLC0415 slow to import, and wanted for exports alone
    from bot.report import bundle_of, fitting  # noqa: PLC0415
    from bot.store.log_entries import read_entries  # noqa: PLC0415

    log, *answers = body.decode().split("\n")
    kept = fitting(stored_answers(answers))
    content = bundle_of(read_entries(json.loads(log)), kept, facts["incident"])
    problems = problems_of(content) if facts["check"] else []
    left_out = sum(answer.omitted for answer in kept)
    return {"problem": problems[0] if problems else "", "left_out": left_out}, content


TASKS: dict[str, Task] = {"keep": _keep, "raw_json": _raw_json, "bundle": _bundle}


def _written(facts: Facts, content: bytes) -> bytes:
    return json.dumps(facts).encode() + b"\n" + content


def _read(made: bytes) -> tuple[Facts, bytes]:
    facts, _, content = made.partition(b"\n")
    return json.loads(facts), content


def do_task(task: str, given: bytes) -> bytes:
    """Do a task, from what goes into its process to what comes out of it."""
    return _written(*TASKS[task](*_read(given)))


def main() -> None:
    """Do one task, read from stdin and written to stdout, behind everything else on the machine."""
    os.nice(_BEHIND_ALL)
    from bot.config.redaction_file import install_rules  # noqa: PLC0415

    task, rules = sys.argv[1:]
    install_rules(Path(rules) if rules else None)
    sys.stdout.buffer.write(do_task(task, sys.stdin.buffer.read()))


if __name__ == "__main__":
    main()
