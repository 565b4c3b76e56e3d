"""Folders and files that only this user can reach: made so, or checked, and tightened where they are ours."""

import os
import stat
import tempfile
from pathlib import Path

from bot.errors import EmbeddedStoreError

_OTHERS = 0o077  # what group and others may do


def ensure_private_folder(path: Path) -> None:
    """Make a folder that only this user can enter, or make one of this user's so. Raises `EmbeddedStoreError`."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        _tighten(path)
        for folder, folders, files in os.walk(path):  # `os.walk` follows no links
            for name in (*folders, *files):
                _tighten_own(Path(folder, name))
    except OSError as error:
        raise EmbeddedStoreError(
            f"BOT_DATA_DIR {path} cannot be used ({error.strerror}).", fix="Name a folder that the bot can write to."
        ) from error


def ensure_private_place(noted_in: Path, prefix: str) -> Path:
    """Return a folder with a short path that only this user can enter: the one noted in a file, or a new one, then noted there.

    Nobody can foresee its name. `noted_in` must be in a private folder. Raises `EmbeddedStoreError`.
    """
    try:
        noted = noted_in.read_text(encoding="utf-8") if noted_in.is_file() else ""
        if noted and _is_ours(Path(noted)):
            return Path(noted)
        made = tempfile.mkdtemp(prefix=prefix)
        noted_in.write_text(made, encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise EmbeddedStoreError(f"There is no private folder for the socket ({error}).") from error
    return Path(made)


def open_private(path: Path) -> int:
    """Open a file of this user's for writing, and return its descriptor; a link is not followed."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _is_ours(path: Path) -> bool:
    """Tell whether a folder is there, again if need be, and only this user can enter it."""
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    except OSError:
        return False
    found = path.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & _OTHERS


def _tighten(folder: Path) -> None:
    found = folder.stat()  # of what a link leads to: its owner is whoever may change it
    if found.st_uid != os.geteuid():
        raise EmbeddedStoreError(
            f"BOT_DATA_DIR {folder} belongs to another user, who could read and change all that the bot stores.",
            fix="Name a folder of the bot's own user, or change this one's owner.",
        )
    if found.st_mode & _OTHERS:
        folder.chmod(0o700)


def _tighten_own(path: Path) -> None:
    found = path.lstat()
    if found.st_uid == os.geteuid() and found.st_mode & _OTHERS and not stat.S_ISLNK(found.st_mode):
        path.chmod(0o700 if stat.S_ISDIR(found.st_mode) else 0o600)
