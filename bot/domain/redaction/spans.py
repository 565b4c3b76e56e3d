"""From findings to a masked text: overlaps joined, marks of an earlier masking left alone, and where each new mark stands."""

import re
from collections import deque
from collections.abc import Iterable, Iterator

from bot.domain.redaction.rules import Found

_MARK = re.compile(r"\[masked: ([^\[\]\n]{1,60})\]")
_CONTENT = re.compile(r"\w")  # what is left of a finding between marks may be a quote or a comma, which is none


def mark(kind: str) -> str:
    """Return what stands in place of a secret."""
    return f"[masked: {kind}]"


def is_mark(text: str, kinds: frozenset[str]) -> bool:
    """Tell whether a text is one mark of a known kind, and nothing else."""
    match = _MARK.fullmatch(text)
    return bool(match) and match[1] in kinds if match else False


def marks_in(text: str, kinds: frozenset[str]) -> list[tuple[int, int]]:
    """Return where a text has marks of known kinds."""
    return [match.span() for match in _MARK.finditer(text) if match[1] in kinds] if "[masked: " in text else []


def joined(findings: Iterable[Found], text: str, kinds: frozenset[str]) -> list[Found]:
    """Return findings in order and without overlaps, outside of the marks that the text has. The first finding names."""
    marks = deque(marks_in(text, kinds))
    return [
        piece for found in _united(findings) for piece in _outside(found, marks) if _CONTENT.search(text, *piece[:2])
    ]


def _united(findings: Iterable[Found]) -> list[Found]:
    ranked = sorted(
        (found.start, -found.end, rank, found) for rank, found in enumerate(findings) if found.start < found.end
    )
    united: list[tuple[int, Found]] = []
    for start, _, rank, found in ranked:
        if united and start < united[-1][1].end:
            united[-1] = _union(*united[-1], rank, found)
        else:
            united.append((rank, found))
    return [found for _, found in united]


def _union(rank: int, known: Found, other_rank: int, other: Found) -> tuple[int, Found]:
    kind = known.kind if rank < other_rank else other.kind
    return min(rank, other_rank), Found(known.start, max(known.end, other.end), kind)


def _outside(found: Found, marks: deque[tuple[int, int]]) -> Iterator[Found]:
    """Yield the parts of a finding between the marks; those that end before it are dropped, as findings come in order."""
    at = found.start
    while marks and marks[0][0] < found.end:
        start, end = marks[0]
        if max(at, start) < min(end, found.end) and start > at:
            yield Found(at, start, found.kind)
        at = max(at, end)
        if end > found.end:
            break
        marks.popleft()
    if at < found.end:
        yield Found(at, found.end, found.kind)


def masked(text: str, findings: list[Found], earlier: list[tuple[int, str]]) -> tuple[str, list[tuple[int, str]]]:
    """Return the text with findings masked, and the offset and kind of every mark made so far (`earlier`: in `text`)."""
    pieces: list[str] = []
    marks: list[tuple[int, str]] = []
    at = length = 0
    waiting = sorted(earlier)
    for found in findings:
        shift = length - at
        marks += [(offset + shift, kind) for offset, kind in waiting if offset < found.start]
        waiting = [(offset, kind) for offset, kind in waiting if offset >= found.start]
        pieces += [text[at : found.start], mark(found.kind)]
        length += found.start - at
        marks.append((length, found.kind))
        length += len(pieces[-1])
        at = found.end
    marks += [(offset + length - at, kind) for offset, kind in waiting]
    return "".join([*pieces, text[at:]]), marks
