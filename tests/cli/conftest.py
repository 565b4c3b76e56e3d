"""An Aionis that commands of the terminal can ask, in whichever process they run."""

from collections.abc import Iterator

import pytest
from anyio.from_thread import start_blocking_portal

from bot.playground.aionis import serve
from tests.sample import sample_aionis


@pytest.fixture(scope="module")
def aionis_url() -> Iterator[str]:
    """Serve a sample Aionis beside the test: commands bring a loop of their own."""
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(serve(sample_aionis())) as url:
        yield url
