"""Pages out of templates.

Every template is given `title`, `version`, `page` (which one it is, for the navigation), `nonce`
(for `<script nonce>` and `<style nonce>`), `static(name)` (address of a file in `static/`), `data`
(what `/api` would answer, as plain values) and `data_json` (the same, safe inside
`<script type="application/json">`). What `data` holds stands with each page in `pages.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import jinja2
import msgspec
from aiohttp import web
from markupsafe import Markup

from orchestrator.server.assets import ASSETS
from orchestrator.server.keys import NONCE
from orchestrator.server.services import SERVICES

TEMPLATES = web.AppKey("templates", jinja2.Environment)
_FOLDER: Final = Path(__file__).with_name("templates")
_UNSAFE_IN_SCRIPTS: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def make_templates() -> jinja2.Environment:
    """Escape everything, and fail on names that a page was not given."""
    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["wall"] = wall
    templates.filters["duration"] = duration
    return templates


def render(
    request: web.Request,
    template: str,
    *,
    title: str,
    data: Any,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """A page. `data` is what `/api` would answer."""
    app = request.app
    text = (
        app[TEMPLATES]
        .get_template(template)
        .render(
            title=title,
            version=app[SERVICES].version,
            page=template.removesuffix(".html"),
            nonce=request.get(NONCE, ""),
            static=app[ASSETS].url,
            data=msgspec.to_builtins(data),
            data_json=script_json(data),
        )
    )
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)


def error_page(
    request: web.Request, status: int, title: str, detail: str, headers: Mapping[str, str]
) -> web.Response:
    """What a person sees where there is no page."""
    data = {"status": status, "detail": detail}
    return render(request, "error.html", title=title, data=data, status=status, headers=headers)


def script_json(data: Any) -> Markup:
    """JSON that cannot end the script element that it stands in."""
    return Markup(msgspec.json.encode(data).decode().translate(_UNSAFE_IN_SCRIPTS))


def wall(wall_s: float | None) -> str:
    """A moment for people who have no scripts to put it into their own time zone."""
    if wall_s is None:
        return "–"
    return datetime.fromtimestamp(wall_s, UTC).strftime("%Y-%m-%d %H:%M UTC")


def duration(seconds: float | None) -> str:
    """`1 d 02:03:04`."""
    if seconds is None:
        return "–"
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    clock = f"{hour:02}:{minute:02}:{second:02}"
    return f"{days} d {clock}" if days else clock
