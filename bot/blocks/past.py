"""What a replay says of the past: that the failure was seen before, and the last run of the case that went well."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from slack_sdk.models.blocks import Block, ButtonElement

from bot.blocks import elements as el
from bot.blocks.picture import UploadedPicture
from bot.blocks.routing import Action, RunTarget, action_id, encode
from bot.blocks.similar import seen_before
from bot.blocks.text import duration, outside
from bot.domain.recurrence.bisect import Bisection, FollowedRule
from bot.domain.recurrence.history import FailureHistory
from bot.domain.run.steps import seconds_between
from bot.ids import short

_RULES = 3


@dataclass(frozen=True, slots=True)
class RunPast:
    """Blocks about the past of a run, and what its buttons lead to. `good` is the id of the last good run."""

    seen_before: tuple[Block, ...] = ()
    last_good: tuple[Block, ...] = ()
    good: str | None = None
    occurrences: UploadedPicture | None = None  # of how often the failure was seen on which days

    def buttons(self, run_id: str, incident: str | None) -> Iterator[ButtonElement]:
        """Yield the buttons that show more of it."""
        run = RunTarget(run_id=run_id, incident=incident)
        if self.seen_before:
            yield el.button("Similar runs", action_id(Action.SIMILAR), encode(run))
        if self.good:
            beside = encode(run.model_copy(update={"rerun_id": self.good}))
            yield el.button("Beside the last good run", action_id(Action.COMPARISON, 1), beside)


NO_PAST = RunPast()


def run_past(
    history: FailureHistory | None,
    bisection: Bisection,
    *,
    current: str | None,
    links: Mapping[str, str],
    channel: str,
    now: datetime,
    occurrences: UploadedPicture | None = None,
) -> RunPast:
    """Return what a replay says of the past."""
    good = bisection.last_good
    return RunPast(
        seen_before=tuple(seen_before(history, current=current, links=links, channel=channel, now=now)),
        last_good=tuple(_last_good(bisection)),
        good=good.run_id if good else None,
        occurrences=occurrences,
    )


def _last_good(bisection: Bisection) -> Iterator[Block]:
    good = bisection.last_good
    if good is None or bisection.case is None:
        return
    before = duration(seconds_between(good.ended_at, bisection.failing.started_at))
    since = _since(bisection)
    yield el.rich(
        el.line(
            el.bold("Last good: "),
            el.plain("run "),
            el.code(short(good.run_id)),
            el.plain(f"{f', {before} before' if before else ''} (same {bisection.case.by})"),
            *([el.plain(f" · since then: {since}")] if since else []),
        )
    )


def _since(bisection: Bisection) -> str:
    """Return what has changed: rules first, else where the two part."""
    rules = [*_rules(bisection.rules_added, "added"), *_rules(bisection.rules_removed, "removed")]
    if rules:
        more = f" and {len(rules) - _RULES} more" if len(rules) > _RULES else ""
        return f"{', '.join(rules[:_RULES])}{more}."
    divergence = bisection.first_divergence
    return outside(divergence, 300, one_line=True) if divergence else ""


def _rules(rules: list[FollowedRule], word: str) -> list[str]:
    return [f"rule {outside(rule.title or short(rule.id), 80, one_line=True)} {word}" for rule in rules]
