"""What kind of place something is told in: hints name what works there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """A place. Slash commands do not work in threads and modals (`in_thread`), and no incidents are kept in direct messages."""

    in_thread: bool = False
    direct: bool = False


IN_MODAL = Where(in_thread=True)
