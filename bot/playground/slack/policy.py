"""What a workspace's admins and Slack itself limit; tests change it at any time."""

from dataclasses import dataclass


@dataclass(slots=True)
class Policy:
    """Limits of one workspace.

    `edit_window`: seconds after which `chat.update` answers `edit_window_closed` (None: never). `most_pins`: pins of a
    channel, then `too_many_pins`. `file_processing`: seconds after its upload before a file can be shown by a `slack_file`
    image. `history_page`: messages that one call of `conversations.history` or `.replies` returns
    at most (None: as many as it asks for). `tombstones_take_replies`: whether a reply below a deleted root stays in its
    thread while other replies keep that thread alive; otherwise it lands top-level, as below a root that is gone.
    """

    edit_window: float | None = None
    most_pins: int = 100
    file_processing: float = 0.0
    history_page: int | None = None
    tombstones_take_replies: bool = False
