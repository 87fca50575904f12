"""Templates to answers. Jinja2 is imported with the first page, not with the program."""

from collections.abc import Mapping
from functools import cached_property
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING

import msgspec
from aiohttp import hdrs, web

from cc_connect.platforms.web.catalogue import LANGUAGES, texts
from cc_connect.platforms.web.routes import texts_for
from cc_connect.web.assets import static_url

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

THEME_COOKIE = "theme"
_THEMES = frozenset({"dark", "light"})


def _marked(line: str) -> "Markup":
    """A line of our own with its commands, which stand in backticks, as such."""
    from markupsafe import Markup  # noqa: PLC0415 - comes with Jinja2, see above

    parts = [str(escape(part)) for part in line.split("`")]
    parts[1::2] = [f"<code>{part}</code>" for part in parts[1::2]]
    return Markup("".join(parts))  # noqa: S704 - every part was escaped


class Views:
    """Draws whole pages."""

    @cached_property
    def _environment(self) -> "Environment":
        from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - 4 MB, see above

        environment = Environment(
            loader=PackageLoader("cc_connect.platforms.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals["static"] = static_url
        environment.filters["marked"] = _marked
        environment.filters["json"] = lambda value: msgspec.json.encode(value).decode()
        return environment

    def page(
        self,
        request: web.Request,
        template: str,
        values: Mapping[str, object] | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> web.Response:
        """A page in the language and the theme of the request."""
        words = texts_for(request)
        theme = request.cookies.get(THEME_COOKIE, "")
        html = self._environment.get_template(template).render(
            say=words.say,
            texts=words.entries,
            language=words.language,
            languages={code: texts(code).say("language_name") for code in LANGUAGES},
            theme=theme if theme in _THEMES else "system",
            **(values or {}),
        )
        return web.Response(text=html, content_type="text/html", status=status)

    def line(
        self, request: web.Request, status: HTTPStatus, key: str, **fields: object
    ) -> web.Response:
        """One line that says what is wrong and what to do: a page for people, JSON for programs."""
        text = texts_for(request).say(key, **fields)
        if "text/html" in request.headers.get(hdrs.ACCEPT, ""):
            return self.page(request, "line.html", {"line": text}, status)
        return web.json_response({"error": text}, status=status)
