"""Why something did not answer, without the names of classes."""

import socket

import aiohttp
import httpx
import pytest
import redis.exceptions

from bot.domain.text.why_away import why


def caused(error: Exception, by: Exception) -> Exception:
    error.__cause__ = by
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (caused(redis.exceptions.ConnectionError("x"), ConnectionRefusedError()), "the connection was refused"),
        (caused(httpx.ConnectError("x"), socket.gaierror()), "its name is not known"),
        (redis.exceptions.TimeoutError(), "no answer in time"),
        (aiohttp.ServerTimeoutError(), "no answer in time"),
        (httpx.ReadTimeout("x"), "no answer in time"),
        (redis.exceptions.ReadOnlyError(), "it is a replica"),
        (aiohttp.ServerDisconnectedError(), "it closed the connection"),
        (httpx.ConnectError("x"), "no connection"),
        (redis.exceptions.ConnectionError("x"), "no connection"),
        (ValueError("x"), "what it said is not understood"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_it_is_said_in_words(error: Exception, said: str) -> None:
    assert why(error) == said
