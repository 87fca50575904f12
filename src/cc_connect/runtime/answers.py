"""Answers to what the agent asks: pressed, filled in, typed or replied."""

from collections.abc import Mapping

from cc_connect.contract.agent import Answered, Decision, QuestionAsked
from cc_connect.contract.platform import Support
from cc_connect.core.actions import AnswerRequest
from cc_connect.core.answering import (
    Answers,
    complete,
    gathered,
    numbered,
    pressed,
    submitted,
    typed_answers,
    worded,
)
from cc_connect.core.compose.ask import asking
from cc_connect.core.texts import say
from cc_connect.core.turn.mail import Decided
from cc_connect.core.turn.state import Request
from cc_connect.core.words import meaning
from cc_connect.runtime.actor import Actor
from cc_connect.runtime.counter import Counter
from cc_connect.runtime.desk import may_answer
from cc_connect.runtime.directory import Directory
from cc_connect.runtime.visit import Visit

MOST_DRAFTS = 100


class Answering:
    """Turns what people do with a prompt into a decision of the conversation that asked."""

    def __init__(self, counter: Counter, directory: Directory) -> None:
        self._counter = counter
        self._directory = directory
        self._drafts: dict[str, Answers] = {}

    # --- buttons and forms --------------------------------------------------------------------

    async def pressed(self, visit: Visit, action: AnswerRequest, values: tuple[str, ...]) -> None:
        """A button or a menu of a prompt."""
        found = await self._open(visit, action.request)
        if found is None:
            return
        actor, request = found
        if isinstance(request.asked, QuestionAsked):
            await self._question(visit, actor, request, action, values=values)
            return
        decision = pressed(request.asked, action)
        if decision is None:
            await self._counter.done(visit, say(visit.language, "not_open"), private=True)
            return
        await self._decide(visit, actor, request, decision)

    async def submitted(
        self, visit: Visit, action: AnswerRequest, filled: Mapping[str, str]
    ) -> None:
        """A form of a prompt."""
        found = await self._open(visit, action.request)
        if found is None:
            return
        actor, request = found
        if isinstance(request.asked, QuestionAsked):
            text = filled.get("answer", "")
            await self._question(visit, actor, request, action, text=text)
            return
        decision = submitted(request.asked, filled)
        if decision is None:
            await self._counter.done(visit, say(visit.language, "not_open"), private=True)
            return
        await self._decide(visit, actor, request, decision)

    async def _open(self, visit: Visit, request_id: str) -> tuple[Actor, Request] | None:
        """The open request a button is about, if this person may answer it."""
        actor = self._directory.holding(request_id)
        if actor is None or actor.settings.address.platform != visit.inbound.address.platform:
            await self._counter.done(visit, say(visit.language, "not_open"), private=True)
            return None
        request = next(r for r in actor.state.unanswered if r.id == request_id)
        if not await self._allowed(visit, request):
            return None
        return actor, request

    async def _allowed(self, visit: Visit, request: Request) -> bool:
        project = visit.actor.settings.project
        if may_answer(request, visit.inbound.sender, visit.role, project):
            return True
        who = request.requester.name if request.requester else "?"
        await self._counter.done(visit, say(visit.language, "not_yours", who=who), private=True)
        return False

    async def _question(
        self,
        visit: Visit,
        actor: Actor,
        request: Request,
        action: AnswerRequest,
        *,
        values: tuple[str, ...] = (),
        text: str = "",
    ) -> None:
        asked = request.asked
        if not isinstance(asked, QuestionAsked):
            return
        draft = self._drafts.get(request.id, {})
        if action.choice != "submit":
            draft = gathered(asked, action, values, text, draft)
            self._remember(request.id, draft)
        decision = complete(asked, draft)
        if decision is not None and (action.choice == "submit" or len(asked.questions) == 1):
            await self._decide(visit, actor, request, decision)
        elif action.choice == "submit":
            left = len(asked.questions) - len(draft)
            await self._counter.done(visit, say(visit.language, "unanswered", count=left))
        else:
            content = asking(request, actor.settings.language, draft)
            await self._counter.redraw(actor, f"request:{request.id}", content)
            await self._counter.done(visit)

    def _remember(self, request: str, draft: Answers) -> None:
        self._drafts[request] = draft
        while len(self._drafts) > MOST_DRAFTS:
            del self._drafts[next(iter(self._drafts))]

    async def _decide(
        self, visit: Visit, actor: Actor, request: Request, decision: Decision
    ) -> None:
        self._drafts.pop(request.id, None)
        actor.tell(Decided(request.id, decision, visit.inbound.sender))
        await self._counter.done(visit)

    # --- words --------------------------------------------------------------------------------

    async def said(self, visit: Visit, text: str) -> bool:
        """Take words as an answer if they are one; False when they are a prompt."""
        pending = visit.actor.state.unanswered
        if not pending:
            return False
        replied = await self._replied(visit, pending)
        if replied is not None:
            return await self._reply(visit, replied, text)
        word = meaning(text)
        if word is not None:
            return await self._word(visit, pending, text)
        if visit.actor.settings.can.buttons is Support.NONE and len(pending) == 1:
            decision = numbered(pending[0].asked, text.strip())
            if decision is not None and await self._allowed(visit, pending[0]):
                await self._decide(visit, visit.actor, pending[0], decision)
            return decision is not None
        return False

    async def _replied(self, visit: Visit, pending: tuple[Request, ...]) -> Request | None:
        """The request whose prompt the message replies to."""
        if visit.inbound.reply_to is None:
            return None
        for request in pending:
            receipt = await self._counter.store.receipt(f"request:{request.id}")
            if receipt == visit.inbound.reply_to:
                return request
        return None

    async def _reply(self, visit: Visit, request: Request, text: str) -> bool:
        asked = request.asked
        decision: Decision | None
        if isinstance(asked, QuestionAsked):
            decision = Answered(typed_answers(asked, text)) if text.strip() else None
        else:
            word = meaning(text)
            decision = worded(asked, word) if word else numbered(asked, text.strip())
        if decision is None:
            return False
        if await self._allowed(visit, request):
            await self._decide(visit, visit.actor, request, decision)
        return True

    async def _word(self, visit: Visit, pending: tuple[Request, ...], text: str) -> bool:
        word = meaning(text)
        open_to_words = [r for r in pending if not isinstance(r.asked, QuestionAsked)]
        if word is None or not open_to_words:
            return False
        if len(open_to_words) > 1:
            numbers = ", ".join(str(request.number) for request in open_to_words)
            await self._counter.done(visit, say(visit.language, "several_open", numbers=numbers))
            return True
        request = open_to_words[0]
        decision = worded(request.asked, word)
        if decision is None:
            return False
        if await self._allowed(visit, request):
            await self._decide(visit, visit.actor, request, decision)
        return True
