"""Checking what a person brings as proof, before it is taken."""

from urllib.parse import urlsplit

from bot.aionis import Aionis
from bot.domain.incident.checklist import ItemSpec, ProofKind
from bot.domain.run.record_references import echo
from bot.domain.run.run_ids import parse_run_id
from bot.errors import UsageError
from bot.investigation.other_kind import run_head
from bot.investigation.prefixes import whole_run_id

CHECK_WITHIN = 2.0  # seconds: Slack waits three for the answer to a submitted modal
NOT_SUCCESSFUL = "That run has the status {status}, so it does not prove a fix."


async def check_proof(aionis: Aionis, spec: ItemSpec, proof: str) -> str:
    """Return a proof as it is kept. Raises a `BotError` that says what is wrong with it."""
    if spec.proof is ProofKind.NONE:
        return ""
    if not proof:
        raise UsageError("There is nothing that proves it.", fix="Give what the field asks for.")
    if spec.proof is ProofKind.LINK:
        return _link(proof)
    return await _run(aionis, proof) if spec.proof is ProofKind.RUN else proof


def _link(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_link = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:  # brackets that are no address
        is_link = False
    if not is_link or any(character.isspace() for character in text):
        raise UsageError(f"{echo(text)} is not a link.", fix="It starts with https://.")
    return text


async def _run(aionis: Aionis, text: str) -> str:
    run_id = await whole_run_id(aionis, parse_run_id(text))
    run = await run_head(aionis, run_id)
    if run.status != "success":
        raise UsageError(NOT_SUCCESSFUL.format(status=run.status or "unknown"), fix="Give the rerun that succeeded.")
    return run_id
