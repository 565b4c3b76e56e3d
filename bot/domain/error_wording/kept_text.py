"""A text as Aionis keeps it in its graph, whichever way it was read.

`runs/get` may answer a text raw while `find` and the timeline answer it masked, its white space collapsed and cut (Aionis
contract, sections 4, 9 and 16). Doing to a text what Aionis does makes the two forms one: doing it twice changes nothing.
"""

import hashlib
import re

LONGEST = 8_000  # characters that Aionis keeps of a text; a cut one ends in `…`
_READ = 1 << 18  # characters looked at; what an agent wrote beyond them is never read
_CUT = "…"

# A run is scanned once from where it begins, so that a long one costs no more than its length. Digits that Aionis left in front
# of a mark stay.
_LOCAL = r"A-Za-z0-9._%+-"
_PATTERNS = (
    ("EMAIL", re.compile(rf"(?<![{_LOCAL}])[{_LOCAL}]++@[A-Za-z0-9.-]+\.[A-Za-z]{{2,}}", re.ASCII)),
    ("SSN", re.compile(r"\b\d{3}-\d{2}-\d{4}\b", re.ASCII)),
    ("IP", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b", re.ASCII)),
    ("PHONE", re.compile(r"(?:\+?1[-\s]?)?(?:\d{3}|\( ?\d{3} ?\))[-\s]?\d{3}[-\s]?\d{4}\b(?!\[PHONE#)", re.ASCII)),
)
_MAYBE = re.compile(r"\d[\d.\s()-]{5}", re.ASCII)  # in whatever all but the first find; most texts have none
_NAME = re.compile(r"[A-Za-z_.]{1,200}")  # in which nothing is masked
MASK = re.compile(r"\[(EMAIL|SSN|IP|PHONE)#[0-9a-f]{8}\]")


def as_kept(text: str) -> str:
    """Return a text with its white space collapsed, masked as Aionis masks, and cut where Aionis cuts. Linear; idempotent.

    Of a text that was cut, the word at its end is left out, for only a part of it may be there.
    """
    if _NAME.fullmatch(text):  # of a tool or a check, most often
        return text
    kept = masked_by_aionis(" ".join(text[:_READ].split()))
    if len(kept) > LONGEST or (len(kept) == LONGEST and kept.endswith(_CUT)):
        whole_words = kept[: LONGEST - 1].rpartition(" ")[0]
        return whole_words or kept[: LONGEST - 1]
    return kept


def masked_by_aionis(text: str) -> str:
    """Return the text with everything that looks like an e-mail, SSN, IPv4 or US phone number replaced by Aionis' marks."""
    if "@" not in text and not _MAYBE.search(text):
        return text
    for kind, pattern in _PATTERNS:
        text = pattern.sub(lambda match, kind=kind: f"[{kind}#{_digest(match.group())}]", text)  # type: ignore[misc]
    return text


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:8]
