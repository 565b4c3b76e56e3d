"""Sets of words, written as one text: a vocabulary reads, and is changed, more easily as lines than as quoted items."""


def words(text: str) -> frozenset[str]:
    """Return the words of a text, for a set that is written as one."""
    return frozenset(text.split())
