"""Files: the three-step upload, and what is kept of it."""

import mimetypes
import secrets
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, NamedTuple

Json = dict[str, Any]
_TEXT_TYPES = {"txt": "text/plain", "log": "text/plain", "md": "text/markdown", "json": "application/json"}

_PREVIEW_LINES, _PREVIEW_CHARACTERS = 5, 1000


class Share(NamedTuple):
    """Where a file is shown: a channel, the root of the thread (None: the channel itself), and the message."""

    channel: str
    thread_ts: str | None
    ts: str


@dataclass(slots=True)
class File:
    """One file; `content` is None until its bytes arrived, `shares` lists where it is shown."""

    id: str
    name: str
    length: int
    user: str
    team: str
    created: int
    token: str
    title: str = ""
    alt_text: str = ""
    content: bytes | None = None
    completed_at: float | None = None
    shares: list[Share] = field(default_factory=list)

    @property
    def completed(self) -> bool:
        """Whether the upload is finished."""
        return self.completed_at is not None

    def complete(self, now: float) -> None:
        """Finish the upload."""
        self.completed_at = now

    @property
    def mimetype(self) -> str:
        """Type by the file's name, as Slack guesses it."""
        guessed = _TEXT_TYPES.get(self.filetype) or mimetypes.guess_type(self.name)[0]
        return guessed or "application/octet-stream"

    @property
    def shared(self) -> list[tuple[str, str | None]]:
        """Where it is shown: (channel id, thread_ts)."""
        return [(share.channel, share.thread_ts) for share in self.shares]

    @property
    def filetype(self) -> str:
        """Extension without its dot."""
        return PurePath(self.name).suffix.lstrip(".").lower() or "binary"

    def urls(self, base_url: str) -> tuple[str, str]:
        """Addresses that show the file, and that download it."""
        url = f"{base_url}/files/{self.id}/{self.name}"
        return url, f"{url}?download=1"

    def as_json(self, base_url: str) -> Json:
        """File object as Slack returns it."""
        url, download = self.urls(base_url)
        return {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": self.filetype,
            "pretty_type": self.filetype.upper(),
            "user": self.user,
            "user_team": self.team,
            "editable": False,
            "size": len(self.content or b""),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": True,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "alt_txt": self.alt_text,
            "url_private": url,
            "url_private_download": download,
            "permalink": url,
            "channels": self._channels("C"),
            "groups": [],
            "ims": self._channels("D"),
            "shares": {"public": self._public_shares()},
            **self._preview(),
            "has_rich_preview": False,
            "file_access": "visible",
        }

    def _preview(self) -> Json:
        """First lines of a text, as Slack shows them below the message."""
        if not (self.mimetype.startswith("text/") or self.mimetype == "application/json"):
            return {}
        lines = (self.content or b"").decode(errors="replace").splitlines()
        shown = "\n".join(lines[:_PREVIEW_LINES])[:_PREVIEW_CHARACTERS]
        more = max(0, len(lines) - _PREVIEW_LINES)
        return {"preview": shown, "lines": len(lines), "lines_more": more, "preview_is_truncated": more > 0}

    def _channels(self, letter: str) -> list[str]:
        return list(dict.fromkeys(share.channel for share in self.shares if share.channel.startswith(letter)))

    def _public_shares(self) -> Json:
        shares: dict[str, list[Json]] = {}
        for share in self.shares:
            thread = {"thread_ts": share.thread_ts} if share.thread_ts else {}
            shares.setdefault(share.channel, []).append({"ts": share.ts, "team_id": self.team, **thread})
        return shares


class FileStore:
    """All files by id, and the upload tokens that are still open."""

    def __init__(self) -> None:
        self.by_id: dict[str, File] = {}
        self._uploads: dict[str, File] = {}

    def add(self, file: File) -> None:
        """Keep a file whose bytes are still to come."""
        self.by_id[file.id] = file
        self._uploads[file.token] = file

    def expects(self, token: str) -> bool:
        """Whether an upload with this token is still open."""
        return token in self._uploads

    def receive(self, token: str, content: bytes) -> File | None:
        """Take the bytes of an upload; None for an unknown or used token, or for another length than announced."""
        file = self._uploads.get(token)
        if file is None or len(content) != file.length:
            return None
        file.content = content
        del self._uploads[token]
        return file

    def renumber(self, old: str, new: str) -> None:
        """Let files follow a channel to its new id."""
        for file in self.by_id.values():
            file.shares = [share._replace(channel=new) if share.channel == old else share for share in file.shares]

    @staticmethod
    def new_token() -> str:
        """Secret part of an upload URL."""
        return secrets.token_urlsafe(18)
