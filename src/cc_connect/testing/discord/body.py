"""Reads and checks the body of a request that sends or edits a message.

Docs: Message > Create Message, Edit Message, Embed Limits, Allowed Mentions Object; Reference >
Uploading Files.
"""

from dataclasses import dataclass, field
from typing import Any

from cc_connect.testing.discord.components import check_components
from cc_connect.testing.discord.errors import ApiError, FormErrors, Refusal
from cc_connect.testing.discord.model import JsonObject, MessageFlag

CONTENT = 2000
CONTENT_EVER = 4000
NONCE = 25
EMBEDS = 10
FIELDS = 25
EMBED_TOTAL = 6000
ATTACHMENTS = 10
MENTION_IDS = 100
_EMBED_TEXTS = (
    (("title",), 256),
    (("description",), 4096),
    (("footer", "text"), 2048),
    (("author", "name"), 256),
)
_FIELD_TEXTS = (("name", 256), ("value", 1024))
_PARSE = frozenset({"roles", "users", "everyone"})


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart request; `key` is the n of `files[n]`."""

    key: str
    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which mentions of a message may ping. Without any wish of the sender all of them may."""

    parse: frozenset[str] = _PARSE
    users: frozenset[int] = frozenset()
    roles: frozenset[int] = frozenset()
    replied_user: bool = True


@dataclass(slots=True)
class Draft:
    """A checked body. None means that the field was not in it."""

    content: str | None = None
    embeds: list[JsonObject] | None = None
    components: list[JsonObject] | None = None
    flags: int | None = None
    allowed: Allowed = field(default_factory=Allowed)
    nonce: str | int | None = None
    enforce_nonce: bool = False
    tts: bool = False
    reference: JsonObject | None = None
    attachments: list[JsonObject] | None = None
    uploads: tuple[Upload, ...] = ()
    stated: frozenset[str] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it to show."""
        content = (self.content or "").strip()
        return not (content or self.embeds or self.components or self.uploads)

    @property
    def modern(self) -> bool:
        """Whether it is made of components only."""
        return bool((self.flags or 0) & MessageFlag.COMPONENTS_V2)


def read_draft(
    body: JsonObject,
    uploads: tuple[Upload, ...] = (),
    prefix: tuple[str | int, ...] = (),
    flags_now: int = 0,
) -> Draft:
    """Check a body and return what it says.

    `flags_now` are the flags of the message that is edited: one made of components stays so.
    Raises ApiError 50035 with every error found.
    """
    errors = FormErrors(prefix)
    draft = Draft(uploads=uploads, stated=frozenset(body))
    draft.flags = _number(body, "flags", errors)
    draft.content = _content(body, errors)
    draft.embeds = _embeds(body, errors)
    draft.nonce, draft.enforce_nonce = _nonce(body, errors)
    draft.allowed = _allowed(body, errors)
    draft.tts = bool(body.get("tts"))
    draft.reference = body.get("message_reference")
    draft.attachments = _attachments(body, uploads, errors)
    modern = bool(((draft.flags or 0) | flags_now) & MessageFlag.COMPONENTS_V2)
    if body.get("components") is not None:
        draft.components = check_components(
            body["components"], errors, ("components",), modern=modern
        )
    elif "components" in body:
        draft.components = []
    if modern:
        _check_only_components(draft, errors)
    errors.settle()
    return draft


def _content(body: JsonObject, errors: FormErrors) -> str | None:
    """Characters are counted as code points, before the blank ends are taken off."""
    if "content" not in body:
        return None
    content = body["content"]
    if content is None:
        return ""
    content = str(content)
    if len(content) > CONTENT:
        errors.too_long(("content",), CONTENT if len(content) <= CONTENT_EVER else CONTENT_EVER)
    return content.strip()


def _number(body: JsonObject, name: str, errors: FormErrors) -> int | None:
    value = body.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    errors.add((name,), "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
    return None


def _nonce(body: JsonObject, errors: FormErrors) -> tuple[str | int | None, bool]:
    nonce = body.get("nonce")
    if nonce is None:
        return None, False
    if isinstance(nonce, bool) or not isinstance(nonce, str | int):
        errors.add(("nonce",), "BASE_TYPE_CHOICES", "Value must be a string or an integer.")
    elif len(str(nonce)) > NONCE:
        errors.too_long(("nonce",), NONCE)
    return nonce, bool(body.get("enforce_nonce"))


def _embeds(body: JsonObject, errors: FormErrors) -> list[JsonObject] | None:
    if "embeds" not in body:
        return None
    embeds = body["embeds"] or []
    if not isinstance(embeds, list) or not all(isinstance(each, dict) for each in embeds):
        errors.add(("embeds",), "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        return None
    if len(embeds) > EMBEDS:
        errors.too_long(("embeds",), EMBEDS)
    total = sum(_check_embed(embed, index, errors) for index, embed in enumerate(embeds))
    if total > EMBED_TOTAL:
        message = f"Embed size exceeds maximum size of {EMBED_TOTAL}"
        errors.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", message)
    return [{**embed, "type": "rich"} for embed in embeds if embed]


def _check_embed(embed: JsonObject, index: int, errors: FormErrors) -> int:
    """Return how many characters count for the common limit of all embeds."""
    total = 0
    for path, limit in _EMBED_TEXTS:
        text = _dig(embed, path)
        total += len(text)
        if len(text) > limit:
            errors.too_long(("embeds", index, *path), limit)
    fields = embed.get("fields") or []
    if len(fields) > FIELDS:
        errors.too_long(("embeds", index, "fields"), FIELDS)
    for number, each in enumerate(fields):
        for name, limit in _FIELD_TEXTS:
            place = ("embeds", index, "fields", number, name)
            text = each.get(name)
            if not text:
                errors.required(place)
                continue
            total += len(text)
            if len(text) > limit:
                errors.too_long(place, limit)
    return total


def _dig(embed: JsonObject, path: tuple[str, ...]) -> str:
    node: Any = embed
    for step in path:
        node = (node or {}).get(step)
    return node or ""


def _allowed(body: JsonObject, errors: FormErrors) -> Allowed:
    raw = body.get("allowed_mentions")
    if raw is None:
        return Allowed()
    parse = frozenset(raw.get("parse") or ())
    if not parse <= _PARSE:
        errors.choices(("allowed_mentions", "parse"), sorted(_PARSE))
    named: dict[str, frozenset[int]] = {}
    for kind in ("users", "roles"):
        ids = raw.get(kind) or ()
        named[kind] = frozenset(int(each) for each in ids)
        if len(ids) > MENTION_IDS:
            errors.too_long(("allowed_mentions", kind), MENTION_IDS)
        if ids and kind in parse:
            errors.add(
                ("allowed_mentions",),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.',
            )
    replied = bool(raw.get("replied_user"))
    return Allowed(parse, named["users"], named["roles"], replied)


def _attachments(
    body: JsonObject, uploads: tuple[Upload, ...], errors: FormErrors
) -> list[JsonObject] | None:
    attachments = body.get("attachments")
    if attachments is None:
        if len(uploads) > ATTACHMENTS:
            errors.too_long(("attachments",), ATTACHMENTS)
        return None
    if len(attachments) > ATTACHMENTS:
        errors.too_long(("attachments",), ATTACHMENTS)
    return list(attachments)


def _check_only_components(draft: Draft, errors: FormErrors) -> None:
    """Docs: Message > Create Message, the note on IS_COMPONENTS_V2."""
    for name in ("content", "embeds"):
        if getattr(draft, name):
            errors.add(
                (name,),
                "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
            )


def require_words(draft: Draft) -> None:
    """Raises ApiError 50006 for a message with nothing in it."""
    if draft.empty:
        raise ApiError(Refusal.EMPTY_MESSAGE)
