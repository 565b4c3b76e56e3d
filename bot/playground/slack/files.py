"""Files: the three-step upload, and what is kept of it."""

import mimetypes
import secrets
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

Json = dict[str, Any]
_TEXT_TYPES = {"txt": "text/plain", "log": "text/plain", "md": "text/markdown", "json": "application/json"}


@dataclass(slots=True)
class File:
    """One file; `content` is None until its bytes arrived, `shared` lists (channel id, thread_ts)."""

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
    completed: bool = False
    shared: list[tuple[str, str | None]] = field(default_factory=list)

    @property
    def mimetype(self) -> str:
        """Type by the file's name, as Slack guesses it."""
        guessed = _TEXT_TYPES.get(self.filetype) or mimetypes.guess_type(self.name)[0]
        return guessed or "application/octet-stream"

    @property
    def filetype(self) -> str:
        """Extension without its dot."""
        return PurePath(self.name).suffix.lstrip(".").lower() or "binary"

    def as_json(self, base_url: str) -> Json:
        """File object as Slack returns it."""
        url = f"{base_url}/files/{self.id}/{self.name}"
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
            "url_private_download": f"{url}?download=1",
            "permalink": url,
            "channels": [channel for channel, _ in self.shared if channel.startswith("C")],
            "groups": [],
            "ims": [channel for channel, _ in self.shared if channel.startswith("D")],
            "has_rich_preview": False,
            "file_access": "visible",
        }


class FileStore:
    """All files by id, and the upload tokens that are still open."""

    def __init__(self) -> None:
        self.by_id: dict[str, File] = {}
        self._uploads: dict[str, File] = {}

    def add(self, file: File) -> None:
        """Keep a file whose bytes are still to come."""
        self.by_id[file.id] = file
        self._uploads[file.token] = file

    def receive(self, token: str, content: bytes) -> File | None:
        """Take the bytes of an upload; None for an unknown or used token, or for another length than announced."""
        file = self._uploads.get(token)
        if file is None or len(content) != file.length:
            return None
        file.content = content
        del self._uploads[token]
        return file

    @staticmethod
    def new_token() -> str:
        """Secret part of an upload URL."""
        return secrets.token_urlsafe(18)
