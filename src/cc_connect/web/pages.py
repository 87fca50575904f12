"""The pages themselves: a conversation, its earlier part, the way in and out."""

from http import HTTPStatus

from aiohttp import web

from cc_connect.platforms.web.adapter import WebPlatform
from cc_connect.platforms.web.catalogue import Texts
from cc_connect.platforms.web.chats import NAME, Chat
from cc_connect.platforms.web.routes import texts_for
from cc_connect.web.history import HistorySource, Item, PostItem, PromptItem
from cc_connect.web.login import LOGIN_LASTS, LoginCodes, Logins
from cc_connect.web.views import Views

LAST_COOKIE = "last_chat"
PAGE_LENGTH = 50
_YEAR = 365 * 86_400


class Pages:
    """What a person sees of the server."""

    def __init__(
        self,
        page: WebPlatform,
        history: HistorySource,
        views: Views,
        logins: Logins,
        codes: LoginCodes,
    ) -> None:
        self._page = page
        self._history = history
        self._views = views
        self._logins = logins
        self._codes = codes
        self.cookie = "login"

    def routes(self) -> list[web.AbstractRouteDef]:
        """What to mount."""
        return [
            web.get("/", self.first),
            web.get("/c/{name}", self.conversation),
            web.get("/c/{name}/log", self.log),
            web.post("/new", self.new),
            web.get("/login", self.login, allow_head=False),
            web.post("/logout", self.logout),
        ]

    async def first(self, request: web.Request) -> web.StreamResponse:
        """The conversation that was open last."""
        last = request.cookies.get(LAST_COOKIE, "")
        known = NAME.match(last) and self._page.chats.find(last)
        name = last if known else self._page.chats.latest().name
        raise web.HTTPFound(f"/c/{name}")

    async def conversation(self, request: web.Request) -> web.StreamResponse:
        """A conversation: its newest part, the list of all, and the place to write."""
        name = request.match_info["name"]
        if not NAME.match(name):
            return self._views.line(request, HTTPStatus.NOT_FOUND, "bad_name")
        chats = self._page.chats
        chat = chats.peek(name, request.query.get("project", ""))
        listed = list(chats)
        if chats.find(name) is None:
            listed.insert(0, chat)
        words = texts_for(request)
        values = {
            "name_of": lambda one: _name_of(one, words),
            "chat": chat,
            "chats": listed,
            "projects": chats.projects,
            "upload_limit": self._page.uploads.limit,
            **await self._items(request, chat, None),
        }
        response = self._views.page(request, "chat.html", values)
        response.set_cookie(LAST_COOKIE, name, max_age=_YEAR, httponly=True, samesite="Strict")
        return response

    async def log(self, request: web.Request) -> web.StreamResponse:
        """A part of a conversation as a fragment: the newest, or what was before a mark."""
        name = request.match_info["name"]
        if not NAME.match(name):
            return self._views.line(request, HTTPStatus.NOT_FOUND, "bad_name")
        before = request.query.get("before")
        items = await self._items(request, self._page.chats.peek(name), before)
        return self._views.page(request, "log.html", items)

    async def _items(
        self, request: web.Request, chat: Chat, before: str | None
    ) -> dict[str, object]:
        # The number is read before the history: what is told in between is told again, not lost.
        seq = self._page.room(chat.name).seq
        place = self._page.address(chat.name)
        page = await self._history.page(place, before, PAGE_LENGTH)
        words = texts_for(request)
        items = [self._draw(item, words) for item in page.items]
        return {"items": items, "before": page.before, "boot": self._page.boot, "seq": seq}

    def _draw(self, item: Item, words: Texts) -> str:
        drawing = self._page.drawing(words)
        match item:
            case PostItem():
                return drawing.message(item.key, item.content, item.kind, item.at)
            case PromptItem():
                files = tuple(self._page.sent_file(file) for file in item.files)
                return drawing.prompt(item.id, item.text, files, item.at)

    async def new(self, request: web.Request) -> web.StreamResponse:
        """A new conversation; it is kept from the first word on."""
        form = await request.post()
        name, project = str(form.get("name", "")).strip(), str(form.get("project", ""))
        if name and not NAME.match(name):
            return self._views.line(request, HTTPStatus.BAD_REQUEST, "bad_name")
        name = name or self._page.chats.fresh_name()
        known = project in self._page.chats.projects
        raise web.HTTPSeeOther(
            request.rel_url.with_path(f"/c/{name}").with_query(
                {"project": project} if known else {}
            )
        )

    async def login(self, request: web.Request) -> web.StreamResponse:
        """Turn a one-time code into a login."""
        if await self._logins.good(request.cookies.get(self.cookie, "")):
            return self._views.page(request, "welcome.html")
        code = request.query.get("code", "")
        if not self._codes.redeem(code):
            return self._views.line(request, HTTPStatus.FORBIDDEN, "bad_code")
        # A page that leads on, not a redirect: a strict cookie does not go along with a redirect
        # that began on another site (a link in a web terminal).
        response = self._views.page(request, "welcome.html")
        response.set_cookie(
            self.cookie,
            await self._logins.open(),
            max_age=LOGIN_LASTS,
            httponly=True,
            samesite="Strict",
            secure=request.secure,
        )
        return response

    async def logout(self, request: web.Request) -> web.StreamResponse:
        """End the login of this browser."""
        await self._logins.close(request.cookies.get(self.cookie, ""))
        response = self._views.line(request, HTTPStatus.OK, "logged_out")
        response.del_cookie(self.cookie)
        return response


def _name_of(chat: Chat, words: Texts) -> str:
    """What a conversation is called in the list; one that was only numbered has no name yet."""
    return chat.title or (words.say("new_conversation") if chat.name.isdigit() else chat.name)
