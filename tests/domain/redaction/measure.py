"""How much is masked that should be, and that should not: `python -m tests.domain.redaction.measure` prints the table."""

import json
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from bot.domain.redaction.redactor import Redactor
from tests.domain.redaction.carriers import carried
from tests.domain.redaction.ordinary_texts import ordinary
from tests.domain.redaction.secret_texts import Case, cases, gaps

_MARK = re.compile(r"\[masked: [\w ]+\]")
_UNSEEN = re.compile(r"[\s\"'`\u00ad\u200b-\u200f\u2060\ufeff]")
PIECE = 6
"""Characters of a secret that may not be left in one piece."""


@dataclass(frozen=True)
class Measured:
    """What was missed of the secrets (by kind: found, all), and what was masked of the ordinary texts."""

    kinds: dict[str, tuple[int, int]]
    missed: list[Case]
    gaps: dict[str, tuple[int, int]]
    hows: dict[str, tuple[int, int]]
    ordinary: dict[str, tuple[int, int]]
    false: list[tuple[str, Any, Any]]

    @property
    def recall(self) -> float:
        return sum(found for found, _ in self.kinds.values()) / sum(total for _, total in self.kinds.values())

    @property
    def false_share(self) -> float:
        return len(self.false) / sum(total for _, total in self.ordinary.values())

    @property
    def precision(self) -> float:
        found = sum(found for found, _ in self.kinds.values())
        return found / (found + len(self.false))

    def table(self) -> str:
        secrets = sum(total for _, total in self.kinds.values())
        texts = sum(total for _, total in self.ordinary.values())
        rows = [f"{kind:42} {found:4} of {total:4}" for kind, (found, total) in sorted(self.kinds.items())]
        rows += [
            f"{'secrets found (recall)':42} {secrets - len(self.missed):4} of {secrets:4}  {self.recall:.4f}",
            f"{'precision':42} {'':12}  {self.precision:.4f}",
            f"{'ordinary texts masked':42} {len(self.false):4} of {texts:4}  {self.false_share:.4f}",
            "By what a reader has to go by (carriers.py):",
            *(
                f"  {how:40} {found:4} of {total:4}  {found / total:.4f}"
                for how, (found, total) in sorted(self.hows.items())
            ),
            "Known gaps, not in the figures above:",
        ]
        return "\n".join(rows + [f"{kind:42} {found:4} of {total:4}" for kind, (found, total) in self.gaps.items()])


def remains(secret: str, shown: str) -> bool:
    """Tell whether any piece of a secret is left."""
    left = _MARK.sub("\0", shown)
    return any(secret[at : at + PIECE] in left for at in range(max(1, len(secret) - PIECE + 1)))


def stays(secret: str, value: Any) -> bool:
    """Tell whether half of a secret (8 characters at least) is left in one piece, whatever parts it."""
    least = min(len(secret), max(8, -(-len(secret) // 2)))
    texts = [_MARK.sub("\0", text) for text in _texts(value)]
    texts += [_UNSEEN.sub("", text) for text in (*texts, "".join(texts))]
    for whole in {secret, _UNSEEN.sub("", secret)}:
        if any(whole[at : at + least] in text for at in range(len(whole) - least + 1) for text in texts):
            return True
    return False


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.items() for part in item for text in _texts(part)]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [str(value)]


def shown(redactor: Redactor, value: Any) -> str:
    masked = redactor.value(value)
    return masked if isinstance(masked, str) else json.dumps(masked, ensure_ascii=False)


def measure(redactor: Redactor | None = None, seed: int = 51877) -> Measured:
    """Run a redactor over the corpus."""
    redactor = redactor or Redactor()
    kinds, missed = _found(redactor, cases(seed))
    known, _ = _found(redactor, gaps(seed))
    hows: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for how, case in carried(seed):
        found = not stays(case.secret, redactor.value(case.value))
        hows[how] = (hows[how][0] + found, hows[how][1] + 1)
    texts: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    false = []
    for kind, value in ordinary(seed):
        masked = redactor.value(value)
        wrong = masked != value
        texts[kind] = (texts[kind][0] + wrong, texts[kind][1] + 1)
        if wrong:
            false.append((kind, value, masked))
    return Measured(kinds, missed, known, dict(hows), dict(texts), false)


def _found(redactor: Redactor, corpus: list[Case]) -> tuple[dict[str, tuple[int, int]], list[Case]]:
    kinds: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    missed = []
    for case in corpus:
        left = remains(case.secret, shown(redactor, case.value))
        kinds[case.kind] = (kinds[case.kind][0] + (not left), kinds[case.kind][1] + 1)
        if left:
            missed.append(case)
    return dict(kinds), missed


if __name__ == "__main__":
    sys.stdout.write(measure(seed=int(sys.argv[1]) if len(sys.argv) > 1 else 51877).table() + "\n")
