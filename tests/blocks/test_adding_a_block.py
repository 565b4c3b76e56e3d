"""CONTRIBUTING's first two steps for a block: whoever leaves one out in `bot/blocks/` is told which, and where."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.syntax import tree_of

ROOT = Path(__file__).parents[2]
BLOCKS = sorted((ROOT / "bot" / "blocks").glob("*.py"))
MODELS = [
    path for room in ("run", "comparison", "recurrence", "incident") for path in ROOT.glob(f"bot/domain/{room}/*.py")
]

STEP_1 = "step 1 of “Adding a block”: {what} may come from outside: put it through outside(text, limit)"
STEP_2 = "step 2 of “Adding a block”: {what} may grow: make Parts of its blocks, with ranks, and fit(…) them"

# What is made of text: as blocks, and as spans of one.
SHOWN_BY = {"plain", "bold", "code", "pre", "mrkdwn", "context", "header", "small", "cell"}
# What is ours wherever it stands: ids that the bot gave, the value of an enumeration.
OURS = {"id", "value"}
# What is ours, or has gone through `outside` where it was made or where it is put in, though its name does not show it.
KNOWN = {
    "rights.others",  # words of ours about who may close
    "change.after",  # what a condition came to: one of a few words
    "check.name",  # a check of the gate
    "run.critical",  # of a digest, which is made of masked text; cut with the title
    "told.what",
    "error.what",
    "error.kind",
    "bisection.case.by",
    "found.case",
    "card.title",
    "commit.commit_hash",
    "commit.input_sha256",
    "decision.context_sha256",
    "decision.policy_sha256",
    "cause.cause",
    "summary.incident",
    "summary.status",
    "summary.severity",
}
# Messages whose lists have an end of their own.
BOUNDED = {
    "unbound_message": "a failure and its button",
    "no_incident_message": "three lines of ours",
    "closed_message": "a line each of what was closed, its proof, and a report",
    "exported_message": "a hash, and at most a line each of what was left out and who signed",
    "root_message": "ten lines, each cut",
    "notice": "one line, cut",
    "help_message": "the words that there are",
    "failure_message": "one line, cut, and the buttons of an error",
    "watching_message": "two lines of ours",
}


@functools.cache
def outside_texts() -> set[str]:
    """Return the names of the fields that hold text in what is read of runs and incidents."""
    fields = (
        statement
        for path in MODELS
        for node in ast.walk(tree_of(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        for statement in node.body
    )
    return {
        one.target.id
        for one in fields
        if isinstance(one, ast.AnnAssign)
        and isinstance(one.target, ast.Name)
        and ast.unparse(one.annotation) in {"str", "str | None"}
    } - OURS


def left_out(source: str) -> Iterator[str]:
    """Yield what a module of blocks leaves out of the two steps, by its line."""
    tree, texts = tree_of(source), outside_texts()
    for node in ast.walk(tree):
        for text in _shown(node):
            if isinstance(text, ast.Attribute) and text.attr in texts and ast.unparse(text) not in KNOWN:
                yield f"{text.lineno}: {STEP_1.format(what=ast.unparse(text))}"
        if isinstance(node, ast.FunctionDef) and node.name not in BOUNDED and _grows_unfitted(node):
            yield f"{node.lineno}: {STEP_2.format(what=f'{node.name}()')}"


def _shown(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what is shown as it stands: put into a text of ours, or made a block or a span of."""
    if isinstance(node, ast.FormattedValue):
        yield from _alternatives(node.value)
    if isinstance(node, ast.Call) and _name(node.func) in SHOWN_BY and node.args:
        yield from _alternatives(node.args[0])


def _alternatives(value: ast.expr) -> Iterator[ast.expr]:
    match value:
        case ast.BoolOp():
            parts = value.values
        case ast.IfExp():
            parts = [value.body, value.orelse]
        case ast.Subscript():  # a piece of a text is one, too
            parts = [value.value]
        case _:
            yield value
            return
    for part in parts:
        yield from _alternatives(part)


def _grows_unfitted(function: ast.FunctionDef) -> bool:
    called = {_name(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
    if "Message" not in called or called & {"fit", "json_size"}:
        return False
    return any(isinstance(node, ast.GeneratorExp | ast.ListComp | ast.Starred | ast.For) for node in ast.walk(function))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_no_step_is_left_out() -> None:
    found = [f"{path.name}:{one}" for path in BLOCKS for one in left_out(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("def block(run): return el.mrkdwn(f'*{run.goal}*')", "step 1"),
        ("def block(run): return el.rich(el.line(el.plain(run.goal)))", "step 1"),
        ("def block(step): return el.header(step.tool_name or 'no tool')", "step 1"),
        ("def block(step): return f'{step.error[:80] if step.error else None}'", "step 1"),
        ("def said(run): return Message('', el.to_dicts([line(one) for one in run.steps]))", "step 2"),
        ("def said(run): return Message('', el.to_dicts([head, *lines(run)]))", "step 2"),
    ],
)
def test_a_step_left_out_is_named(source: str, named: str) -> None:
    assert named in "".join(left_out(source))


@pytest.mark.parametrize(
    "source",
    [
        "def block(run): return el.mrkdwn(f'*{el.literal(run.goal, 80)}* {code_span(outside(run.goal, 80))}')",
        "def said(run): return Message('', fit([Part('steps', [line(one) for one in run.steps], rank=1)]))",
        "def block(incident): return el.plain(f'{incident.id} is {incident.state.value}')",
    ],
)
def test_a_block_that_follows_them_is_let_through(source: str) -> None:
    assert list(left_out(source)) == []


def test_the_names_of_what_is_known_are_in_use() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in BLOCKS)
    assert [name for name in KNOWN if name not in sources] == []
    assert [name for name in BOUNDED if f"def {name}(" not in sources] == []
