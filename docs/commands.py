"""Write what people can type into README's table and manifest.yml's usage hints: `make commands`.

Both come from the declarations in `handlers/` (handlers/words.py); tests/test_docs.py fails while they differ.
"""

import re
from pathlib import Path

import handlers
from handlers.words import ABOUT, Word, usage_hint, words_of_command

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- typed: made by `make commands` -->", "<!-- /typed -->"


def table() -> str:
    """Return README's table of what can be typed."""
    handlers.features()
    rows = [_row(word) for command in ABOUT for word in words_of_command(command)]
    return "\n".join([BEGIN, "", "| typed | what happens |", "| --- | --- |", *rows, "", END])


def readme(text: str) -> str:
    """Return README's text with the table as it should be."""
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: table(), text, flags=re.DOTALL)


def manifest(text: str) -> str:
    """Return the manifest's text with the usage hints as they should be."""
    handlers.features()
    for command in ABOUT:
        hint = rf'(- command: {re.escape(command)}\n(?:.*\n)*?\s*usage_hint: )".*"'
        text = re.sub(hint, lambda found, name=command: f'{found.group(1)}"{usage_hint(name)}"', text)  # type: ignore[misc]
    return text


def _row(word: Word) -> str:
    more = f" ([more]({word.doc}))" if word.doc else ""
    return f"| `{word.command} {word.usage}` | {word.help}{more} |"


def main() -> None:
    """Write both files anew."""
    for path, made in ((ROOT / "README.md", readme), (ROOT / "manifest.yml", manifest)):
        path.write_text(made(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
