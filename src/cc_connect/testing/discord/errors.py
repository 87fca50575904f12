"""Refusals of the REST API in Discord's shape.

Docs: Reference > Error Messages (the nested `errors` of code 50035) and Opcodes and Status Codes >
JSON Error Codes. The documentation lists the codes without their HTTP status; the statuses here are
those bots report from the wild. The inner codes of form errors (`BASE_TYPE_MAX_LENGTH`...) are not
documented either: the ones here are well known, and a client should read only `code` and `message`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum

from cc_connect.testing.discord.model import JsonObject


class Refusal(Enum):
    """Every refusal the twin knows: JSON code, HTTP status, message."""

    UNAUTHORIZED = (0, 401, "401: Unauthorized")
    NOT_FOUND = (0, 404, "404: Not Found")
    UNKNOWN_APPLICATION = (10002, 404, "Unknown Application")
    UNKNOWN_CHANNEL = (10003, 404, "Unknown Channel")
    UNKNOWN_GUILD = (10004, 404, "Unknown Guild")
    UNKNOWN_MEMBER = (10007, 404, "Unknown Member")
    UNKNOWN_MESSAGE = (10008, 404, "Unknown Message")
    UNKNOWN_USER = (10013, 404, "Unknown User")
    UNKNOWN_EMOJI = (10014, 400, "Unknown Emoji")
    UNKNOWN_WEBHOOK = (10015, 404, "Unknown Webhook")
    UNKNOWN_INTERACTION = (10062, 404, "Unknown interaction")
    UNKNOWN_COMMAND = (10063, 404, "Unknown application command")
    NOT_YOUR_APPLICATION = (
        20012,
        403,
        "You are not authorized to perform this action on this application",
    )
    TOO_MANY_REACTIONS = (30010, 400, "Maximum number of reactions reached (20)")
    TOO_MANY_COMMANDS = (30032, 400, "Maximum number of application commands reached (100).")
    TOO_MANY_OLD_EDITS = (
        30046,
        429,
        "Maximum number of edits to messages older than 1 hour reached. Try again later.",
    )
    TOO_LARGE = (40005, 413, "Request entity too large")
    ALREADY_ACKNOWLEDGED = (40060, 400, "Interaction has already been acknowledged.")
    MISSING_ACCESS = (50001, 403, "Missing Access")
    NOT_YOUR_MESSAGE = (50005, 403, "Cannot edit a message authored by another user")
    EMPTY_MESSAGE = (50006, 400, "Cannot send an empty message")
    CANNOT_MESSAGE_USER = (50007, 403, "Cannot send messages to this user")
    NOT_A_TEXT_CHANNEL = (50008, 400, "Cannot send messages in a non-text channel")
    MISSING_PERMISSIONS = (50013, 403, "Missing Permissions")
    BAD_DELETE_COUNT = (
        50016,
        400,
        "Provided too few or too many messages to delete. Must provide 2 to 100 of them.",
    )
    SYSTEM_MESSAGE = (50021, 403, "Cannot execute action on a system message")
    WRONG_CHANNEL_TYPE = (50024, 400, "Cannot execute action on this channel type")
    INVALID_WEBHOOK_TOKEN = (50027, 401, "Invalid Webhook Token")
    INVALID_RECIPIENT = (50033, 400, "Invalid Recipient(s)")
    MESSAGE_TOO_OLD = (50034, 400, "You can only bulk delete messages that are under 14 days old.")
    INVALID_FORM = (50035, 400, "Invalid Form Body")
    THREAD_ARCHIVED = (50083, 400, "Thread is archived")
    INVALID_JSON = (50109, 400, "The request body contains invalid JSON.")
    NO_HISTORY_TO_REPLY = (160002, 403, "Cannot reply without permission to read message history")
    THREAD_EXISTS = (160004, 400, "A thread has already been created for this message")
    THREAD_LOCKED = (160005, 403, "Thread is locked")

    @property
    def code(self) -> int:
        """The JSON error code."""
        return self.value[0]

    @property
    def status(self) -> int:
        """The HTTP status it comes with."""
        return self.value[1]

    @property
    def message(self) -> str:
        """The sentence for people."""
        return self.value[2]


class ApiError(Exception):
    """A request is refused. The server turns it into the answer; a person's act lets it out."""

    def __init__(self, refusal: Refusal, errors: JsonObject | None = None) -> None:
        super().__init__(f"{refusal.status} {refusal.code}: {refusal.message}")
        self.refusal = refusal
        self.errors = errors

    @property
    def body(self) -> JsonObject:
        """The JSON of the answer."""
        body: JsonObject = {"message": self.refusal.message, "code": self.refusal.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


@dataclass(slots=True)
class FormErrors:
    """Collects what is wrong with a body, each with its place; all of it is told at once.

    `prefix` is where the body sits in the request; `form` says that it describes a form.
    """

    prefix: tuple[str | int, ...] = ()
    form: bool = False
    tree: JsonObject = field(default_factory=dict)

    def add(self, path: tuple[str | int, ...], code: str, message: str) -> None:
        """Note one error at a place such as `("embeds", 0, "title")`."""
        node = self.tree
        for step in (*self.prefix, *path):
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def too_long(self, path: tuple[str | int, ...], limit: int) -> None:
        """Note that a text or a list is over its limit."""
        self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")

    def bad_length(self, path: tuple[str | int, ...], least: int, most: int) -> None:
        """Note that a text or a list is outside its range."""
        self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def required(self, path: tuple[str | int, ...]) -> None:
        """Note that a field is missing."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def choices(self, path: tuple[str | int, ...], allowed: Iterable[object]) -> None:
        """Note that a value is none of the allowed ones."""
        listed = ", ".join(str(each) for each in allowed)
        self.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {{{listed}}}.")

    def settle(self) -> None:
        """Raise all noted errors as one refusal 50035; nothing happens when there are none."""
        if self.tree:
            raise ApiError(Refusal.INVALID_FORM, self.tree)


def form_error(path: tuple[str | int, ...], code: str, message: str) -> ApiError:
    """A refusal 50035 for one field."""
    errors = FormErrors()
    errors.add(path, code, message)
    return ApiError(Refusal.INVALID_FORM, errors.tree)
