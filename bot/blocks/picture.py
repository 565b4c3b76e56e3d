"""A picture that was uploaded for a message to show."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UploadedPicture:
    """An uploaded picture: the file's id, what it shows in words, and its title."""

    file: str
    alt: str
    title: str
