"""The team's own checklist: what is right is read, what is wrong is said with its line."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config.checklist_file import load_checklist
from bot.domain.incident.checklist import DEFAULT_CHECKLIST, Check, Checklist, ProofKind
from bot.errors import SettingsError

DOC = Path(__file__).parents[2] / "docs" / "checklist.md"


def read(folder: Path, text: str | bytes, name: str = "team.yaml") -> Checklist:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_checklist(path)


def test_the_documented_example_is_the_default_checklist(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", DOC.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert example
    assert read(tmp_path, example.group(1)) == DEFAULT_CHECKLIST


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    (item,) = read(tmp_path, "items: [{id: root, title: Root cause, check: evidence}]").items
    assert (item.check, item.proof, item.owner) == (Check.EVIDENCE, ProofKind.LINK, False)


TWO = "items:\n  - id: one\n    title: One\n  - id: two\n    title: Two\n"


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        (
            "a.yaml",
            TWO + "    proof: url\n",
            6,
            "item 2 (`two`) has the unknown proof `url`; use link, run, text or none.",
        ),
        ("a.yaml", TWO + "    chekc: replay\n", 6, "has the unknown key `chekc`"),
        ("a.yaml", TWO.replace("    title: Two\n", ""), 4, "item 2 (`two`) has no `title`"),
        ("a.yaml", TWO.replace("id: two", "id: Two things"), 4, "write it in lower case"),
        ("a.yaml", TWO.replace("id: two", "id: one"), 4, "has the id of an item before it"),
        ("a.yaml", "items: []\n", 1, "1 to 12 items"),
        ("a.yaml", "items: yes please\n", 1, "must be a list"),
        ("a.yaml", "- id: one\n", 1, "must have `items`"),
        ("a.yaml", "", 1, "must have `items`"),
        ("a.yaml", "items:\n  - id: one\n   title: One\n", 3, "expected"),
        ("a.yaml", "items:\n  - just words\n", 2, "item 1 must have an `id` and a `title`"),
        ("a.yaml", "items: &x\n  - {id: one, title: One}\nmore: *x\n", 3, "YAML alias"),
        ("a.yaml", b"items:\n  - id: \xff\n", 2, "not UTF-8"),
        ("a.yaml", TWO + "    title: Again\n", 6, "the key `title` is there twice"),
        ("a.yaml", TWO + "    ? [a]\n    : 1\n", 6, "a key must be one word"),
        ("a.yaml", TWO.replace("title: Two", "titel: Two"), 5, "has the unknown key `titel`"),
        ("a.yaml", TWO + "extra: 1\n", 6, "it has the unknown key `extra`; write only `items`"),
        ("a.yaml", TWO + "    owner: maybe\n", 6, "write true or false"),
        ("a.yaml", TWO + "    check: yes\n", 6, "has the unknown check `true`; use evidence, "),
        ("a.yaml", TWO.replace("Two", "2026-99-99"), 5, "put text in quotes"),
        ("a.yaml", TWO.replace("\n", "\r\n") + "    proof: url\r\n", 6, "unknown proof"),
        ("a.yaml", "\ufeff" + TWO + "    proof: url\n", 6, "unknown proof"),
        ("a.yaml", "items:\n  - id: 'one\n    title: One\n", 3, "unexpected end"),
        ("a.yaml", TWO + "    title: \x07\n", 6, "a character that YAML does not allow"),
        ("a.yaml", TWO + "---\nitems: []\n", 6, "found another document"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(
    tmp_path: Path, name: str, text: str | bytes, line: int, said: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        read(tmp_path, text, name)
    assert f"CHECKLIST_FILE {name}, line {line}: " in raised.value.what
    assert said in raised.value.what
    assert raised.value.fix


def test_too_many_items_are_refused(tmp_path: Path) -> None:
    items = [{"id": f"item_{number}", "title": "One more"} for number in range(13)]
    with pytest.raises(SettingsError, match="line 26: it must have 1 to 12 items"):
        read(tmp_path, yaml.safe_dump({"items": items}))


def test_deep_nesting_is_answered(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nested too deeply"):
        read(tmp_path, "items: " + "[" * 5_000)


@given(text=st.text(st.sampled_from("items:-[]{}=\"'#&*!<|>?%@`, \n\tid01\0é"), max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_checklist_or_is_answered_with_its_line(tmp_path: Path, text: str) -> None:
    try:
        assert read(tmp_path, text, "a.yaml").items
    except SettingsError as error:
        assert re.match(r"CHECKLIST_FILE a\.yaml, line \d+: .+\.$", error.what)  # noqa: PT017 either way is right


def test_the_documented_message_is_the_real_one(tmp_path: Path) -> None:
    text = "# ours\n" + TWO.replace("id: two", "id: monitor") + "    proof: url\n"
    with pytest.raises(SettingsError) as raised:
        read(tmp_path, text)
    assert raised.value.what in DOC.read_text(encoding="utf-8")


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="larger than 64 KiB"):
        read(tmp_path, "#" * 70_000)


@pytest.mark.parametrize(("name", "words"), [("missing.yaml", "cannot be read"), (".", "is not a file")])
def test_a_file_that_is_none_is_named(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(SettingsError, match=f"CHECKLIST_FILE .* {words}"):
        load_checklist(tmp_path / name)


@pytest.mark.parametrize("name", ["team.json", "team.toml", "team"])
def test_an_unknown_suffix_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"must be YAML, and end in \.yaml or \.yml"):
        read(tmp_path, TWO, name)
