"""What templates need beside plain values: icons, signs, regions, times."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from django import template
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from orchestrator import queries, sandboxing
from orchestrator.actions.offers import label as option_label
from orchestrator.models import Decision, RunStep
from orchestrator.web.reading import rendering, sandboxes, signs
from orchestrator.web.reading.cards import Section
from orchestrator.web.reading.system import size

register = template.Library()
register.filter("markdown", rendering.markdown)
register.filter("ansi", rendering.ansi)
register.filter("step_sign", signs.step_sign)
register.filter("run_sign", signs.run_sign)
register.filter("dispatch_sign", signs.dispatch_sign)
register.filter("check_sign", signs.check_sign)
register.filter("claim_sign", signs.claim_sign)
register.filter("verdict_sign", signs.verdict_sign)
register.filter("inline_markdown", rendering.inline)
register.filter("title_markdown", rendering.title)
register.filter("headline", queries.headline)
register.filter("words", queries.words)
register.filter("shell", lambda value: shlex.quote(str(value)))  # a title in a plan may hold what a shell would run
register.filter("option_label", option_label)
register.filter("size", size)
register.filter("held", sandboxes.named)
register.filter("held_now", lambda run: sandboxes.named(sandboxing.in_force(run)))


@register.simple_tag
def icon(name: str, kind: str = "") -> SafeString:
    """An icon of the sprite. It is decoration: the word stands beside it."""
    sprite = static("vendor/lucide.svg")
    return format_html('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"/></svg>', kind, sprite, name)


@register.simple_tag
def sign(value: signs.Sign, size: str = "") -> SafeString:
    """A state: icon, word and family."""
    style = " ".join(filter(None, ["sign", f"is-{value.family}", value.pattern and f"is-{value.pattern}", size]))
    return format_html('<span class="{}">{}<span>{}</span></span>', style, icon(value.icon), value.word)


@register.simple_tag(takes_context=True)
def region(context: RequestContext, name: str, tag: str = "div", style: str = "") -> SafeString:
    """A region of the page, made by the partial that its own URL returns. What it listens to stands one a line: a
    step's key may hold spaces."""
    part = context["regions"][name]
    request = context["request"]
    values = {**context.flatten(), **part.read()}
    query = request.GET.copy()
    query["region"] = name
    if part.shown:
        query["shown"] = part.shown
    return format_html(
        '<{} class="{}" id="{}" data-region="{}" data-on="{}"{}>{}</{}>',
        tag, style, f"region-{name}", f"{quote(request.path)}?{query.urlencode()}", "\n".join(part.on),
        mark_safe(" data-hold" if part.hold else ""),  # noqa: S308 - our own words
        mark_safe(render_to_string(part.template, values, request)),  # noqa: S308 - a template's output
        tag,
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def evidence(context: RequestContext, section: Section) -> SafeString:
    """One section of a decision card."""
    values: dict[Any, Any] = {**context.flatten(), **section.values}
    return mark_safe(render_to_string(section.template, values, context["request"]))  # noqa: S308 - a template's output


@register.filter
def cards_about(cards: list[Decision], step: RunStep) -> list[Decision]:
    return [card for card in cards if step.pk in card.subjects]


@register.filter
def published(state: str) -> str:
    return queries.PUBLISHED[state]


@register.filter
def family(value: signs.Sign) -> str:
    return value.family


@register.filter
def moment(seconds: float) -> str:
    """The time of day of a second since the epoch."""
    return f"{datetime.fromtimestamp(seconds, UTC):%H:%M:%S}" if seconds else ""


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    """A time as the page keeps it: "6 min", counted on by the browser, exact on hover."""
    if value is None:
        return ""
    exact = value.astimezone(UTC)
    text = span((timezone.now() - value).total_seconds())
    return format_html('<time datetime="{}" title="{}" data-ago>{}</time>', exact.isoformat(), _plain(exact), text)


@register.filter
def since(value: str) -> SafeString | str:
    """An ISO 8601 time as `ago`."""
    return ago(datetime.fromisoformat(value))


@register.filter
def clock(value: datetime | str | None) -> SafeString | str:
    """The time of day, exact on hover."""
    if not value:
        return ""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), _plain(moment), f"{moment:%H:%M:%S}"
    )


@register.filter
def span(seconds: float | None) -> str:
    """A length of time in its two largest units at most: 850 ms, 12 s, 6 min, 3 h 20 min, 4 d."""
    if seconds is None:
        return ""
    if seconds < 1:
        return f"{max(0, round(seconds * 1000))} ms"
    whole = int(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} min"
    return f"{whole // 86_400} d"


@register.filter
def lasted(row: Any) -> str:
    """How long a row was worked on; "" while it has not begun."""
    if not row.started_at:
        return ""
    spent: timedelta = (row.ended_at or timezone.now()) - row.started_at
    return span(spent.total_seconds())


@register.filter
def short(oid: str) -> str:
    """The first ten digits of a commit or a hash."""
    return oid[:10]


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    return mapping.get(key)


def _plain(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
