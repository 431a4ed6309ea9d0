"""A page and its fragments are one thing: a region is fetched by the page's own URL and made by the same partial."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

Read = Callable[[], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a page that is fetched anew on news of one of `on` ("*": on any hint of a run one may see).

    `hold` keeps it still under the pointer: new rows wait behind a button. `shown` names what the page around it shows;
    it comes back as `?shown=` with every fetch, so that the region can tell that there is something newer."""

    template: str
    read: Read = field(default=dict)
    on: tuple[str, ...] = ("*",)
    hold: bool = False
    shown: str = ""


def show(
    request: HttpRequest,
    template: str,
    regions: Mapping[str, Region] | None = None,
    *,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """The whole page, or with `?region=` the one part of it. Raises Http404 for a region it does not have."""
    regions = regions or {}
    name = request.GET.get("region") if request.method == "GET" else None
    if name is None:
        response = render(request, template, {**context, "regions": regions}, status=status)
    elif name in regions:
        response = render(request, regions[name].template, {**context, **regions[name].read()})
    else:
        raise Http404
    patch_cache_control(response, private=True, no_cache=True)
    return response
