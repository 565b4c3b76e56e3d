import pytest

from bot.playground.aionis import SampleAionis
from tests.playground.aionis.asking import NOON, Asker, asker_of


@pytest.fixture
def aionis() -> SampleAionis:
    """The whole world, on a clock that stands at noon."""
    return SampleAionis(now=NOON)  # and not the recording of it: this is what is tried here


@pytest.fixture
def ask(aionis: SampleAionis) -> Asker:
    return asker_of(aionis)


@pytest.fixture
def blank() -> Asker:
    """A sample without any run."""
    return asker_of(SampleAionis(empty=True, now=NOON))
