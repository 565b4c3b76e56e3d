"""Where the answer to somebody's request goes."""

from pydantic import BaseModel


class ReplyTo(BaseModel):
    """A channel, the thread in it (None: the channel itself), who asked, and the one-person answer's URL where there is one.

    `response_url` takes 5 answers within 30 minutes and works where the bot is no member.
    """

    channel: str
    user: str
    thread_ts: str | None = None
    response_url: str | None = None
