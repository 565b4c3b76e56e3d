"""The team's own checklist: what is right is read, what is wrong is said with its line."""

import re
from pathlib import Path

import pytest
import yaml

from bot.checklist_file import load_checklist
from bot.domain.checklist import DEFAULT_CHECKLIST, Check, Checklist, Proof
from bot.errors import SettingsError

DOC = Path(__file__).parents[1] / "docs" / "checklist.md"


def read(folder: Path, text: str | bytes, name: str = "team.yaml") -> Checklist:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_checklist(path)


def test_the_documented_example_is_the_default_checklist(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", DOC.read_text(), flags=re.DOTALL)
    assert example
    assert read(tmp_path, example.group(1)) == DEFAULT_CHECKLIST


def test_toml_says_the_same(tmp_path: Path) -> None:
    text = '[[items]]\nid = "monitor"\ntitle = "Monitor added"\nproof = "text"\nowner = true\n'
    (item,) = read(tmp_path, text, "team.toml").items
    assert (item.id, item.proof, item.owner, item.check) == ("monitor", Proof.TEXT, True, None)


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    (item,) = read(tmp_path, "items: [{id: root, title: Root cause, check: evidence}]").items
    assert (item.check, item.proof, item.owner) == (Check.EVIDENCE, Proof.LINK, False)


TWO = "items:\n  - id: one\n    title: One\n  - id: two\n    title: Two\n"


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        (
            "a.yaml",
            TWO + "    proof: url\n",
            6,
            "item 2 (`two`) has the unknown proof `url`; use none, link, run, text",
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
        (
            "a.toml",
            '[[items]]\nid = "one"\ntitle = "One"\n\n[[items]]\nid = "two"\ntitle = 2\n',
            7,
            "`title` is not valid",
        ),
        ("a.toml", '[[items]]\nid = "one"\ntitle = "One"\n[[items]]\nid = "two"\n', 4, "has no `title`"),
        ("a.toml", "[[items]]\nid = one\n", 2, "invalid value"),
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
    with pytest.raises(SettingsError, match="1 to 12 items"):
        read(tmp_path, yaml.safe_dump({"items": items}))


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="larger than 64 KiB"):
        read(tmp_path, "#" * 70_000)


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_is_none_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match=r"CHECKLIST_FILE .* cannot be read"):
        load_checklist(tmp_path / name)


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"must end in \.yaml"):
        read(tmp_path, TWO, "team.json")
