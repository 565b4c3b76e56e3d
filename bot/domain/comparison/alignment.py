"""Pairing the items of two sequences: in order where their kinds are equal, then what moved, then what stands at one place.

Longest common subsequences come from rapidfuzz (bit-parallel: n × m / 64 operations and n × m / 8 bytes, ends in common
stripped first). It hashes what it compares, so keys are numbered before it sees them: two keys never meet by a hash.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import LCSseq


class PairReason(StrEnum):
    """Why two items are a pair. Only `aligned` and `moved` mean the same kind."""

    ALIGNED = "aligned"  # same kind, in order
    MOVED = "moved"  # same kind, in another order
    SAME_ROLE = "same role"  # another kind between the same neighbours, that names the same role
    SAME_PLACE = "same place"  # another kind between the same neighbours
    ALONE = "alone"  # no counterpart


@dataclass(frozen=True, slots=True)
class Alignable:
    """What an item is aligned by, weakest claim last. None never matches, except as a kind: unknown kinds are equal.

    `exact` tells items of one kind apart and implies it. `role` says what an item is for, whatever its kind; it is only asked
    for items that nothing else matches, so it may cost something.
    """

    kind: Hashable
    exact: Hashable = None
    role: Callable[[], Hashable] = lambda: None


@dataclass(frozen=True, slots=True)
class Match:
    """The places, from 0, of a pair in the first and the second sequence; None where an item has no counterpart."""

    first: int | None
    second: int | None
    link: PairReason


PlacePair = tuple[int, int]
Key = Callable[[Alignable], Hashable]


def align(first: Sequence[Alignable], second: Sequence[Alignable]) -> list[Match]:
    """Pair two sequences: every place of each is in exactly one match. Ordered by the first, with the second's own between."""
    # The exact ones first: of ten calls of one tool each finds the call that did the same work, and the rest is fitted between.
    anchors = _refine([], first, second, lambda item: item.exact)
    anchors = _refine(anchors, first, second, _kind_key)
    links = dict.fromkeys(anchors, PairReason.ALIGNED)
    moved = _moved(_rest(first, {i for i, _ in anchors}), _rest(second, {j for _, j in anchors}))
    taken_first, taken_second = {i for i, _ in moved}, {j for _, j in moved}
    for gap_first, gap_second in _gaps(anchors, first, second):
        left = [i for i in gap_first if i not in taken_first]
        right = [j for j in gap_second if j not in taken_second]
        links |= _replaced(left, right, first, second)
    return list(_in_reading_order(links, dict(moved), len(first), len(second)))


def _kind_key(item: Alignable) -> Hashable:
    return ("kind", item.kind)  # never None, which would not match


def _refine(
    anchors: list[PlacePair], first: Sequence[Alignable], second: Sequence[Alignable], key: Key
) -> list[PlacePair]:
    """Return the anchors with more between them: the longest common subsequence of each gap, by a key."""
    found = list(anchors)
    for gap_first, gap_second in _gaps(anchors, first, second):
        found += _common(gap_first, gap_second, first, second, key)
    return sorted(found)


def _gaps(
    anchors: Sequence[PlacePair], first: Sequence[Alignable], second: Sequence[Alignable]
) -> Iterator[tuple[range, range]]:
    """Yield the ranges before, between and behind the anchors that have places on both sides."""
    start_first = start_second = 0
    for i, j in (*anchors, (len(first), len(second))):
        if start_first < i and start_second < j:
            yield range(start_first, i), range(start_second, j)
        start_first, start_second = i + 1, j + 1


def _common(
    left: Sequence[int], right: Sequence[int], first: Sequence[Alignable], second: Sequence[Alignable], key: Key
) -> Iterator[PlacePair]:
    """Yield the longest common subsequence of two choices of places; items whose key is None take no part."""
    keys_left = {i: found for i in left if (found := key(first[i])) is not None}
    keys_right = {j: found for j in right if (found := key(second[j])) is not None}
    if not keys_left or not keys_right:
        return
    numbers: dict[Hashable, int] = {}
    places_left, places_right = list(keys_left), list(keys_right)
    codes_left = [numbers.setdefault(found, len(numbers)) for found in keys_left.values()]
    codes_right = [numbers.setdefault(found, len(numbers)) for found in keys_right.values()]
    for operation in LCSseq.opcodes(codes_left, codes_right):
        if operation.tag == "equal":
            yield from zip(
                places_left[operation.src_start : operation.src_end],
                places_right[operation.dest_start : operation.dest_end],
                strict=True,
            )


Remaining = dict[int, Alignable]


def _rest(items: Sequence[Alignable], taken: set[int]) -> Remaining:
    return {place: item for place, item in enumerate(items) if place not in taken}


def _moved(first: Remaining, second: Remaining) -> list[PlacePair]:
    """Pair what is left by its exact key, then by its kind where each side has just one left of it: more would be a guess."""
    exact = _by_key(first, second, lambda item: item.exact)
    # Taken out, so that they do not count among what is left of their kind.
    for i, j in exact:
        del first[i], second[j]
    single = _singles(first) & _singles(second)
    return exact + _by_key(first, second, lambda item: item.kind if item.kind in single else None)


def _singles(items: Remaining) -> set[Hashable]:
    counts = Counter(item.kind for item in items.values() if item.kind is not None)
    return {kind for kind, count in counts.items() if count == 1}


def _by_key(first: Remaining, second: Remaining, key: Key) -> list[PlacePair]:
    waiting: defaultdict[Hashable, deque[int]] = defaultdict(deque)
    for j, item in second.items():
        if key(item) is not None:
            waiting[key(item)].append(j)
    return [(i, waiting[key(item)].popleft()) for i, item in first.items() if waiting.get(key(item))]


def _replaced(
    left: Sequence[int], right: Sequence[int], first: Sequence[Alignable], second: Sequence[Alignable]
) -> dict[PlacePair, PairReason]:
    """Pair the rest of one gap: by role, then what lies between those from the front on."""
    if not left or not right:
        return {}
    links: dict[PlacePair, PairReason] = {}
    roles = list(_common(left, right, first, second, lambda item: item.role()))
    start_left = start_right = 0
    for i, j in (*roles, (None, None)):
        end_left = len(left) if i is None else left.index(i, start_left)
        end_right = len(right) if j is None else right.index(j, start_right)
        places = zip(left[start_left:end_left], right[start_right:end_right], strict=False)
        links |= dict.fromkeys(places, PairReason.SAME_PLACE)
        start_left, start_right = end_left + 1, end_right + 1
    return links | dict.fromkeys(roles, PairReason.SAME_ROLE)


def _in_reading_order(
    links: dict[PlacePair, PairReason], moved: dict[int, int], total_first: int, total_second: int
) -> Iterator[Match]:
    """Yield all matches in the order of the first sequence; what only the second has comes before its next neighbour."""
    partners = dict(links.keys())
    elsewhere = {*partners.values(), *moved.values()}
    alone = deque(j for j in range(total_second) if j not in elsewhere)
    for i in range(total_first):
        if i in moved:
            yield Match(i, moved[i], PairReason.MOVED)
        elif i in partners:
            j = partners[i]
            while alone and alone[0] < j:
                yield Match(None, alone.popleft(), PairReason.ALONE)
            yield Match(i, j, links[i, j])
        else:
            yield Match(i, None, PairReason.ALONE)
    yield from (Match(None, j, PairReason.ALONE) for j in alone)
