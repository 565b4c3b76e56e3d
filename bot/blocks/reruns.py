"""The list of an incident's reruns: what each said about the failing run, kept up to date as they end."""

from collections.abc import Iterator

from slack_sdk.models.blocks import Block

from bot.blocks import elements as el
from bot.blocks.checklist import EDITED_TEXT
from bot.blocks.layout import Message, Part, fit
from bot.blocks.routing import Action, RunTarget, action_id, encode
from bot.blocks.text import cut, escape, mrkdwn_time, outside
from bot.domain.incident.corrective_change import merged_at
from bot.domain.incident.fix_proof import FixProof, proofs_of
from bot.domain.incident.kept import ComparisonDigest
from bot.domain.incident.state import BOT, Incident
from bot.domain.run.phrases import plural
from bot.ids import as_uuid, short

_LISTED = 8  # reruns of one failing run
_RUNS = 4  # failing runs


def is_worth_a_list(incident: Incident) -> bool:
    """Tell whether reruns came by themselves, or several are asked for: one comparison has its own message."""
    several = incident.fix_reruns > 1 and bool(incident.comparisons)
    return several or any(one.by == BOT for one in incident.comparisons)


def rerun_list_message(incident: Incident) -> Message:
    """Return the list: of each failing run how its reruns went, the newest first."""
    proofs = [proof for proof in proofs_of(incident) if proof.newest]
    parts = [Part("title", [el.header(f"Reruns · {incident.id}")])]
    for place, proof in enumerate(proofs[:_RUNS]):
        parts.append(Part("standing", [el.rich(el.line(*_standing(proof)))]))
        parts += [Part("a rerun", [row], rank=1) for row in _rows(incident, proof, place)]
    if len(proofs) > _RUNS:
        more = plural(len(proofs) - _RUNS, "more failing run")
        parts.append(Part("more", [el.context(f"{more} with reruns; the report lists all.")]))
    said = "; ".join(f"run {short(proof.run.run_id)}: {proof.progress}" for proof in proofs[:_RUNS])
    return Message(cut(escape(f"Reruns in {incident.id}: {said}."), EDITED_TEXT), fit(parts))


def _standing(proof: FixProof) -> Iterator[el.RichText]:
    yield el.plain("Run ")
    yield el.code(outside(short(proof.run.run_id), 8, one_line=True))
    yield el.plain(" · ")
    yield el.bold(proof.progress)


def _rows(incident: Incident, proof: FixProof, place: int) -> Iterator[Block]:
    reruns = proof.reruns
    for number, one in enumerate(reruns[:_LISTED]):
        yield _row(incident, proof, one, place * _LISTED + number)
    if len(reruns) > _LISTED:
        yield el.context(f"{plural(len(reruns) - _LISTED, 'older one')}.")


def _row(incident: Incident, proof: FixProof, one: ComparisonDigest, number: int) -> Block:
    mark = "✓" if one.fixed else "✗"
    began = f" · {mrkdwn_time(one.began)}" if one.began else ""
    merged = merged_at(incident)
    began += " · started before the merge" if merged and one.began and one.began < merged else ""
    because = el.literal(_reason(one), 200) if one.reasons else "" if one.by else "the same failure was seen again"
    words = (
        f"{mark} {el.code_text(short(one.rerun), 8)} *{escape(one.words)}*{began}{f' · {because}' if because else ''}"
    )
    if not (as_uuid(one.rerun) and as_uuid(proof.run.run_id)):
        return el.mrkdwn(words)
    target = RunTarget(run_id=proof.run.run_id, rerun_id=one.rerun, incident=incident.id)
    return el.mrkdwn(words, el.button("Comparison", action_id(Action.COMPARISON, number), encode(target)))


def _reason(one: ComparisonDigest) -> str:
    """Return what tells most: with which other error a step still fails, else the first reason."""
    return one.reasons[1] if one.another_error and len(one.reasons) > 1 else one.reasons[0]
