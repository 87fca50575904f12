"""Random walks over `step`: a model of an agent session on one side, people on the other."""

import random
from collections import Counter
from dataclasses import dataclass, field

from cc_connect.contract.agent import (
    AgentEvent,
    Allowed,
    Answered,
    Choice,
    Compacted,
    Decision,
    Denied,
    Failure,
    Fate,
    FileOffered,
    GrantScope,
    LimitHit,
    ModeChanged,
    Opened,
    Outcome,
    PermissionAsked,
    PlanApproved,
    PlanProposed,
    PlanUpdated,
    Question,
    QuestionAsked,
    RequestWithdrawn,
    Retrying,
    SessionLost,
    SessionSpec,
    Spoke,
    Suggestion,
    Thought,
    ToolFinished,
    ToolStarted,
    Trace,
    TurnEnded,
    Unknown,
    UsageSeen,
)
from cc_connect.contract.ids import Address, ConversationKey
from cc_connect.contract.inbound import Person
from cc_connect.core.turn.effects import (
    Answer,
    Ask,
    Begin,
    Close,
    Conclude,
    Effect,
    Fact,
    Interrupt,
    Keep,
    Notice,
    Open,
    Settle,
    Steer,
    Submit,
)
from cc_connect.core.turn.mail import (
    Clock,
    Decided,
    Edited,
    FromAgent,
    Granted,
    Hastened,
    Mail,
    OnRestart,
    Overdue,
    Respec,
    Restarted,
    Stop,
    Told,
    Withdrawn,
)
from cc_connect.core.turn.state import Busy, Conversation, Grant, Item, restore, save
from cc_connect.core.turn.step import step

KEY = ConversationKey("demo", Address("web", "one"))
ALICE = Person("alice", "Alice")


def start(limit: int = 3) -> Conversation:
    return Conversation(
        key=KEY, tag="tag", spec=SessionSpec(cwd="/p", session="s0"), session="s0", limit=limit
    )


def item(number: int, text: str = "do it") -> Item:
    return Item(id=f"i{number}", inbox=number, message=f"m{number}", author=ALICE, text=text)


@dataclass
class World:
    """Holds a conversation, checks every invariant after each step, counts what it saw."""

    rng: random.Random
    state: Conversation = field(default_factory=start)
    told: int = 0
    mails: Counter[str] = field(default_factory=Counter)
    running: set[str] = field(default_factory=set)
    concluded: Counter[str] = field(default_factory=Counter)
    begun: Counter[str] = field(default_factory=Counter)
    dropped: set[str] = field(default_factory=set)
    open_epoch: int | None = None
    asked: dict[str, tuple[int, str]] = field(default_factory=dict)
    settled: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)

    def send(self, mail: Mail) -> tuple[Effect, ...]:
        before = self.state
        self.mails[type(mail).__name__] += 1
        stale = isinstance(mail, FromAgent) and (
            mail.epoch != before.epoch or self.open_epoch is None
        )
        after, effects = step(before, mail)
        if stale:
            assert after is before
            assert effects == ()
        if isinstance(mail, FromAgent) and isinstance(mail.event, SessionLost) and not stale:
            self.open_epoch = None
        for effect in effects:
            self._check(effect, mail)
        self.state = after
        self._check_state()
        return effects

    def _check(self, effect: Effect, mail: Mail) -> None:
        again = isinstance(effect, Ask) and effect.again
        self.kinds["Ask again" if again else type(effect).__name__] += 1
        match effect:
            case Begin(turn):
                self.begun[turn.id] += 1
                assert not self.running, "a second turn while one runs"
                self.running.add(turn.id)
            case Conclude(turn=turn):
                assert turn.id in self.running, "concluded without a beginning"
                self.running.discard(turn.id)
                self.concluded[turn.id] += 1
            case Open(epoch):
                assert self.open_epoch is None, "a session opened over a live one"
                self.open_epoch = epoch
            case Close(epoch):
                assert self.open_epoch == epoch
                self.open_epoch = None
            case Submit(epoch) | Steer(epoch) | Interrupt(epoch):
                assert self.open_epoch == epoch
            case Answer(epoch, request):
                assert self.open_epoch == epoch
                if isinstance(mail, Decided):
                    assert self.asked[mail.request] == (epoch, request), "answered another request"
            case Keep(request):
                assert request.id in self.asked, "an answer to what was never asked is kept"
                assert not self.settled[request.id], "an answer to what is settled is kept"
            case Ask(request, again):
                assert again == (request.id in self.asked), "asked twice, or again without a first"
                self.asked[request.id] = (self.state.epoch, request.asked.request)
            case Settle(request):
                self.settled[request.id] += 1
                assert self.settled[request.id] == 1, "a request settled twice"
            case Notice(fact, about):
                if fact in {Fact.QUEUE_FULL, Fact.WITHDRAWN, Fact.STEERED}:
                    self.dropped.add(about.id)
            case _:
                pass

    def _check_state(self) -> None:
        c = self.state
        assert len(c.queue) <= c.limit, "the queue has no bound"
        assert c.live == (self.open_epoch is not None)
        assert ({c.turn.id} if c.turn else set()) == self.running
        assert all(count == 1 for count in self.begun.values())
        assert all(count == 1 for count in self.concluded.values())
        waiting = {queued.id for queued in c.queue}
        for number in range(1, self.told + 1):
            name = f"i{number}"
            places = (
                (name in waiting)
                + (name in self.running)
                + (name in self.dropped)
                + self.concluded[name]
            )
            assert places == 1, f"{name} is in {places} places"
        assert c.held <= (c.turn is None)
        assert c.turn is not None or not c.orphans, "a request outlives its turn"
        for request in c.unanswered:
            assert not self.settled[request.id], "what is settled can be answered"
        assert c.held or c.turn is not None or not c.queue, "work waits and nothing runs"
        if not c.live:
            assert not c.pending, "a request is open and nobody waits for the answer"

    def crash(self) -> None:
        """The program is killed: only what `save` keeps comes back."""
        self.open_epoch = None
        self.state = restore(KEY, save(self.state), self.state.limit)


def random_mail(world: World) -> Mail:
    rng, c = world.rng, world.state
    kind = rng.choices(
        [
            "told",
            "edited",
            "withdrawn",
            "hastened",
            "decided",
            "agent",
            "stop",
            "respec",
            "granted",
            "overdue",
        ],
        [16, 4, 4, 5, 8, 50, 4, 4, 3, 6],
    )[0]
    some = rng.choice([queued.id for queued in c.queue] or ["none"])
    match kind:
        case "told":
            world.told += 1
            return Told(item(world.told), rng.choice(list(Busy)))
        case "edited":
            return Edited(some.replace("i", "m"), "another text")
        case "withdrawn":
            return Withdrawn(*rng.choice([(some.replace("i", "m"), ""), ("", some)]))
        case "hastened":
            return Hastened(some, rng.choice(list(Busy)))
        case "decided":
            return Decided(_some_request(rng, c), _decision(rng), ALICE)
        case "agent":
            return FromAgent(c.epoch - (rng.random() < 0.08), random_event(rng, c))
        case "stop":
            return Stop(ALICE)
        case "respec":
            return Respec(
                SessionSpec(cwd="/q", session="s1"),
                rng.choice([None, "s0", "s1"]),
                rng.random() < 0.5,
            )
        case "granted":
            grants = (Grant("Bash"), Grant("Bash", "Bash(ls *)"))
            return Granted(*rng.choice([(grants, ()), (grants[:1], grants[1:]), ((), grants)]))
        case _:
            return _random_overdue(rng, c)


def _some_request(rng: random.Random, c: Conversation) -> str:
    return rng.choice([r.id for r in c.unanswered] or ["tag-0"])


def _decision(rng: random.Random) -> Decision:
    decisions: list[Decision] = [
        Allowed(),
        Allowed(GrantScope.SESSION),
        Allowed(GrantScope.SESSION, Suggestion("Bash(ls *)", "{}")),
        Denied("no"),
        Answered({"Which?": ("Red",)}),
        PlanApproved(),
    ]
    return rng.choice(decisions)


def _random_overdue(rng: random.Random, c: Conversation) -> Overdue:
    clock = rng.choice(list(Clock))
    turn = c.turn.id if c.turn else "none"
    subject = {Clock.REQUEST: _some_request(rng, c), Clock.SESSION: str(c.epoch)}
    return Overdue(clock, rng.choice([subject.get(clock, turn), "other"]))


def random_event(rng: random.Random, c: Conversation) -> AgentEvent:
    prompt = c.turn.prompt if c.turn else "gone"
    turn = rng.choice([prompt, prompt, prompt, None, "stale"])
    request = rng.choice(["r1", "r2", "r3"])
    failure = rng.choice([None, *Failure])
    events: list[AgentEvent] = [
        Opened(rng.choice(["a1", "a2"])),
        Spoke(turn, "word ", begins=rng.random() < 0.3),
        Thought(turn, "hm"),
        ToolStarted(turn, "t1", "Bash", parent=rng.choice([None, "t0"])),
        ToolFinished(turn, "t1", "out"),
        PlanUpdated(turn, ()),
        PermissionAsked(turn, request, "Bash", suggestions=(Suggestion("Bash(ls *)", "{}"),)),
        QuestionAsked(turn, request, (Question("Which?", choices=(Choice("Red"),)),)),
        PlanProposed(turn, request, "the plan"),
        FileOffered(turn, "f1", "/p/file"),
        RequestWithdrawn(turn, request),
        UsageSeen(turn, "m", 1, 2),
        LimitHit(turn, "five_hour", rejected=False),
        Retrying(turn, 1, 2, 0.5, "overloaded"),
        Compacted(turn),
        ModeChanged("plan"),
        TurnEnded(turn, rng.choice(list(Outcome)), "text", failure),
        TurnEnded(turn, Outcome.DONE, "text"),
        SessionLost(failure, "bye"),
        Unknown(turn, "new"),
    ]
    weights = [3, 6, 2, 4, 3, 1, 8, 3, 3, 2, 3, 1, 1, 1, 1, 1, 3, 5, 2, 1]
    return rng.choices(events, weights)[0]


def restarted(rng: random.Random) -> Restarted:
    trace = rng.choice([None, *(Trace(fate, "found") for fate in Fate)])
    policy = rng.choice([OnRestart.RESUME, OnRestart.RESUME, OnRestart.NOTIFY])
    return Restarted(trace, policy, f"fresh{rng.random()}", "go on")
