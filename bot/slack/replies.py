"""Where the answer to somebody's request goes."""

from pydantic import BaseModel

from bot.blocks.place import Where


class ReplyTo(BaseModel):
    """A channel, the thread in it (None: the channel itself), who asked, and the one-person answer's URL where there is one.

    `response_url` takes 5 answers within 30 minutes and works where the bot is no member. `starts_thread` says that there was
    no such thread yet: a reply begins it, but what one person alone should see is shown in the channel, as Slack shows
    nothing to anybody in a thread that does not exist. `placeholder` is a message of the bot's in that place, which the answer
    takes: the failure that *Try again* was clicked on.
    """

    channel: str
    user: str
    thread_ts: str | None = None
    response_url: str | None = None
    starts_thread: bool = False
    placeholder: str | None = None

    @property
    def in_thread(self) -> bool:
        """Tell whether the answer is seen in a thread that was there already, where slash commands do not work."""
        return self.thread_ts is not None and not self.starts_thread

    @property
    def where(self) -> Where:
        """Return what kind of place the answer is seen in."""
        return Where(in_thread=self.in_thread, direct=is_direct(self.channel))

    def below(self, ts: str | None) -> "ReplyTo":
        """Return the same place, in the thread of a message, or in none."""
        return self.model_copy(update={"thread_ts": ts})


def is_direct(channel: str) -> bool:
    """Tell whether a conversation is a direct message between the bot and one person, as Slack's ids tell."""
    return channel.startswith("D")
