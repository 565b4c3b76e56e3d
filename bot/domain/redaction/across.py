"""Secrets that lie across the items of a list: keys read line by line, tokens streamed in chunks or letter by letter."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import accumulate, chain, pairwise
from typing import Any

from bot.domain.redaction.argv import found_in_words, is_command
from bot.domain.redaction.findings import Path
from bot.domain.redaction.key_names import Promise, Strength
from bot.domain.redaction.looks import is_opaque
from bot.domain.redaction.rules import Found

Find = Callable[[str], list[Found]]

# Bounds on what is glued together and read once more, since a list may be the whole of a large answer.
_MOST_ITEMS = 5_000
_MOST_CHARACTERS = 100_000
_DEPTH = 3  # of a text below its item, as in the chunks of a stream (`delta.content`)
_LEAST_LETTERS = 8


def spans_across(
    items: list[Any] | tuple[Any, ...], promise: Promise, find: Find, find_named: Find
) -> dict[Path, list[Found]]:
    """Return, by the path inside of the list, which parts of its texts belong to a secret that began in another item."""
    if not 2 <= len(items) <= _MOST_ITEMS:
        return {}
    groups: dict[Path, list[tuple[int, str]]] = defaultdict(list)
    for place, item in enumerate(items):
        for path, text in _texts(item, ()):
            groups[path].append((place, text))  # chunks of one stream have their text at one place
    spans: dict[Path, list[Found]] = {}
    for path, texts in groups.items():
        if len(texts) > 1 and sum(len(text) for _, text in texts) <= _MOST_CHARACTERS:
            parts = [text for _, text in texts]
            announced = _announced(parts, find_named) if any(map(_announces, parts[:-1])) else ()
            command = found_in_words(parts, find_named) if not path and is_command(parts) else ()
            for place, found in chain(_in_group(parts, promise, find, chunked=bool(path)), announced, command):
                spans.setdefault((texts[place][0], *path), []).append(found)
    return spans


def _texts(item: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(item, str):
        yield path, item
    elif isinstance(item, dict) and len(path) < _DEPTH:
        for key, below in item.items():
            yield from _texts(below, (*path, str(key)))


def _in_group(texts: list[str], promise: Promise, find: Find, *, chunked: bool) -> Iterator[tuple[int, Found]]:
    if any("-----BEGIN" in text for text in texts):
        yield from _crossing(texts, "\n", find, chunked=False, frames=True)
    elif all(len(text) == 1 for text in texts) and len(texts) >= _LEAST_LETTERS:
        yield from _letters(texts, promise, find)
    elif any(_may_go_on(first, second) for first, second in pairwise(texts)):
        yield from _crossing(texts, "", find, chunked=chunked, frames=False)


def _announces(text: str) -> bool:
    """Tell a chunk that ends with a sign, so that the value comes in the next ones: `api_key=`."""
    return text.rstrip()[-1:] in {"=", ":"}


def _announced(texts: list[str], find: Find) -> Iterator[tuple[int, Found]]:
    starts = [0, *accumulate(map(len, texts))][:-1]
    for found in find("".join(texts)):
        for place in range(bisect_right(starts, found.start) - 1, bisect_right(starts, found.end - 1)):
            start, end = max(0, found.start - starts[place]), min(len(texts[place]), found.end - starts[place])
            if start < end:
                yield place, Found(start, end, found.kind)


def _letters(texts: list[str], promise: Promise, find: Find) -> Iterator[tuple[int, Found]]:
    word = "".join(texts)
    if find(word) or (promise.strength >= Strength.LIKELY and is_opaque(word)):
        yield from ((place, Found(0, 1, promise.kind or "secret")) for place in range(len(texts)))


def _may_go_on(first: str, second: str) -> bool:
    """Tell whether a token at the end of one text may go on in the next."""
    return bool(first and second) and first[-1].isalnum() and second[0].isalnum() and not _is_a_word(second)


def _is_a_word(text: str) -> bool:
    return text.isalpha() and (text.islower() or text.isupper() or text.istitle())


def _crossing(texts: list[str], glue: str, find: Find, *, chunked: bool, frames: bool) -> Iterator[tuple[int, Found]]:
    starts = [0, *accumulate(len(text) + len(glue) for text in texts)][:-1]
    for found in find(glue.join(texts)):
        first, last = bisect_right(starts, found.start) - 1, bisect_right(starts, found.end - 1) - 1
        if first == last:
            continue
        alone = not frames and bool(find(texts[first]))
        for place in range(first, last + 1):
            start, end = max(0, found.start - starts[place]), min(len(texts[place]), found.end - starts[place])
            # A token that is one in its own item ends there: the next item begins with something else, unless it is a chunk.
            if alone and place > first and not (chunked and is_opaque(texts[place][start:end])):
                break
            if start < end:
                yield place, Found(start, end, found.kind)
