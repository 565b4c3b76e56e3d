"""All built-in rules, the most telling first: where two find the same secret, the first names it."""

from collections.abc import Callable

from bot.domain.redaction.argv import argv_rules
from bot.domain.redaction.assignments import assignment_rules
from bot.domain.redaction.dispatch import Dispatch
from bot.domain.redaction.encoded import encoded_rule
from bot.domain.redaction.frames import frame_rules
from bot.domain.redaction.headers import header_rules
from bot.domain.redaction.key_names import HINTS, Judge
from bot.domain.redaction.nearness import nearness_rules
from bot.domain.redaction.prefixed import prefixed_rule
from bot.domain.redaction.randomness import randomness_rule
from bot.domain.redaction.recovery_phrases import phrase_rule
from bot.domain.redaction.rules import Rule
from bot.domain.redaction.secret_shapes import shape_rules
from bot.domain.redaction.set_by_call import set_by_call_rule
from bot.domain.redaction.tables import table_rules
from bot.domain.redaction.urls import url_rules


def built_in_rules(judge: Judge, hints: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """Return the built-in rules, with names judged by `judge` (`hints`: see `assignment_rules`)."""
    in_lines = header_rules(judge)
    rules = (
        *frame_rules(),
        *shape_rules(),
        *in_lines,
        *argv_rules(in_lines, judge),
        set_by_call_rule(judge),
        *url_rules(judge),
        *assignment_rules(judge, hints),
        *nearness_rules(),
        phrase_rule(),
        *table_rules(judge, (*HINTS, *hints)),
    )
    # What was decoded is read by the rules before: not decoded again, and not for its randomness, which any bytes have.
    return (*rules, encoded_rule(_any_of(rules)), prefixed_rule(), randomness_rule())


def _any_of(rules: tuple[Rule, ...]) -> Callable[[str], bool]:
    dispatch = Dispatch(rules)
    return lambda text: any(next(iter(rule.find(text)), None) for rule in dispatch.concerned(text))
