"""The vocabulary of journeys: what a person can do in a chat, and what they see there."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest

from cc_connect.testing.scripted_agent import script

PATIENCE = 20.0
"""Seconds for which a journey waits; a busy machine is slow, not wrong."""

ALICE, BOB, DORA = "alice", "bob", "dora"
"""An admin, somebody who is let in, and another admin; on the page tabs of the same person."""

in_browser = pytest.mark.parametrize(
    "chat",
    ["discord", "page", pytest.param("browser", marks=pytest.mark.browser)],
    indirect=True,
)
"""For journeys that hang on what the page draws: they are played in a real browser as well."""

T = TypeVar("T")
Step = Mapping[str, Any]
_MARKS = re.compile(r"\\(?=[^\w\s])|\*\*|`{3,}\w*\n|`+|^> |^#+ |\|\|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of the program as it stands now.

    Attributes:
        key: Which message it is, whatever it says by now.
        text: Its words, without marks of formatting, each white space one blank.
        offers: What can be pressed, chosen or filled in, by its label.
        files: Names of the files on it.
        live: It shows work in progress.
    """

    key: str
    text: str
    offers: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    live: bool = False


def plain(text: str) -> str:
    """Words as a person reads them, whatever the chat marks them with."""
    return " ".join(_MARKS.sub("", text).split())


class Chat(ABC):
    """One conversation as a person has it in front of them.

    Attributes:
        body: `discord` or `page`.
        name: How the program calls the person.
    """

    body: str
    name: str

    # --- what a person does: given by the body ------------------------------------------------

    @abstractmethod
    async def write(
        self, text: str, *, by: str, reply_to: Seen | None, files: Mapping[str, bytes]
    ) -> str:
        """Send a message; returns which one it is."""

    @abstractmethod
    async def press(self, message: Seen, label: str, *, by: str = ALICE) -> None:
        """Press a button."""

    @abstractmethod
    async def press_anyway(self, message: Seen, label: str) -> None:
        """Press a button of a message as it once was: a chat may show it late."""

    @abstractmethod
    async def choose(self, message: Seen, *labels: str, by: str = ALICE) -> None:
        """Choose in a menu."""

    @abstractmethod
    async def fill(self, message: Seen, label: str, text: str, *, by: str = ALICE) -> None:
        """Open the form behind this label and send it with these words."""

    @abstractmethod
    async def download(self, message: Seen, name: str) -> bytes:
        """A file on a message."""

    # --- what a person sees -------------------------------------------------------------------

    @abstractmethod
    def messages(self, by: str = ALICE) -> list[Seen]:
        """What the program has said in front of this person, oldest first."""

    @abstractmethod
    async def until(self, look: Callable[[], T | None]) -> T:
        """Wait until `look` finds something in this chat. Raises TimeoutError."""

    # --- the same everywhere ------------------------------------------------------------------

    async def say(
        self,
        text: str,
        *steps: Step,
        by: str = ALICE,
        reply_to: Seen | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> str:
        """Write, perhaps with a script for the agent."""
        words = script(*steps, say=text) if steps else text
        return await self.write(words, by=by, reply_to=reply_to, files=files or {})

    async def _found(self, look: Callable[[], T | None], wanted: str, by: str) -> T:
        try:
            return await self.until(look)
        except TimeoutError:
            told = "\n".join(f"  {one}" for one in self.messages(by))
            raise AssertionError(f"{wanted} is not seen on {self.body}:\n{told}") from None

    async def sees(
        self,
        *words: str,
        offering: str | None = None,
        count: int = 1,
        live: bool = False,
        by: str = ALICE,
    ) -> Seen:
        """Wait until so many messages say all this (and offer that); returns the last of them.

        Messages that show work in progress count only with `live`.
        """

        def look() -> Seen | None:
            found = [
                one
                for one in self.messages(by)
                if all(word in one.text for word in words)
                and (offering is None or offering in one.offers)
                and one.live == live
            ]
            return found[count - 1] if len(found) >= count else None

        wanted = f"{words!r}" + (f" offering {offering!r}" if offering else "")
        return await self._found(look, f"{wanted} x{count}", by)

    async def sees_one_of(self, *texts: str, by: str = ALICE) -> Seen:
        """Wait until a message says one of these."""

        def look() -> Seen | None:
            fit = (one for one in self.messages(by) if any(text in one.text for text in texts))
            return next(fit, None)

        return await self._found(look, f"one of {texts!r}", by)

    async def shows(
        self, message: Seen, *words: str, offering: str | None = None, by: str = ALICE
    ) -> Seen:
        """Wait until this very message says all this; without `offering` it offers nothing."""

        def look() -> Seen | None:
            now = self.now(message, by)
            if now is None or any(word not in now.text for word in words):
                return None
            fits = offering in now.offers if offering is not None else not now.offers
            return now if fits else None

        return await self._found(look, f"{words!r} in the message {message.key}", by)

    async def over(self, message: Seen) -> None:
        """Wait until a message that shows work shows it no more, or is gone."""

        def look() -> bool | None:
            now = self.now(message)
            return (now is None or not now.offers) or None

        await self._found(look, f"the end of {message.text!r}", ALICE)

    def now(self, message: Seen, by: str = ALICE) -> Seen | None:
        """The message as it is now; None when it is gone."""
        return next((one for one in self.messages(by) if one.key == message.key), None)

    def sees_none(self, *words: str, by: str = ALICE) -> None:
        """There is no message that says all this; ask when what comes after it is there."""
        for one in self.messages(by):
            assert not all(word in one.text for word in words), f"{one} on {self.body}"

    def count(self, text: str, by: str = ALICE) -> int:
        """How many messages say this."""
        return sum(text in one.text for one in self.messages(by) if not one.live)

    def order_of(self, *texts: str) -> list[str]:
        """These texts in the order in which messages say them."""
        spoken = [one.text for one in self.messages() if not one.live]
        return [word for said in spoken for word in texts if word in said]

    async def idle(self) -> None:
        """Ask until nothing runs any more."""
        await self.until_status("Nothing is running")

    async def until_status(self, wanted: str) -> Seen:
        """Ask for /status until it says this."""
        for _ in range(40):
            asked = self.count("Status")
            await self.say("/status")
            answer = await self.sees("Status", count=asked + 1)
            if wanted in answer.text:
                return answer
        raise AssertionError(f"/status never says {wanted!r}")
