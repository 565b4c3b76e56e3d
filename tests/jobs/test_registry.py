"""Every job has a request that somebody makes, and comes back from the queue as it was stored."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from bot.jobs.execution import load_kinds
from bot.jobs.registry import KINDS, Job, Request, job, of_nobody
from bot.runtime.services import Services
from bot.slack import ReplyTo

ROOT = Path(__file__).parents[2]
REPLY = ReplyTo(channel="C1", user="U1", thread_ts="1.2", response_url="https://hooks.slack.com/x")


def test_every_request_is_made_somewhere() -> None:
    load_kinds()
    sources = "".join(
        path.read_text(encoding="utf-8") for folder in ("bot", "handlers") for path in (ROOT / folder).rglob("*.py")
    )
    # Made, or handed on as what fills a modal.
    made = {name for names in re.findall(r"(?<!class )\b([A-Z]\w+)\(|\(services, (\w+), ", sources) for name in names}
    for name, kind in KINDS.items():
        assert kind.request.__name__ in made, (
            f"nothing asks for the job {name!r}: give it a word or a button in handlers/"
        )


def declared(base: type[Job]) -> Iterator[type[Job]]:
    """Yield what is a kind of job, wherever in the bot it is declared."""
    for one in base.__subclasses__():
        if one.__module__.startswith(("bot.", "handlers.")) and "kind" in vars(one):
            yield one
        yield from declared(one)


def test_every_request_has_its_job() -> None:
    load_kinds()
    done = {kind.request for kind in KINDS.values()}
    for request in declared(Job):
        assert request in done, (
            f"nothing does {request.__name__}: put @job({request.__name__}, admission=…) above its function in bot/jobs/"
        )


def test_every_kind_is_the_kind_of_its_request() -> None:
    load_kinds()
    assert {name: kind.request.kind for name, kind in KINDS.items()} == {name: name for name in KINDS}


def test_two_jobs_of_one_kind_are_refused() -> None:
    load_kinds()

    class Again(Job):
        kind: ClassVar[str] = "replay"

    async def run(_services: Services, _key: str, _admission: None, _request: Again) -> None:
        """Do nothing: it is never registered."""

    with pytest.raises(ValueError, match="two jobs are of the kind 'replay'"):
        job(Again, admission=of_nobody)(run)


def test_what_only_needs_a_place_to_answer_comes_back_as_it_was_stored() -> None:
    load_kinds()
    plain = [
        kind.request
        for kind in KINDS.values()
        if issubclass(kind.request, Request)
        and [name for name, field in kind.request.model_fields.items() if field.is_required()] == ["reply"]
    ]
    assert plain, "which requests need nothing but a place?"
    for request in plain:
        given = request(reply=REPLY)
        assert request.model_validate_json(given.model_dump_json(exclude_none=True)) == given
