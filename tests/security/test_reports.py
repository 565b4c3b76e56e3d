"""The bundle's reports: whatever came from outside is text in them, whichever renderer shows it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.report.formats import to_html, to_markdown
from bot.report.parts import ReportPicture, Section, Table

LINKS = [
    "https://evil.example/a?b=c#d",
    "HTTP://EVIL.EXAMPLE",
    "ftp://evil.example",
    "www.evil.example",
    "evil.example",
    "evil.example/path",
    "//evil.example",
    "mailto:a@evil.example",
    "a@evil.example",
    "javascript:alert(1)",
    "xmpp:a@evil.example",
    "tel:+123456789",
    "<https://evil.example>",
    "<a@evil.example>",
    "[click](https://evil.example)",
    "[click][1] [1]: https://evil.example",
    "![x](https://evil.example/x.png)",
    "![x][1]",
    "<a href='https://evil.example'>x</a>",
    "<img src=x onerror=alert(1)>",
    "`https://evil.example` ` www.evil.example",
    "``https://evil.example`",
    "(https://evil.example)",
    "x|https://evil.example|y",
    "\\https://evil.example\\",
    "müller.example пример.рф",
    "see:https://evil.example.",
    "&#104;ttps://evil.example",
]
OUTSIDE = st.sampled_from(LINKS) | st.text(alphabet="`|\\*_[]()<>!#.:/@w -=1a\n", max_size=40)
CODE = re.compile(r"<code>.*?</code>", re.DOTALL)
BARE = re.compile(r"://|//\w|www\.|\w@\w|\w\.[a-z]|mailto:|javascript:", re.IGNORECASE)


def report(*texts: str) -> list[Section]:
    table = Table(("Fact", "Value"), tuple((text, text) for text in texts))
    return [Section(text, (text, f"Goal: {text}", table, ReportPicture("<svg/>", text))) for text in texts]


def rendered(markdown: str) -> str:
    html: str = MarkdownIt("commonmark").enable("table").render(markdown)
    return html


@pytest.mark.parametrize("text", LINKS)
def test_a_link_from_outside_is_text(text: str) -> None:
    html = rendered(to_markdown("Incident", report(text)))
    assert "<a" not in html
    assert "<img" not in html
    assert "href" not in re.sub(r"<code>.*?</code>|&lt;.*?&gt;", "", html)
    assert BARE.search(CODE.sub("", html)) is None  # nothing is left that a renderer would find by itself


@pytest.mark.parametrize("text", LINKS)
def test_the_page_has_no_link(text: str) -> None:
    html = to_html("Incident", report(text))
    assert "<a" not in html
    assert "<img" not in html


@given(st.lists(OUTSIDE, min_size=1, max_size=4).map(" ".join))
def test_text_is_never_markup(text: str) -> None:
    text = " ".join(text.split())
    html = rendered(to_markdown("Incident", [Section("x", (text, Table(("a", "b"), ((text, text),))))]))
    tags = set(re.findall(r"</?([a-z0-9]+)", html))
    assert tags <= {"h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td", "code"}
    assert html.count("<td") == 2
    assert "<h1>Incident</h1>" in html


def test_what_is_shown_is_what_was_said() -> None:
    text = "ask ops@evil.example about payments.create_refund | `x` *now*"
    html = rendered(to_markdown("Incident", [Section("x", (text,))]))
    shown = re.sub(r"</?[a-z0-9]+>", "", html)
    assert text in shown.splitlines()
