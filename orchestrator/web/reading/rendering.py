"""Text of plans, agents and programs as safe HTML. Whatever they wrote, it runs nothing and fetches nothing."""

from __future__ import annotations

from functools import cache, lru_cache

import nh3
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from pygments import lex
from pygments.lexers import get_lexer_for_filename
from pygments.token import STANDARD_TYPES, Token
from pygments.util import ClassNotFound
from rich.ansi import AnsiDecoder
from rich.style import Style

HIGHLIGHTED_LINES = 2_000
_TAGS = {
    "p", "br", "em", "strong", "s", "del", "code", "pre", "blockquote", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "table", "thead", "tbody", "tr", "th", "td", "a",
}  # fmt: skip
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


def markdown(text: str) -> SafeString:
    """Markdown without raw HTML, images, classes or handlers; links leave the site without a referrer."""
    html = nh3.clean(
        _parser().render(text or ""),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(html)  # noqa: S308 - nh3 has cleaned it


def inline(text: str) -> SafeString:
    """Markdown of one line: code, emphasis and links, no blocks."""
    return _inline(text, {"a"})


@lru_cache(4096)
def title(text: str) -> SafeString:
    """A title, which may stand inside a link of ours: code and emphasis, no links of its own."""
    return _inline(text, set())


def _inline(text: str, links: set[str]) -> SafeString:
    html = nh3.clean(
        _parser().renderInline(text or ""),
        tags={"code", "em", "strong", "s"} | links,
        attributes={name: {"href"} for name in links},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(html)  # noqa: S308 - nh3 has cleaned it


def ansi(text: str) -> SafeString:
    """Terminal output: its colours become classes, every other escape is dropped."""
    decoder = AnsiDecoder()
    return mark_safe("\n".join(_line(decoder, line) for line in text.split("\n")))  # noqa: S308 - parts are escaped


def _line(decoder: AnsiDecoder, line: str) -> SafeString | str:
    if "\x1b" not in line:
        return escape(line.rsplit("\r", 1)[-1])
    decoded = decoder.decode_line(line)
    parts, at = [], 0
    for start, end, style in sorted(decoded.spans):
        parts += [("", decoded.plain[at:start]), (_classes(style), decoded.plain[start:end])]
        at = max(at, end)
    parts.append(("", decoded.plain[at:]))
    return format_html_join("", "{}", ((_span(style, piece),) for style, piece in parts if piece))


def _span(style: str, text: str) -> SafeString | str:
    return format_html('<span class="{}">{}</span>', style, text) if style else escape(text)


def _classes(style: str | Style) -> str:
    if not isinstance(style, Style):
        return ""
    number = style.color.number if style.color else None
    colour = f"ansi-{_COLOURS[number % 8]}" if number is not None and number < 16 else ""
    return " ".join(filter(None, ["ansi-bold" if style.bold else "", "ansi-dim" if style.dim else "", colour]))


def highlight(path: str, text: str) -> list[SafeString]:
    """The lines of a source file with classes for its syntax; plain when it is long or of no known language."""
    lines = text.split("\n")
    try:
        lexer = get_lexer_for_filename(path, stripnl=False, ensurenl=False)
    except ClassNotFound:
        lexer = None
    if lexer is None or len(lines) > HIGHLIGHTED_LINES:
        return [SafeString(escape(line)) for line in lines]
    done: list[list[SafeString]] = [[]]
    for token, value in lex(text, lexer):
        for number, piece in enumerate(value.split("\n")):
            if number:
                done.append([])
            if piece:
                done[-1].append(_token(token, piece))
    return [SafeString("".join(line)) for line in done]


def _token(token: object, text: str) -> SafeString:
    style = STANDARD_TYPES.get(token, "") if token is not Token.Text else ""
    return format_html('<i class="t-{}">{}</i>', style, text) if style else SafeString(escape(text))
