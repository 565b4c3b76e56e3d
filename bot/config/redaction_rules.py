"""Reading a team's own rules: the text of a `REDACTION_FILE`, understood.

rules:
  - name: customer number
    pattern: 'CUST-[0-9]{8}'
  - name: unseal material
    keys: [unseal_share, vault_path]
allow:
  - 'sandbox-[a-z]{1,20}'
"""

import re
from dataclasses import dataclass
from typing import NoReturn

import yaml

from bot.config.settings_file import SettingsFile
from bot.config.yaml_lines import compose
from bot.domain.redaction.key_names import words_of
from bot.domain.redaction.patterns import compiled
from bot.domain.redaction.rules import Rule, Rules
from bot.domain.redaction.team import team_rule

MOST = 200
"""Rules, names in a rule, and allowed patterns."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,39}")
_KEY = re.compile(r"[^\W_][\w.-]{0,59}")
_FORM = "docs/redaction.md shows the form of the file."
_PROBES = ("q", "Zx-81", "correct horse battery", "3f9A/+kd02==")


def load_rules(text: str, file: SettingsFile) -> Rules:
    """Return the rules that a file's text holds. Raises SettingsError, which names the line and says what to do."""
    return _Reader(file).rules(compose(file, text))


@dataclass(frozen=True, slots=True)
class _Reader:
    file: SettingsFile

    def rules(self, node: yaml.Node | None) -> Rules:
        sections = self._mapping(node, ("rules", "allow"))
        entries = [self._entry(node) for node in self._list(sections.get("rules"))]
        return Rules(
            rules=tuple(rule for rule in entries if isinstance(rule, Rule)),
            keys=tuple(key for keys in entries if isinstance(keys, list) for key in keys),
            allow=tuple(self._allowed(node) for node in self._list(sections.get("allow"))),
        )

    def _entry(self, node: yaml.Node) -> Rule | list[tuple[tuple[str, ...], str]]:
        fields = self._mapping(node, ("name", "pattern", "keys"))
        if "name" not in fields or ("pattern" in fields) == ("keys" in fields):
            self._refuse(_line(node), "a rule needs `name`, and either `pattern` or `keys`.", _FORM)
        name = self._text(fields["name"])
        if not _NAME.fullmatch(name):
            self._refuse(
                _line(fields["name"]), "`name` is not usable.", "Use up to 40 letters, digits, blanks, dots or dashes."
            )
        if "pattern" in fields:
            return team_rule(name, self._pattern(fields["pattern"]))
        return [(self._key(key), name) for key in self._list(fields["keys"])]

    def _key(self, node: yaml.Node) -> tuple[str, ...]:
        key = self._text(node)
        if not _KEY.fullmatch(key) or not words_of(key):
            self._refuse(
                _line(node),
                "a key is the name of a field, such as `vault_path`.",
                "Use letters, digits, `_`, `-`, `.`.",
            )
        return words_of(key)

    def _allowed(self, node: yaml.Node) -> re.Pattern[str]:
        pattern = self._pattern(node)
        if sum(bool(pattern.fullmatch(probe)) for probe in _PROBES) > 1:
            self._refuse(_line(node), "this would let every value through.", "Describe the values that are no secrets.")
        return pattern

    def _pattern(self, node: yaml.Node) -> re.Pattern[str]:
        try:
            return compiled(self._text(node))
        except ValueError as error:
            fix = "Correct it. Bound repetitions, as in [A-Z0-9]{8,40}, and repeat no group that chooses inside."
            self._refuse(_line(node), f"the pattern {error}.", fix)

    def _mapping(self, node: yaml.Node | None, known: tuple[str, ...]) -> dict[str, yaml.Node]:
        if node is None:
            return {}
        words = " and ".join(f"`{key}`" for key in known)
        if not isinstance(node, yaml.MappingNode):
            self._refuse(_line(node), f"a mapping with {words} was expected.", _FORM)
        fields = {self._text(key): value for key, value in node.value}
        for key, _ in node.value:
            if key.value not in known:
                self._refuse(_line(key), f"a key that is none of {words}.", "Correct or remove it. " + _FORM)
        return fields

    def _list(self, node: yaml.Node | None) -> list[yaml.Node]:
        if node is None or (isinstance(node, yaml.ScalarNode) and node.tag.endswith(":null")):
            return []
        if not isinstance(node, yaml.SequenceNode):
            self._refuse(_line(node), "a list was expected.", "Begin each entry with `- `. " + _FORM)
        if len(node.value) > MOST:
            self._refuse(_line(node), f"the list has more than {MOST} entries.", "Join some of them.")
        entries: list[yaml.Node] = node.value
        return entries

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or node.tag.endswith(":null"):
            self._refuse(_line(node), "a text was expected.", "Write it on one line, in quotes.")
        return str(node.value)

    def _refuse(self, line: int, what: str, fix: str) -> NoReturn:
        raise self.file.wrong(line, what, fix=fix)


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
