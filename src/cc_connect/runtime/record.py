"""What of a step is written down: changes of the store, posts included, as one transaction."""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from cc_connect.contract.agent import (
    Outcome,
    PermissionAsked,
    PlanProposed,
    QuestionAsked,
    UsageSeen,
)
from cc_connect.contract.content import Attachment, Content, Text
from cc_connect.contract.inbound import Person
from cc_connect.contract.platform import Amend, Kind, Support
from cc_connect.core.compose.ask import (
    FOLDED,
    UNFOLDED,
    asking,
    long_input,
    outcome_line,
    settled,
)
from cc_connect.core.compose.turn import ending, noticed, silent
from cc_connect.core.degrade import degrade, pieces
from cc_connect.core.display import one_line
from cc_connect.core.texts import say
from cc_connect.core.turn.effects import (
    Answer,
    Ask,
    Begin,
    Bind,
    Close,
    Conclude,
    Effect,
    Fact,
    Hand,
    Interrupt,
    Keep,
    Notice,
    Open,
    Settle,
    Settled,
    Show,
    Steer,
    Submit,
    Unprompted,
)
from cc_connect.core.turn.state import Asked, Conversation, Item, Request, Saved, Turn, save
from cc_connect.runtime.outbox import KEY
from cc_connect.runtime.posts import Origin, kept_text, posts
from cc_connect.runtime.settings import Settings
from cc_connect.runtime.signs import signs
from cc_connect.store.changes import (
    Bound,
    Change,
    ConversationSaved,
    InboxMoved,
    InboxState,
    PostQueued,
    RequestClosed,
    RequestKind,
    RequestOpened,
    SessionOpened,
    SessionTouched,
    TurnClosed,
    TurnOpened,
    TurnTouched,
)
from cc_connect.store.codec import Codec

TITLE = 80
saved_codec: Codec[Saved] = Codec(Saved)


@dataclass(slots=True)
class Recorder:
    """Turns a step of one conversation into changes. Pure but for new ids and the time given."""

    settings: Settings
    now: Callable[[], float]
    sessions: set[str]
    titled: set[str]
    title: str | None = None
    work: Callable[[Conclude], Content] = lambda _: ()
    queued: set[str] = field(default_factory=set)

    def changes(
        self, before: Conversation, after: Conversation, effects: tuple[Effect, ...]
    ) -> list[Change]:
        """What to write; empty when nothing durable happened."""
        if not _durable(before, after) and all(isinstance(e, Show) for e in effects):
            return []
        written: list[Change] = []
        for effect in effects:
            written += self._changes(after, effect, before.session)
        if self.title is None:
            self.title = _first_words(effects)
        state = saved_codec.dumps(save(after))
        row = ConversationSaved(after.key, state, self.now(), self.title)
        marks = signs(self.settings, before, effects, self.now())
        return [row, *self._session(after), *written, *marks]

    def _session(self, c: Conversation) -> Iterator[Change]:
        if c.session not in self.sessions:
            self.sessions.add(c.session)
            agent = self.settings.project.agent_type
            yield SessionOpened(c.session, c.key.text, agent, c.spec.cwd, self.now())

    def _changes(self, c: Conversation, effect: Effect, session: str) -> Iterator[Change]:
        match effect:
            case Begin(turn):
                yield from self._begun(c, turn)
            case Conclude():
                yield from self._concluded(c, effect, session)
            case Ask(request, again):
                yield from self._asked_again(c, request) if again else self._asked(c, request)
            case Keep(request, decision, by):
                yield from self._kept(c, Settle(request, Settled.ANSWERED, by, decision))
            case Settle():
                yield from self._settled(c, effect)
            case Notice():
                yield from self._noticed(c, effect)
            case Bind(agent_session):
                born = agent_session == c.session
                yield Bound(c.session, agent_session, "new" if born else "changed", self.now())
            case Hand(file):
                caption = (Text(file.caption),) if file.caption else ()
                attachment = Attachment(file.path, file.name, size=_size(file.path))
                yield from self._posts(c, (*caption, attachment), f"file:{_new()}", Kind.NOTICE)
            case Unprompted(text):
                kept = silent(text)
                if kept:
                    yield from self._posts(c, (Text(kept),), f"aside:{_new()}", Kind.FINAL)
            case Open() | Close() | Submit() | Steer() | Answer() | Interrupt() | Show():
                return
            case _:
                assert_never(effect)

    # --- turns --------------------------------------------------------------------------------

    def _begun(self, c: Conversation, turn: Turn) -> Iterator[Change]:
        item = turn.item
        for part in item.parts:
            yield from self._unqueued(c, part.id, None)
        yield TurnOpened(
            turn.id, c.key.text, c.session, self.now(), json.dumps(_person(item.author)), item.text
        )
        for row in _rows(item):
            yield InboxMoved(row, "running", turn.id, conversation=c.key.text)

    def _concluded(self, c: Conversation, effect: Conclude, session: str) -> Iterator[Change]:
        """A turn that ends because the session was changed belongs to the one before it."""
        turn = effect.turn
        yield TurnClosed(
            turn.id,
            effect.outcome,
            self.now(),
            answer=effect.text or None,
            failure=effect.failure if effect.outcome is Outcome.FAILED else None,
            detail=effect.detail or None,
            usage=_usage(turn.usage),
            steps=turn.steps,
        )
        for row in _rows(turn.item):
            yield InboxMoved(row, "done")
        # A session is titled by its first turn.
        title = None if session in self.titled else one_line(turn.item.text, TITLE)
        self.titled.add(session)
        yield SessionTouched(session, self.now(), turns=1, title=title)
        settings = self.settings
        folder = _short(c.spec.cwd)
        content = ending(effect, settings.language, settings.display, folder, settings.limits)
        if content is not None:
            work = self.work(effect) if settings.keeps_steps else ()
            yield from self._posts(
                c,
                (*work, *content),
                f"{turn.id}:final",
                Kind.FINAL,
                mention=(turn.item.author.id,),
                reply_to=turn.item.message or None,
                turn=turn,
            )

    def _noticed(self, c: Conversation, notice: Notice) -> Iterator[Change]:
        item = notice.item
        if notice.fact is not Fact.QUEUED:
            yield from self._unqueued(c, item.id, notice.fact)
        state: InboxState | None = None
        match notice.fact:
            case Fact.QUEUED:
                state = "queued"
            case Fact.QUEUE_FULL | Fact.STEERED:
                state = "done"
            case Fact.WITHDRAWN:
                state = "withdrawn"
            case Fact.RESUBMITTED | Fact.RESUMED:
                yield TurnTouched(item.id, resumes=1)
            case Fact.EDITED:
                pass
            case _:
                assert_never(notice.fact)
        if state is not None:
            for row in _rows(item):
                yield InboxMoved(row, state, conversation=c.key.text)
        content = noticed(notice, self.settings.language, asking=bool(c.pending))
        key = f"notice:{_new()}"
        if notice.fact is Fact.QUEUED and item.id not in self.queued:
            self.queued.add(item.id)
            key = f"queued:{item.id}"
        yield from self._posts(c, content, key, Kind.NOTICE, reply_to=item.message or None)

    def _unqueued(self, c: Conversation, item: str, fact: Fact | None) -> Iterator[Change]:
        """The item waits no longer: the buttons of its notice have had their time."""
        if item not in self.queued or fact is Fact.EDITED:
            return
        self.queued.discard(item)
        settings = self.settings
        if settings.can.edit is not Support.NONE:
            text = Text(say(settings.language, "queue_left"))
            amend = Amend(settings.address, f"{KEY}queued:{item}", (text,), Kind.NOTICE)
            yield PostQueued(f"unqueued:{item}", amend, self.now(), c.key.text)

    # --- requests -----------------------------------------------------------------------------

    def _asked(self, c: Conversation, request: Request) -> Iterator[Change]:
        settings = self.settings
        asked = request.asked
        content = self._prompt(request)
        mention = (request.requester.id,) if request.requester else ()
        prompt = self._posts(
            c, content, f"request:{request.id}", Kind.PROMPT, mention=mention, turn=c.turn
        )
        expires = settings.project.timeouts.request
        yield RequestOpened(
            id=request.id,
            conversation=c.key.text,
            turn=c.turn.id if c.turn and asked.turn == c.turn.prompt else None,
            number=request.number,
            agent_request=asked.request,
            kind=_kind(asked),
            at=self.now(),
            tool=asked.tool if isinstance(asked, PermissionAsked) else "",
            title=asked.title if isinstance(asked, PermissionAsked) else "",
            input=_input(asked),
            requester=request.requester.id if request.requester else "",
            expires=self.now() + expires if expires else None,
            post=prompt[-1].key if prompt else None,
        )
        yield from prompt

    def _prompt(self, request: Request) -> Content:
        """A prompt; an input that is too long for it goes along as a file."""
        settings, long = self.settings, long_input(request)
        if long is None or settings.long_texts is None:
            return asking(request, settings.language)
        if settings.can.files is Support.NONE:
            return asking(request, settings.language, shown=UNFOLDED)
        name, text = long
        data = text.encode()
        path = kept_text(settings.long_texts, data, Path(name).suffix)
        first, *rest = asking(request, settings.language, shown=FOLDED)
        note = Text(say(settings.language, "long_input"))
        return (first, note, Attachment(str(path), name, "text/plain", len(data)), *rest)

    def _asked_again(self, c: Conversation, request: Request) -> Iterator[Change]:
        """The prompt of before the restart holds; it is drawn anew where that can be."""
        content = asking(request, self.settings.language)
        if self.settings.can.edit is not Support.NONE:
            yield self._redrawn(c, request, content, f"again:{_new()}")
            return
        mention = (request.requester.id,) if request.requester else ()
        key = f"request:{request.id}:{_new()}"
        yield from self._posts(c, content, key, Kind.PROMPT, mention=mention, turn=c.turn)

    def _kept(self, c: Conversation, answered: Settle) -> Iterator[Change]:
        """Show that an answer is taken, though there is nobody to give it to yet."""
        language, request = self.settings.language, answered.request
        note = Text(say(language, "settled_kept"))
        key = f"kept:{_new()}"
        if self.settings.can.edit is Support.NONE:
            line = Text(outcome_line(answered, language))
            yield from self._posts(c, (line, note), key, Kind.NOTICE)
            return
        yield self._redrawn(c, request, (*settled(answered, language), note), key)

    def _redrawn(self, c: Conversation, request: Request, content: Content, key: str) -> PostQueued:
        settings = self.settings
        last = pieces(degrade(content, settings.can, settings.language), settings.can)[-1]
        amend = Amend(settings.address, f"{KEY}request:{request.id}", last, Kind.PROMPT)
        return PostQueued(key, amend, self.now(), c.key.text)

    def _settled(self, c: Conversation, effect: Settle) -> Iterator[Change]:
        request = effect.request
        answered = effect.how is Settled.ANSWERED
        by = effect.by.id if effect.by else "?"
        line = outcome_line(effect, self.settings.language)
        yield RequestClosed(
            request.id,
            effect.how.value,
            self.now(),
            answer=json.dumps(line, ensure_ascii=False) if answered else None,
            answered_by=by if answered else None,
        )
        key = f"settled:{request.id}"
        if self.settings.can.edit is Support.NONE:
            yield from self._posts(c, (Text(line),), key, Kind.NOTICE)
            return
        yield self._redrawn(c, request, settled(effect, self.settings.language), key)

    def _posts(
        self,
        c: Conversation,
        content: Content,
        key: str,
        kind: Kind,
        *,
        mention: tuple[str, ...] = (),
        reply_to: str | None = None,
        turn: Turn | None = None,
    ) -> tuple[PostQueued, ...]:
        origin = Origin(c.key.text, turn.id if turn else None, reply_to, mention)
        return posts(self.settings, content, key, kind, self.now(), origin)


def _durable(before: Conversation, after: Conversation) -> bool:
    """Whether anything that must outlive the program has changed. Cheap: identities only."""
    if (
        before.spec is not after.spec
        or before.queue is not after.queue
        or before.pending is not after.pending
        or before.orphans is not after.orphans
        or before.granted is not after.granted
        or (before.session, before.epoch, before.held, before.asked, before.born)
        != (after.session, after.epoch, after.held, after.asked, after.born)
    ):
        return True
    old, new = before.turn, after.turn
    if old is None or new is None:
        return old is not new
    return old.item is not new.item or (old.prompt, old.resumes) != (new.prompt, new.resumes)


def _rows(item: Item) -> tuple[int, ...]:
    """The rows of the inbox that an item came in by."""
    return tuple(part.inbox for part in item.parts if part.inbox)


def _first_words(effects: tuple[Effect, ...]) -> str | None:
    """The title of a conversation: what was first asked in it."""
    for effect in effects:
        if isinstance(effect, Begin):
            return one_line(effect.turn.item.text, TITLE)
    return None


def _short(folder: str) -> str:
    """A folder for people, with `~` for the home folder."""
    home = os.path.expanduser("~")  # noqa: PTH111 - a text, not a path
    inside = folder == home or folder.startswith(f"{home}/")
    return f"~{folder[len(home) :]}" if inside and home != "/" else folder


def _kind(asked: Asked) -> RequestKind:
    match asked:
        case PermissionAsked():
            return "permission"
        case QuestionAsked():
            return "question"
        case PlanProposed():
            return "plan"
        case _:
            assert_never(asked)


def _input(asked: Asked) -> str:
    match asked:
        case PermissionAsked():
            value: object = dict(asked.input)
        case QuestionAsked():
            value = [question.text for question in asked.questions]
        case PlanProposed():
            value = asked.plan
        case _:
            assert_never(asked)
    return json.dumps(value, ensure_ascii=False, default=str)


def _usage(usage: UsageSeen | None) -> str | None:
    if usage is None:
        return None
    return json.dumps(
        {
            "model": usage.model,
            "input": usage.input_tokens,
            "output": usage.output_tokens,
            "cost": usage.cost,
            "context": usage.context_used,
            "window": usage.context_window,
        }
    )


def _person(person: Person) -> dict[str, str]:
    return {"id": person.id, "name": person.name}


def _size(path: str) -> int:
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - a size, nothing more
            return file.seek(0, 2)
    except OSError:
        return 0


def _new() -> str:
    return uuid.uuid4().hex
