"""HTML from the templates, with the headers of a page: one nonce for each reply, nothing from another host.

Everything is escaped unless it is Markdown of a card, which is rendered without HTML, links and images.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from service.errors import NO_STORE

TYPES: Mapping[str, str] = {
    "htmx.min.js": "text/javascript",
    "console.js": "text/javascript",
    "console.css": "text/css",
}
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["autolink", "image", "link"])
_MEDIA = {"html": "text/html; charset=utf-8"}


def _policy(nonce: str) -> str:
    own = f"'nonce-{nonce}'"
    return (
        f"default-src 'none'; script-src {own}; style-src {own}; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def markdown(text: str) -> Markup:
    """Card details as an EHR renders them; what could lead away or run is shown as text."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 -- rendered with HTML off


def pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


_ENVIRONMENT = Environment(
    loader=PackageLoader("service.console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(markdown=markdown, pretty=pretty)


def page(request: Request, name: str, *, status: int = 200, part: str = "", **values: Any) -> Response:
    """The template as a page; `part` alone where htmx asks for it (a block of the same template)."""
    nonce = secrets.token_urlsafe(16)
    template = _ENVIRONMENT.get_template(f"{name}.html")
    context = template.new_context({"nonce": nonce, "here": name, **values})
    whole = not (part and request.headers.get("hx-request") == "true")
    html = "".join((template.root_render_func if whole else template.blocks[part])(context))
    headers = {"Content-Security-Policy": _policy(nonce), "Vary": "HX-Request", **NO_STORE}
    return Response(html, status, headers={"Content-Type": _MEDIA["html"], **headers})


def static(name: str) -> Response | None:
    """A file of the console; None for any other name."""
    if name not in TYPES:
        return None
    content = files(__package__).joinpath("static", name).read_bytes()
    return Response(content, headers={"Content-Type": f"{TYPES[name]}; charset=utf-8", "Cache-Control": "no-cache"})
