"""`incident-bot verify` on archives that mean harm: always a sentence and exit code 1, within the bounds, never a crash."""

import hashlib
import io
import os
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.bundle.archive import MANIFEST, problems_of
from tests.domain.bundle.test_bundle import bundle, files_of

VERDICT = "Every file agrees with the bundle's own manifest"
PLAIN = bundle()
FILES = files_of(PLAIN)
DIRECTORY = PLAIN.index(b"PK\x01\x02")
END = len(PLAIN) - 22


def archive(files: dict[str, bytes], *, method: int = zipfile.ZIP_STORED, comment: bytes = b"") -> bytes:
    """Return a ZIP of the files, whose list of hashes is right."""
    listed = {name: content for name, content in files.items() if name != MANIFEST}
    manifest = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(listed.items()))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as made:
        made.comment = comment
        for name, content in {**listed, MANIFEST: manifest.encode()}.items():
            made.writestr(name, content)
    return target.getvalue()


def with_bytes(place: int, new: bytes, content: bytes = PLAIN) -> bytes:
    return content[:place] + new + content[place + len(new) :]


def twice() -> bytes:
    """Return a bundle in which a file stands twice, as two names that differ made the same."""
    return archive({**FILES, "report.mx": b"x"}).replace(b"report.mx", b"report.md")


def overlapping() -> bytes:
    """Return a ZIP whose second entry is the first one's bytes again: small, and large when unpacked."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a", bytes(2**20))
        made.filelist += [_named(made.filelist[0], f"b{number}") for number in range(100)]
    return target.getvalue()


def _named(entry: zipfile.ZipInfo, name: str) -> zipfile.ZipInfo:
    other = zipfile.ZipInfo(name)
    for field in ("header_offset", "compress_size", "file_size", "CRC", "compress_type", "create_system"):
        setattr(other, field, getattr(entry, field))
    return other


def many_entries(count: int) -> bytes:
    """Return an archive that is nothing but a list of so many files."""
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<H", 1) + bytes(16) + b"a"
    return entry * count + struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, count % 2**16, count % 2**16, len(entry) * count, 0, 0
    )


def with_entry(name: str, **fields: object) -> bytes:
    """Return a bundle in which one file is described otherwise; its list of hashes is right."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive(FILES))) as plain, zipfile.ZipFile(target, "w") as made:
        for entry in plain.infolist():
            other = zipfile.ZipInfo(entry.filename)
            for field, value in fields.items() if entry.filename == name else ():
                setattr(other, field, value)
            made.writestr(other, plain.read(entry))
    return target.getvalue()


def own_header(name: str, place: int, new: bytes) -> bytes:
    """Return a bundle in which a file's own header says something else than the list of files."""
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as plain:
        return with_bytes(plain.getinfo(name).header_offset + place, new)


def another_name(name: bytes) -> bytes:
    """Return the extra field by which Info-ZIP's tools unpack a file under another name."""
    said = b"\x01" + struct.pack("<L", zlib.crc32(b"report.html")) + name
    return struct.pack("<HH", 0x7075, len(said)) + said


HARM: dict[str, tuple[Callable[[], bytes], str]] = {
    "encrypted": (lambda: with_bytes(DIRECTORY + 8, b"\x01"), "encrypted"),
    "unknown method": (lambda: with_bytes(DIRECTORY + 10, b"\x63"), "compressed in a way"),
    "bzip2": (lambda: archive(FILES, method=zipfile.ZIP_BZIP2), "compressed in a way"),
    "lzma": (lambda: archive(FILES, method=zipfile.ZIP_LZMA), "compressed in a way"),
    "says it is huge": (lambda: with_bytes(DIRECTORY + 24, b"\xff\xff\xff\x7f"), "larger, unpacked"),
    "is huge": (
        lambda: archive({f"{n}": bytes(2**27) for n in range(5)}, method=zipfile.ZIP_DEFLATED),
        "larger, unpacked",
    ),
    "wrong checksum": (lambda: PLAIN.replace(b"<h1>Incident", b"<h1>incident"), "report.html was altered"),
    "twice": (twice, "twice"),
    "absolute": (lambda: archive({**FILES, "/etc/passwd": b"x"}), "leads out of the folder"),
    "climbing": (lambda: archive({**FILES, "a/../../x": b"x"}), "leads out of the folder"),
    "climbing backwards": (lambda: archive({**FILES, "..\\x": b"x"}), "leads out of the folder"),
    "with a drive": (lambda: archive({**FILES, "C:/x": b"x"}), "leads out of the folder"),
    "a folder": (lambda: archive({**FILES, "folder/": b""}), "is no file"),
    "bad JSON": (lambda: archive({**FILES, "redactions.json": b"{bad"}), "redactions.json is not JSON"),
    "deep JSON": (lambda: archive({**FILES, "redactions.json": b"[" * 100_000}), "redactions.json is not JSON"),
    "bad log": (lambda: archive({**FILES, "log.jsonl": b"\xff\xfe{}"}), "is no log entry"),
    "bad incident": (lambda: archive({**FILES, "incident.json": b'{"log_head": NaN}'}), "incident.json is not"),
    "truncated": (lambda: PLAIN[: len(PLAIN) // 2], "not a readable bundle"),
    "truncated at its end": (lambda: PLAIN[:-1], "not a readable bundle"),
    "overlapping": (overlapping, "overlaps"),
    "comment": (lambda: archive(FILES, comment=b"PK\x05\x06" + b"x" * 60_000), "not a readable bundle"),
    "junk after it": (lambda: PLAIN + b"x" * 100, "not a readable bundle"),
    "junk before it": (lambda: b"#!/bin/sh\n" + PLAIN, "not a readable bundle"),
    "endless list": (lambda: many_entries(400_000), "not a readable bundle"),
    "long list": (lambda: many_entries(60_000), "lists more files"),
    "a list elsewhere": (lambda: with_bytes(END + 16, b"\x00\x00\x00\x00"), "not a readable bundle"),
    "no list of hashes": (
        lambda: archive(FILES).replace(MANIFEST.encode(), b"MANIFEST.sha257"),
        "MANIFEST.sha256 is missing",
    ),
    "empty": (lambda: b"", "not a readable bundle"),
    "no files": (lambda: PLAIN[:0] + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 0), "is missing"),
    "text": (lambda: b"hello", "not a readable bundle"),
    "another case": (lambda: archive({**FILES, "REPORT.md": b"x"}), "REPORT.md is no file of an evidence bundle"),
    "a blank behind": (lambda: archive({**FILES, "report.md ": b"x"}), "is no file of an evidence bundle"),
    "a look-alike": (lambda: archive({**FILES, "r\u0435port.md": b"x"}), "is no file of an evidence bundle"),
    "another name": (lambda: with_entry("report.html", extra=another_name(b"evil.html")), "carries what no file"),
    "a link": (lambda: with_entry("report.md", external_attr=0o120777 << 16), "than a plain file"),
    "a pipe": (lambda: with_entry("report.md", external_attr=0o010644 << 16), "than a plain file"),
    "more rights": (lambda: with_entry("report.md", external_attr=0o104755 << 16), "than a plain file"),
    "a link of another kind": (
        lambda: with_entry("report.md", extra=struct.pack("<HH", 0x756E, 14) + bytes(14)),
        "carries what no file",
    ),
    "something hidden": (
        lambda: with_entry("report.md", extra=struct.pack("<HH", 0x5455, 900) + bytes(900)),
        "carries what no file",
    ),
    "a comment of a file's": (lambda: with_entry("report.md", comment=b"as exported"), "carries what no file"),
    "another method where it begins": (lambda: own_header("report.md", 8, b"\x08\x00"), "described otherwise"),
    "encrypted where it begins": (lambda: own_header("report.md", 6, b"\x01\x00"), "described otherwise"),
    "shorter where it begins": (lambda: own_header("report.md", 22, b"\x05\x00\x00\x00"), "described otherwise"),
    "no report": (
        lambda: archive({name: content for name, content in FILES.items() if name != "report.md"}),
        "report.md is missing",
    ),
}


@pytest.mark.parametrize("kind", HARM)
def test_harm_is_told_in_a_sentence(tmp_path: Path, kind: str) -> None:
    make, said = HARM[kind]
    path = tmp_path / "bundle.zip"
    path.write_bytes(make())
    result = CliRunner().invoke(app, ["verify", str(path)])
    assert result.exit_code == 1, result.output
    assert said in result.output
    assert VERDICT not in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("kind", ["says it is huge", "is huge", "overlapping", "endless list", "long list"])
def test_a_bomb_is_not_unpacked(kind: str) -> None:
    content = HARM[kind][0]()
    tracemalloc.start()
    try:
        assert problems_of(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * len(content) + 2**20


def test_a_bundle_packed_again_by_another_tool_holds() -> None:
    assert problems_of(archive(FILES, method=zipfile.ZIP_DEFLATED)) == []
    times = struct.pack("<HHBLHH", 0x5455, 5, 1, 0, 0x7875, 0)
    assert problems_of(with_entry("report.md", extra=times, external_attr=0o100600 << 16)) == []


@pytest.mark.parametrize("place", ["folder", "missing.zip", "pipe"])
def test_what_is_no_file_is_told_at_once(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    result = CliRunner().invoke(app, ["verify", str(tmp_path / place)])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


MUTATION = st.tuples(
    st.sampled_from(["set", "cut", "insert", "end"]),
    st.integers(0, len(PLAIN)) | st.integers(DIRECTORY, len(PLAIN)),
    st.binary(min_size=1, max_size=20),
)


@given(st.booleans(), st.lists(MUTATION, min_size=1, max_size=4))
def test_no_mutation_crashes_it(packed: bool, mutations: list[tuple[str, int, bytes]]) -> None:
    content = bytearray(archive(FILES, method=zipfile.ZIP_DEFLATED) if packed else PLAIN)
    for kind, place, new in mutations:
        if kind == "set":
            content[place : place + len(new)] = new
        elif kind == "insert":
            content[place:place] = new
        else:
            del content[place : place + len(new) if kind == "cut" else None]
    problems = problems_of(bytes(content))
    assert all(len(problem) < 500 and problem.encode() for problem in problems)
    if not problems:  # only what says nothing, such as a file's time, may be changed unseen
        assert files_of(bytes(content)) == FILES
