"""Whatever somebody types is understood or answered with usage: no exception, and nothing that grows faster than the text."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

import handlers
from bot.blocks.routing import RunTarget, decode
from bot.domain.access.rules import parse_binding
from bot.domain.access.tenancy import Tenancy
from bot.domain.run.ids_in_text import find_references
from bot.domain.run.record_references import parse_reference
from bot.domain.run.run_ids import parse_run_id, two_run_ids
from bot.errors import BotError
from bot.slack import ReplyTo
from bot.slack.incoming import message_text, said_to_bot
from handlers.commands import understand, understand_mention
from handlers.words import REPLAY, RESOLVE

handlers.features()  # with that, their words are declared
REPLY = ReplyTo(channel="C1", user="U1")
RUN = "3d1868e2-e6d3-4f69-952e-61f53ef2ef30"
WORDS = "replay resolve compare new bind help recent decision commit edge rule / : < > | <@U1> <@U1|x> <http://x|y> aionis:// memory://"
ODD = "a/b/ %2F %00 %ff ` ' \\ “ é 💥 ß İ &lt; &amp; * _ - --"
PIECES = st.sampled_from(
    [*WORDS.split(), *ODD.split(), *' \n\t"\x00\u202e\u2011\u00ad\ud83d', RUN, RUN.upper(), RUN[:-1], "9" * 400]
)
TYPED = st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join) | st.text(
    alphabet=st.characters(), max_size=60
)


def refusal(read: Callable[[str], object], text: str) -> str:
    """Return what is said where a text is refused, "" where it is not; nothing else may happen."""
    try:
        read(text)
    except BotError as refused:
        return str(refused)
    return ""


@given(TYPED)
def test_whatever_is_typed_is_answered(text: str) -> None:
    for understood in (
        understand(REPLAY, text, REPLY),
        understand(RESOLVE, text, REPLY),
        understand_mention(said_to_bot({"text": text}, "U1"), REPLY),
        understand_mention(text, REPLY),
    ):
        assert understood.request or understood.opens or understood.answer.text
        assert understood.answer is None or len(understood.answer.text) < 4_000


@given(TYPED)
def test_whatever_is_read_from_text_is_found_or_refused(text: str) -> None:
    for read in (parse_run_id, two_run_ids, parse_binding, lambda typed: parse_reference(typed, Tenancy())):
        assert len(refusal(read, text)) < 1_500
    assert all(len(found) <= len(text) for found in find_references(text))


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "a"]), inner),
    )
)
def test_the_text_of_any_message_can_be_read(value: object) -> None:
    assert isinstance(message_text({"text": value, "blocks": value, "attachments": [value]}), str)


@given(TYPED)
def test_whatever_a_button_carries_is_decoded_or_refused(value: str) -> None:
    said = refusal(lambda given_: decode(RunTarget, given_), value)
    assert not said or "older version" in said
