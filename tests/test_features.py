"""A feature is found by one noun, the same in `handlers/`, `bot/jobs/` and `bot/blocks/`, with no table to look it up in."""

import re
from pathlib import Path

import pytest

from bot.jobs.execution import load_kinds
from bot.jobs.registry import KINDS
from handlers import features
from handlers.words import REPLAY, RESOLVE, Word, words_of_command

ROOT = Path(__file__).parents[1]
SHARED = {"commands", "interactions", "listener_errors", "modals", "named_incident", "own_messages", "words"}
NOUNS = {feature.__name__.rpartition(".")[2] for feature in features()} - SHARED

# What has no job, and why.
NO_JOB = {
    "checklist_items": "one atomic change, made before the ack",
    "help": "answered in the ack",
    "installing": "what is to be erased is erased before the ack",
    "links": "Slack opens the link itself",
    "root_cause": "its ids are looked up while the modal waits; then it is one atomic change",
    "said": "what is said is a word of another feature",
    "thread": "its jobs are the summary's, for when the thread is quiet",
}
# Jobs that nobody asks for with a word or a click.
OF_NO_FEATURE = {
    "analysis": "what a replay posts, where somebody deleted it",
    "ended_runs": "runs that ended since",
    "past": "what a replay adds to its own message",
    "refresh": "what all features have shown",
    "show": "how all features answer one person",
    "watch_news": "what a watch finds",
}
# README's second table: how a row begins → its noun.
IN_SLACK = {
    "*Replay this run*": "replay_message",
    "*Summarise this thread*": "summary",
    "the checklist's buttons": "checklist_items",
    "*Root cause…*": "root_cause",
    "*Compare with a rerun…*": "compare",
    "*I'm on it*": "lead",
    "*Close…*": "close",
    "the Home tab": "home_tab",
    "*Step details*, *Full timeline*, *Raw JSON*": "step",
}


def test_a_feature_has_its_job_under_its_noun() -> None:
    missing = {noun for noun in NOUNS if not (ROOT / "bot" / "jobs" / f"{noun}.py").exists()}
    assert missing - NO_JOB.keys() == set(), (
        "put it into bot/jobs/, named as its file in handlers/, or say why it has none"
    )
    assert NO_JOB.keys() - missing == set(), "is in bot/jobs/ by now"


def test_what_one_feature_shows_has_its_noun() -> None:
    askers: dict[str, set[str]] = {}
    for path in [*(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").glob("*.py")]:
        feature = path.stem if path.parent.name in {"handlers", "jobs"} else str(path)
        for name in re.findall(r"^from bot\.blocks\.(\w+) import", path.read_text(encoding="utf-8"), re.MULTILINE):
            askers.setdefault(name, set()).add(feature)
    lone = {name: next(iter(by)) for name, by in askers.items() if len(by) == 1 and by <= NOUNS}
    assert {name: by for name, by in lone.items() if not name.startswith(by)} == {}, (
        "name it as the feature that shows it"
    )
    assert "export" in lone, "nothing was found"


def test_a_job_is_of_a_feature() -> None:
    load_kinds()
    rooms = {kind.request.__module__.rpartition(".")[2] for kind in KINDS.values()}
    assert rooms - NOUNS - SHARED == OF_NO_FEATURE.keys(), "name its file as the one in handlers/ that asks for it"


@pytest.mark.parametrize(
    "word", [one for command in (REPLAY, RESOLVE) for one in words_of_command(command)], ids=lambda one: one.word
)
def test_a_word_is_declared_in_the_file_of_its_noun(word: Word) -> None:
    name = word.word or word.command.strip("/")
    noun = word.understand.__module__.rpartition(".")[2]
    assert noun.startswith(name), f"`{word.usage}` is in handlers/{noun}.py: declare it in handlers/{name}.py"


def test_what_readme_offers_in_slack_has_its_noun() -> None:
    table = (ROOT / "README.md").read_text(encoding="utf-8").partition("| in Slack |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (?!-)(.+?) \|", table, re.MULTILINE)
    unknown = [row for row in rows if not row.startswith(tuple(IN_SLACK))]
    assert unknown == [], "say in IN_SLACK under which noun it is found"
    assert set(IN_SLACK.values()) <= NOUNS
