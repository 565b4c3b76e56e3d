"""The evidence bundle: one ZIP of everything an incident knows, the same bytes for the same state, and checking one.

Files are made one after the other, in name order and with a fixed time, Aionis' answers deflated: nothing but the state decides
about the bytes, and of many answers one at a time is in memory.
`MANIFEST.sha256` lists every file's hash in the form of `sha256sum`; each line of `log.jsonl` carries the hash of the one before.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.domain.bundle.documents import IncidentDocument, LogLine, RedactionLine, log_line
from bot.domain.bundle.kept_answers import Kept
from bot.domain.bundle.zip_file import NotReadable, read_archive, shown_name
from bot.domain.incident.audit import chain_problems
from bot.domain.incident.incident_log import Entry
from bot.domain.incident.log_chain import FIRST
from bot.domain.incident.state import Incident
from bot.domain.recurrence.document import RecurrenceDocument
from bot.domain.recurrence.gate_document import GateDocument
from bot.domain.text.json_text import read_json

MANIFEST = "MANIFEST.sha256"
LOG = "log.jsonl"
GATE = "gate.json"
RECURRENCE = "recurrence.json"
_ANSWERS = "answers/"
_ANSWER = re.compile(r"answers/[0-9]{4,}-[A-Za-z0-9_-]+\.json")
_ALWAYS = frozenset({"incident.json", LOG, "redactions.json", "report.html", "report.md"})
_KNOWN = _ALWAYS | {MANIFEST, GATE, RECURRENCE}
_LEVEL = 6  # of zlib, said here so that no other default decides about the bytes
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a ZIP can say


def build(
    incident: Incident,
    entries: Sequence[Entry],
    answers: Sequence[Kept],
    reports: Mapping[str, str],
    *,
    gate: GateDocument,
    recurrence: RecurrenceDocument | None = None,
) -> bytes:
    """Return the bundle of an incident. `reports` are the files for people, by name; a gate without a failure is left out."""
    # The log is chained anew for the bundle: what is masked here reads otherwise than what the store has hashed.
    lines, head = chained(entries)
    files = {
        **reports,
        "incident.json": _json(_document(incident, entries, head).model_dump(mode="json")),
        LOG: lines,
        "redactions.json": _json([line.model_dump(mode="json") for line in _redactions(answers)]),
        **({GATE: gate.text()} if gate.failures else {}),
        **({RECURRENCE: _json(recurrence.model_dump(mode="json"))} if recurrence else {}),
    }
    kept = dict(_named(answers))

    def content(name: str) -> bytes:
        return (files[name] if name in files else _answer(kept[name])).encode()

    return _zipped(sorted({*files, *kept}), content)


def _document(incident: Incident, entries: Sequence[Entry], head: str) -> IncidentDocument:
    seal = entries[-1].seal if entries else None
    return IncidentDocument.of(incident, log_head=head, log_chain=seal.chain if seal else "")


def chained(entries: Iterable[Entry]) -> tuple[str, str]:
    """Return the log as JSON lines, each with the hash of the line before, and the hash of the last one."""
    head, lines = FIRST, []
    for entry in entries:
        line = log_line(entry, previous=head).model_dump_json()
        head = _sha256(line.encode())
        lines.append(line)
    return "".join(f"{line}\n" for line in lines), head


class NotAttested(Exception):
    """A bundle that does not hold together, and so is not signed."""


def problems_of(bundle: bytes) -> list[str]:
    """Check a bundle, and return what does not hold in it, a sentence each.

    [] where its files agree with its manifest and its log with itself: whoever makes both anew is not found out.
    """
    try:
        files, problems = read_archive(bundle)
    except NotReadable as error:
        return [str(error)]
    if problems:
        return problems
    if MANIFEST not in files:
        return [f"{MANIFEST} is missing: this is no evidence bundle, or its list of hashes was taken out."]
    found = [*_against_manifest(files), *_odd_names(files), *_unreadable(files), *_log_problems(files)]
    return list(dict.fromkeys(found))


def held_by_manifest_alone(bundle: bytes) -> list[str]:
    """Return the files that nothing in a bundle but its manifest speaks for: all but the log, whose lines hold one another.

    None is made anew from the log and compared, as no version has to render what another one did.
    """
    try:
        files, _ = read_archive(bundle)
    except NotReadable:
        return []
    return sorted(set(files) - {MANIFEST, LOG})


def _odd_names(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the files that no bundle has, such as look-alikes of a report, and those that every bundle has and this one lacks."""
    for name in sorted(files):
        if name not in _KNOWN and not _ANSWER.fullmatch(name):
            yield f"{shown_name(name)} is no file of an evidence bundle."
    for name in sorted(_ALWAYS - set(files)):
        yield f"{name} is missing."


def _unreadable(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield the files that say they are JSON and are not; the log and the incident are read on their own."""
    for name in sorted(files):
        if name.endswith(".json"):
            try:
                read_json(files[name])
            except ValueError:
                yield f"{shown_name(name)} is not JSON."


def _against_manifest(files: Mapping[str, bytes]) -> Iterator[str]:
    try:
        pairs = [line.split("  ", 1) for line in files[MANIFEST].decode().split("\n") if line]
        listed = {name: digest for digest, name in pairs}
    except ValueError:
        yield f"{MANIFEST} was altered: it is no list of hashes."
        return
    if len(listed) != len(pairs):
        yield f"{MANIFEST} was altered: it lists a file twice."
    for name, digest in sorted(listed.items()):
        if name not in files:
            yield f"{shown_name(name)} is missing."
        elif _sha256(files[name]) != digest:
            yield f"{shown_name(name)} was altered."
    for name in sorted(set(files) - set(listed) - {MANIFEST}):
        yield f"{shown_name(name)} was added."


def _log_problems(files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield where the log's own chain does not hold, and whether it ends as the incident says."""
    head, entries = FIRST, []
    for number, line in enumerate(files.get(LOG, b"").splitlines(), start=1):
        try:
            entry = LogLine.model_validate_json(line)
        except ValueError:
            yield f"{LOG}, line {number}, is no log entry."
            return
        if entry.previous != head or entry.version != number:
            yield f"{LOG}, line {number}, does not follow the line before it: an entry was altered, added or taken out."
            return
        head = _sha256(line)
        entries.append(entry.entry)
    yield from (f"{LOG}: {problem}" for problem in chain_problems(entries, masked=True))
    try:
        document = IncidentDocument.model_validate_json(files.get("incident.json", b""))
    except ValueError:
        yield "incident.json is not an incident."
        return
    chain = next((entry.seal.chain for entry in reversed(entries) if entry.seal), "")
    # A chain alone does not tell where it ended: entries cut off at its end leave one that holds.
    if document.log_head != head or document.log_chain != chain:
        yield f"{LOG} does not end where incident.json says: entries were altered, added or taken out at its end."


def _redactions(answers: Sequence[Kept]) -> Iterator[RedactionLine]:
    for name, answer in _named(answers):
        for masking in answer.masked:
            yield RedactionLine(file=name, path=("answer", *masking.path), offset=masking.offset, rule=masking.rule)


def _named(answers: Sequence[Kept]) -> Iterator[tuple[str, Kept]]:
    for number, answer in enumerate(answers, start=1):
        yield f"{_ANSWERS}{number:04}-{answer.path.rpartition('/memory/')[2].replace('/', '-')}.json", answer


def _json(value: Any) -> str:
    # Sorted, as the times in the ZIP are fixed: the same state must give the same bytes, so that two exports can be compared.
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _answer(answer: Kept) -> str:
    """Return an answer for people to read, unless the space between its lines would be more than itself."""
    value = answer.as_json()
    dense = json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n"
    return shown if len(shown := _json(value)) <= 2 * len(dense) else dense


def _zipped(names: Sequence[str], content: Callable[[str], bytes]) -> bytes:
    """Return a ZIP of files, with the list of their hashes as the first: each is made twice rather than kept meanwhile."""
    hashes = "".join(f"{_sha256(content(name))}  {name}\n" for name in names)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        _put(archive, MANIFEST, hashes.encode())
        for name in names:
            _put(archive, name, content(name))
    return target.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=_TIME)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # as if made on Unix, wherever it is made
    deflated = name.startswith(_ANSWERS)
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED, _LEVEL)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
