"""Comparing a failing run with its rerun: `/replay compare`, buttons, the modal that asks which, and the pages of the details."""

from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.blocks.compare_rerun import RERUN_BLOCK, RERUN_INPUT, comparing_modal
from bot.blocks.inputs import Values
from bot.blocks.notices import in_field
from bot.blocks.routing import Action, Modal, ModalTarget, RunTarget, action_pattern, decode, outdated
from bot.domain.run.run_ids import parse_run_id, two_run_ids
from bot.errors import BotError
from bot.ids import short
from bot.jobs.compare import CompareRequest, ComparisonRequest, RerunRequest
from bot.jobs.queueing import enqueue
from bot.runtime.services import Services
from handlers.interactions import Click, with_admission
from handlers.modals import open_run_modal, turn_page
from handlers.words import Typed, Understood, refused, started, subcommand

COMPARING = (
    "Comparing `{failing}` with its rerun `{rerun}`; the result comes into the incident's thread where there is one."
)


@subcommand(
    "compare",
    arguments="<failing_run> <rerun>",
    help="what the rerun proves, where the two part, and in what they differ",
    doc="docs/comparison.md",
)
def compare(typed: Typed) -> Understood:
    """Read the failing run's id, and the rerun's."""
    try:
        failing, rerun = two_run_ids(typed.text)
    except BotError as error:
        return refused(error, typed)
    request = CompareRequest(reply=typed.reply, failing=failing, rerun=rerun)
    return started(request, COMPARING.format(failing=short(failing), rerun=short(rerun)))


def register(app: AsyncApp, services: Services) -> None:
    @app.action(action_pattern(Action.COMPARE), middleware=[with_admission(services)])
    async def on_compare(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any], click: Click) -> None:
        target = decode(RunTarget, action.get("value"))
        if target.rerun_id is None:
            await open_run_modal(services, RerunRequest, body, action)
        else:
            await _compare(services, click, target, target.rerun_id)
            if click.view_id:
                # A button in a modal closes nothing: without another view it would look as if nobody had heard the click.
                here = decode(ModalTarget, body["view"].get("private_metadata"))
                await services.slack.update_view(click.view_id, comparing_modal(here))
        await ack()

    @app.action(action_pattern(Action.RERUN_AGAIN), middleware=[with_admission(services)])
    async def on_again(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await turn_page(services, RerunRequest, body, action)
        await ack()

    @app.view(Modal.RERUN, middleware=[with_admission(services)])
    async def on_rerun(ack: AsyncAck, view: dict[str, Any], click: Click) -> None:
        target = decode(ModalTarget, view["private_metadata"])
        typed = _typed_rerun(view["state"]["values"])
        try:
            rerun = parse_run_id(typed)
        except BotError as refused:
            await ack(response_action="errors", errors={RERUN_BLOCK: in_field(refused)})
            return
        await _compare(services, click, target, rerun)
        await ack()

    @app.action(action_pattern(Action.COMPARISON), middleware=[with_admission(services)])
    async def on_details(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await open_run_modal(services, ComparisonRequest, body, action)
        await ack()

    @app.action(action_pattern(Action.COMPARISON_PAGE), middleware=[with_admission(services)])
    async def on_page(ack: AsyncAck, body: dict[str, Any], action: dict[str, Any]) -> None:
        await turn_page(services, ComparisonRequest, body, action)
        await ack()


def _typed_rerun(values: Values) -> str:
    """Return what was typed; raises `UsageError` where the modal has no such input."""
    try:
        return values[RERUN_BLOCK][RERUN_INPUT].get("value") or ""
    except KeyError as missing:
        raise outdated() from missing


async def _compare(services: Services, click: Click, target: RunTarget, rerun: str) -> None:
    request = CompareRequest(
        reply=click.reply, failing=target.run_id, rerun=rerun, incident=target.incident, new=target.new
    )
    await enqueue(services, request, key=click.key)
