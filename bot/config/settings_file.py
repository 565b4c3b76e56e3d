"""A file that a setting names, read within bounds; what is wrong in it is said with the setting, the file and the line."""

from dataclasses import dataclass
from pathlib import Path

from bot.errors import SettingsError


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """Such a file. `setting` is the setting's name, `help` where its form is shown, `most_bytes` how large it may be."""

    setting: str
    path: Path
    help: str
    most_bytes: int

    def text(self) -> str:
        """Read the file as UTF-8. Raises `SettingsError` where it cannot be read whole."""
        try:
            if self.path.exists() and not self.path.is_file():  # reading a pipe, a folder or a device may never end
                raise SettingsError(f"{self._name} is not a file.", fix=self.help)
            with self.path.open("rb") as file:
                raw = file.read(self.most_bytes + 1)
        except OSError as error:
            raise SettingsError(f"{self._name} cannot be read ({error.strerror}).", fix=self.help) from error
        if len(raw) > self.most_bytes:
            raise SettingsError(f"{self._name} is larger than {self.most_bytes // 1024} KiB.", fix=self.help)
        try:
            return raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise self.wrong(raw[: error.start].count(b"\n") + 1, "it is not UTF-8.") from error

    def wrong(self, line: int, words: str, *, fix: str | None = None) -> SettingsError:
        """Return the error for something in a line; `words` are a sentence."""
        return SettingsError(f"{self._name}, line {line}: {words}", fix=fix or self.help)

    @property
    def _name(self) -> str:
        return f"{self.setting} {self.path.name or self.path}"
