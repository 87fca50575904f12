"""Forms behind buttons: what a press opens, over restarts too.

A button carries its action, which leaves no room for titles and fields. Those are kept in memory
and in the adapter's durable state, in a fixed number of slots chosen by the action, so that the
state cannot grow; two forms in one slot are told apart by the action written with each.
"""

import hashlib
import json

from cc_connect.contract.content import Field, Form
from cc_connect.contract.platform import PlatformHost

SLOTS = 4096
MOST_IN_MEMORY = 500
LOST = "This form is no longer known here. Reply to the message with your answer instead."


class Forms:
    """Remembers forms by their action."""

    def __init__(self, host: PlatformHost) -> None:
        self._host = host
        self._known: dict[str, Form] = {}

    async def keep(self, form: Form) -> None:
        """Know a form from now on. Raises what the host raises."""
        if self._known.get(form.action) == form:
            return
        await self._host.save(_slot(form.action), _write(form))
        self._remember(form)

    async def find(self, action: str) -> Form | None:
        """The form of an action; None when it was never here or its slot has another tenant."""
        known = self._known.get(action)
        if known is not None:
            return known
        written = await self._host.load(_slot(action))
        form = _read(written) if written else None
        if form is None or form.action != action:
            return None
        self._remember(form)
        return form

    def _remember(self, form: Form) -> None:
        self._known[form.action] = form
        while len(self._known) > MOST_IN_MEMORY:
            del self._known[next(iter(self._known))]


def _slot(action: str) -> str:
    number = int.from_bytes(hashlib.blake2b(action.encode(), digest_size=4).digest())
    return f"form:{number % SLOTS}"


def _write(form: Form) -> str:
    fields = [[each.id, each.label, each.multiline, each.required] for each in form.fields]
    return json.dumps([form.action, form.label, form.title, fields], ensure_ascii=False)


def _read(written: str) -> Form | None:
    try:
        action, label, title, fields = json.loads(written)
        return Form(action, label, title, tuple(Field(*each) for each in fields))
    except (ValueError, TypeError):
        return None
