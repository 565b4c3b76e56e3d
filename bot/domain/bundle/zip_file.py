"""Reading a ZIP from outside: structure first, then the files, each unpacked in steps; a sentence for whatever is wrong with it.

Stricter than ZIP is, as an evidence bundle is plain: one file after the other from the first byte on, their list, the end.
"""

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from bot.domain.text.visible import visible_line

MOST_BYTES = 512 * 2**20  # of the archive, and of all its files unpacked
MOST_FILES = 20_000
_STEP = 2**20  # bytes unpacked at once
_END = struct.Struct("<4s4H2LH")  # signature, disks and counts, the list's size and place, the comment's length
_END_SIGNATURE = b"PK\x05\x06"
_LOCAL = struct.Struct(
    "<6xHH4x3L2H"
)  # of a file's own header: flags, method, checksum, sizes, lengths of name and extra
_ENTRY = struct.Struct("<28x3H12x")  # of one in the list: the lengths of its name, of what is extra, and of its comment
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED, _SIZES_FOLLOW = 0x1, 0x8
_MODE, _FOLDER = 16, 0x10  # where a file's mode stands among its attributes, and what DOS says of a folder
# What other tools add: times and owners. Other fields name another file, a link or a key, or hold what nobody reads.
_EXTRAS = {0x5455, 0x5855, 0x7855, 0x7875, 0x000A}
_EXTRA = struct.Struct("<2H")  # which it is, and its length
_MOST_EXTRA = 100
_BROKEN = (  # what the standard library raises for one broken archive or another
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    LookupError,
    OverflowError,
)
_PLAIN_NAME = re.compile(r"[\w./-]{1,100}", re.ASCII)
_NAME_SHOWN = 60


class NotReadable(Exception):
    """The archive as a whole cannot be read; the message is a sentence."""


def read_archive(content: bytes) -> tuple[dict[str, bytes], list[str]]:
    """Return the files of a ZIP by name, and what is wrong with single ones, a sentence each. Raises `NotReadable`."""
    _ensure_bounded(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _ensure_plain(entries, content, archive.start_dir)
            problems = list(_name_problems(entries))
            files, spoilt = _read_all(archive, entries)
    except _BROKEN as error:
        raise NotReadable(f"This is not a readable bundle ({visible_line(str(error))[:200]}).") from error
    return files, [*problems, *spoilt]


def shown_name(name: str) -> str:
    """Return a file's name for a sentence: quoted, on one line and cut where no bundle has such a name; it forges nothing."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    cut = name if len(name) <= _NAME_SHOWN else f"{name[:_NAME_SHOWN]}…"
    return f"“{visible_line(cut)}”"


def _ensure_bounded(content: bytes) -> None:
    """Refuse what would take long to even list: the list of files is looked at before anything reads it."""
    if len(content) > MOST_BYTES:
        raise NotReadable("The bundle is larger than any that is exported.")
    if len(content) < _END.size or content[-_END.size :][:4] != _END_SIGNATURE:
        raise NotReadable("This is not a readable bundle: it does not end as a ZIP without a comment does.")
    _, disk, list_disk, here, count, size, place, comment = _END.unpack_from(content, len(content) - _END.size)
    if disk or list_disk or here != count or comment:
        raise NotReadable("This is not a readable bundle: its end names other parts.")
    if count > MOST_FILES or size > len(content):
        raise NotReadable("The bundle lists more files than any that is exported.")
    if place + size != len(content) - _END.size or _listed(content, place, count) != place + size:
        raise NotReadable("This is not a readable bundle: the list of its files is not as its end says.")


def _listed(content: bytes, place: int, count: int) -> int:
    """Return where the list of so many files that begins at `place` ends."""
    for _ in range(count):
        if place + _ENTRY.size > len(content):
            break
        place += _ENTRY.size + sum(_ENTRY.unpack_from(content, place))
    return place


def _ensure_plain(entries: Sequence[zipfile.ZipInfo], content: bytes, end: int) -> None:
    """Refuse what no exported bundle has: encryption, other methods, bombs, and bytes that belong to two files or to none."""
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise NotReadable("The bundle is larger, unpacked, than any that is exported.")
    place = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.flag_bits & _ENCRYPTED:
            raise NotReadable(f"{shown_name(entry.filename)} is encrypted; no bundle is.")
        if entry.compress_type not in _METHODS:
            raise NotReadable(f"{shown_name(entry.filename)} is compressed in a way that no bundle is.")
        if entry.header_offset < place:
            raise NotReadable(f"{shown_name(entry.filename)} overlaps the file before it.")
        if entry.header_offset > place:
            raise NotReadable(f"There is something before {shown_name(entry.filename)} that belongs to no file.")
        _ensure_a_plain_file(entry)
        place += _own_header(entry, content, place) + entry.compress_size
        place += _descriptor(content, place) if entry.flag_bits & _SIZES_FOLLOW else 0
    if place != end:
        raise NotReadable("There is something after the last file that belongs to none.")


def _ensure_a_plain_file(entry: zipfile.ZipInfo) -> None:
    """Refuse what unpacks as something else than is read here: links, devices, other names, more rights."""
    mode = entry.external_attr >> _MODE
    plain = {0, stat.S_IFREG, stat.S_IFDIR if entry.is_dir() else 0}
    special = stat.S_IFMT(mode) not in plain or mode & (stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX)
    if special or (entry.external_attr & _FOLDER and not entry.is_dir()):
        raise NotReadable(f"{shown_name(entry.filename)} is unpacked as something else than a plain file.")
    if entry.comment or not _is_known_extra(entry.extra):
        raise NotReadable(f"{shown_name(entry.filename)} carries what no file of a bundle does.")


def _own_header(entry: zipfile.ZipInfo, content: bytes, place: int) -> int:
    """Return the length of a file's own header, which must say what the list says: who unpacks may go by either."""
    flags, method, *sizes, name, extra = _LOCAL.unpack_from(content, place)
    begins = place + _LOCAL.size + name
    said = [0, 0, 0] if flags & _SIZES_FOLLOW and not any(sizes) else [entry.CRC, entry.compress_size, entry.file_size]
    if flags != entry.flag_bits or method != entry.compress_type or sizes != said:
        raise NotReadable(
            f"{shown_name(entry.filename)} is described otherwise where it begins than in the list of files."
        )
    if not _is_known_extra(content[begins : begins + extra]):
        raise NotReadable(f"{shown_name(entry.filename)} carries what no file of a bundle does.")
    return int(_LOCAL.size + name + extra)


def _is_known_extra(extra: bytes) -> bool:
    place = 0
    while place + _EXTRA.size <= len(extra) <= _MOST_EXTRA:
        which, length = _EXTRA.unpack_from(extra, place)
        if which not in _EXTRAS:
            return False
        place += _EXTRA.size + length
    return place == len(extra)


def _descriptor(content: bytes, place: int) -> int:
    """Return the length of the sizes that follow a file's data."""
    return 16 if content[place : place + 4] == b"PK\x07\x08" else 12


def _name_problems(entries: Sequence[zipfile.ZipInfo]) -> Iterator[str]:
    seen: set[str] = set()
    for entry in entries:
        name = entry.orig_filename
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\x00" in name:
            yield f"{shown_name(name)} leads out of the folder that a bundle is unpacked into."
        elif entry.is_dir() or "" in parts:
            yield f"{shown_name(name)} is no file."
        if entry.filename in seen:
            yield f"{shown_name(entry.filename)} is in the bundle twice."
        seen.add(entry.filename)


def _read_all(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> tuple[dict[str, bytes], list[str]]:
    """Return the files that the archive's own checksums let through, and the sentences for those that they do not."""
    files: dict[str, bytes] = {}
    spoilt = []
    for entry in entries:
        try:
            files[entry.filename] = _read(archive, entry)
        except _BROKEN:
            spoilt.append(f"{shown_name(entry.filename)} was altered.")
    return files, spoilt


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Unpack one file in steps; never more than the size it states, whose sum is bounded."""
    content = bytearray()
    with archive.open(entry) as file:
        while piece := file.read(_STEP):
            content += piece
    if len(content) != entry.file_size:
        raise zipfile.BadZipFile("shorter than it says")
    return bytes(content)
