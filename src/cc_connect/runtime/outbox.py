"""Outbox lanes: what must go out, place by place, in order, until the platform has it.

A lane is one place (`Address.lane`). Stored posts go first, in their order; a live update waits
behind them, and only its latest state is ever sent. A lane that fails delays no other lane.
"""

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import structlog

from cc_connect.contract.content import Attachment, Footer, Text
from cc_connect.contract.errors import (
    DeliveryRejected,
    MessageGone,
    PlatformAuthFailed,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
)
from cc_connect.contract.ids import Address
from cc_connect.contract.platform import (
    Amend,
    Intent,
    Kind,
    Platform,
    Post,
    Receipt,
    Support,
)
from cc_connect.core.degrade import degrade
from cc_connect.core.texts import Language, say
from cc_connect.runtime.figures import Figures
from cc_connect.store.changes import (
    Change,
    PostBuried,
    PostDelayed,
    PostQueued,
    PostReopened,
    PostSent,
    PostTaken,
)
from cc_connect.store.errors import StoreConflict, StoreError
from cc_connect.store.rows import PostRow
from cc_connect.store.store import Store

DELIVERY_TIMEOUT = 30.0
FILE_TIMEOUT = 300.0
FIRST_DELAY = 0.5
LONGEST_DELAY = 60.0
MOST_ATTEMPTS = 200
KEPT_FOR_NOBODY = 7 * 86400.0
"""Seconds a post waits for a platform that is no longer in the configuration."""
SAID_AGAIN = 60.0
"""Seconds in which one place is told only once that the store fails."""
KEY = "key:"
"""An Amend whose `message` starts so means the post with that key, whatever its receipt."""

log = structlog.get_logger(__name__)


class Live(Protocol):
    """Something volatile to show: asked for its latest intent when its lane is free.

    `opening` goes before stored posts: a message about a turn belongs above the turn's answer.
    """

    @property
    def opening(self) -> bool:
        """Whether this is to be shown for the first time."""
        ...

    def take(self) -> Intent | None:
        """The intent to send now; None when there is nothing (any more)."""
        ...

    def sent(self, intent: Intent, receipt: Receipt) -> None:
        """The platform has it."""
        ...

    def failed(self, intent: Intent, error: Exception) -> None:
        """It was not shown. It is not tried again unless `take` offers it again."""
        ...


class Lane:
    """The worker of one place; its task lives only while there is work."""

    def __init__(self, name: str, outbox: "Outbox") -> None:
        self.name = name
        self._outbox = outbox
        self._posts = False
        self._live: dict[int, Live] = {}
        self._given: PostRow | None = None
        self._claimed = False
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """There may be stored posts."""
        self._posts = True
        self._start()

    def claim(self) -> bool:
        """Keep an idle lane for a post that is being written; `begin` must follow."""
        if self._claimed or self._posts or self._live or self._task is not None:
            return False
        self._claimed = True
        return True

    def begin(self, row: PostRow | None, *, more: bool) -> None:
        """What the lane was claimed for is written, or came to nothing; `more` posts follow it."""
        self._claimed = False
        self._given = row
        self._posts = self._posts or more
        if row is not None or self._posts or self._live:
            self._start()
        else:
            self._outbox.forget(self)

    def show(self, live: Live) -> None:
        """There is a live update; asked again before it was taken, it counts once."""
        self._live[id(live)] = live
        self._start()

    @property
    def idle(self) -> bool:
        """Nothing is being done or waiting."""
        return self._task is None

    async def rest(self) -> None:
        """Wait until the worker has nothing to do."""
        if self._task is not None:
            await asyncio.wait({self._task})

    def _start(self) -> None:
        self._wanted.set()
        if self._task is None and not (self._claimed or self._outbox.stopped):
            self._task = asyncio.create_task(self._work(), name=f"lane-{self.name}")
            self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if task.cancelled():
            return
        if task.exception() is not None:
            log.error("lane failed", lane=self.name, exc_info=task.exception())
        if self._posts or self._live:
            self._start()
        elif not self._claimed:
            self._outbox.forget(self)

    async def stop(self) -> None:
        """End the worker; what is stored stays stored."""
        task = self._task
        if task is not None:
            task.cancel()
            await asyncio.wait({task})

    async def _work(self) -> None:
        while True:
            self._wanted.clear()
            opening = next((key for key, live in self._live.items() if live.opening), None)
            if opening is not None:
                await self._present(self._live.pop(opening))
                continue
            given, self._given = self._given, None
            if given is not None:
                self._posts = not await self._deliver(given) or self._posts
                continue
            if self._posts:
                row = await self._next()
                if row is not None:
                    await self._deliver(row)
                    continue
            if not self._live:
                return
            live = self._live.pop(next(iter(self._live)))
            await self._present(live)

    async def _next(self) -> PostRow | None:
        self._posts = False
        try:
            row = await self._outbox.store.next_post(self.name)
        except StoreError as error:
            log.warning("outbox cannot be read; tried again", lane=self.name, error=str(error))
            self._posts = True
            await asyncio.sleep(FIRST_DELAY)
            return None
        self._posts = self._posts or row is not None
        return row

    async def _deliver(self, row: PostRow) -> bool:
        """Deliver a row; False when it is still there."""
        wait = row.next_at - self._outbox.now()
        if wait > 0:
            await self._outbox.until(row.platform, min(wait, LONGEST_DELAY))
        platform = self._outbox.platform(row.platform)
        if platform is None:
            log.warning("a post waits for a platform that is not there", platform=row.platform)
            self._posts = False
            return True
        intent = await self._resolved(row)
        if intent is None:
            await self._outbox.write(PostBuried(row.id, "the message to change is not there"))
            return True
        once = platform.capabilities(intent.to).idempotent_post is Support.FULL
        if not once and row.state == "todo":
            await self._outbox.write(PostTaken(row.id, self._outbox.now()))
        return await self._attempt(platform, row, intent, once=once)

    async def _attempt(
        self, platform: Platform, row: PostRow, intent: Intent, *, once: bool
    ) -> bool:
        now = self._outbox.now
        try:
            async with asyncio.timeout(_timeout(intent)):
                receipt = await platform.deliver(intent)
        except RateLimited as error:
            await self._delay(row, error.retry_after, str(error))
        except (PlatformUnavailable, PlatformAuthFailed, TimeoutError) as error:
            # It may have arrived: where the platform cannot tell, the next try says so.
            repeat = not once and isinstance(intent, Post)
            await self._delay(row, _backoff(row.attempts), str(error) or "timeout", repeat=repeat)
        except DeliveryRejected as error:
            log.error("a post was refused for good", key=row.key, error=str(error))
            await self._outbox.write(PostBuried(row.id, str(error)))
        except Exception as error:
            log.exception("an adapter failed to deliver", key=row.key)
            await self._delay(row, _backoff(row.attempts), f"{type(error).__name__}: {error}")
        else:
            if not row.attempts:
                self._outbox.figures.outbound.add(now() - row.created)
            await self._outbox.write(PostSent(row.id, now(), receipt.message))
            return True
        return False

    async def _delay(
        self, row: PostRow, seconds: float, error: str, *, repeat: bool = False
    ) -> None:
        if row.attempts >= MOST_ATTEMPTS:
            log.error("a post is given up", key=row.key, attempts=row.attempts, error=error)
            await self._outbox.write(PostBuried(row.id, error))
            return
        log.warning("a post is delayed", key=row.key, seconds=round(seconds, 2), error=error)
        await self._outbox.write(PostDelayed(row.id, self._outbox.now() + seconds, error, repeat))

    async def _resolved(self, row: PostRow) -> Intent | None:
        intent = row.intent
        if isinstance(intent, Amend) and intent.message.startswith(KEY):
            message = await self._outbox.store.receipt(intent.message.removeprefix(KEY))
            if message is None:
                return None
            return Amend(intent.to, message, intent.content, intent.kind)
        if isinstance(intent, Post) and intent.repeat:
            return self._outbox.marked(intent)
        return intent

    async def _present(self, live: Live) -> None:
        intent = live.take()
        if intent is None:
            return
        platform = self._outbox.platform(intent.to.platform)
        if platform is None:
            return
        try:
            async with asyncio.timeout(DELIVERY_TIMEOUT):
                receipt = await platform.deliver(intent)
        except RateLimited as error:
            live.failed(intent, error)
            await asyncio.sleep(min(error.retry_after, LONGEST_DELAY))
        except (PlatformUnavailable, DeliveryRejected, TimeoutError) as error:
            live.failed(intent, error)
            if not isinstance(error, MessageGone):
                await self._outbox.until(intent.to.platform, FIRST_DELAY)
        except Exception as error:
            log.exception("an adapter failed to show progress")
            live.failed(intent, error)
        else:
            live.sent(intent, receipt)


class Outbox:
    """All lanes. Platforms are registered as they come up; posts wait for them."""

    def __init__(self, store: Store, now: Callable[[], float]) -> None:
        self.store = store
        self.now = now
        self.figures = Figures()
        self._platforms: dict[str, Platform] = {}
        self._languages: dict[str, Language] = {}
        self._back: dict[str, asyncio.Event] = {}
        self._lanes: dict[str, Lane] = {}
        self._said: dict[str, float] = {}
        self._saying: set[asyncio.Task[None]] = set()
        self.stopped = False
        self._recovered = False

    def register(
        self, instance: str, platform: Platform, language: Language = Language.ENGLISH
    ) -> None:
        """Posts to this instance can be delivered from now on."""
        self._platforms[instance] = platform
        self._languages[instance] = language
        self._back.setdefault(instance, asyncio.Event())

    def marked(self, post: Post) -> Post:
        """A possible repeat, with a word about it where the platform cannot tell by itself."""
        platform = self._platforms.get(post.to.platform)
        can = platform.capabilities(post.to) if platform is not None else None
        if can is None or can.idempotent_post is not Support.NONE:
            return post
        language = self._languages[post.to.platform]
        word = degrade((Footer(say(language, "maybe_repeat")),), can, language)
        return replace(post, content=(*post.content, *word))

    def platform(self, instance: str) -> Platform | None:
        """The platform instance of that name."""
        return self._platforms.get(instance)

    def connected(self, instance: str) -> None:
        """The platform is reachable (again): what waits for it need not wait longer."""
        event = self._back.setdefault(instance, asyncio.Event())
        event.set()
        self._back[instance] = asyncio.Event()

    async def until(self, instance: str, seconds: float) -> None:
        """Wait, but no longer than until the platform is back."""
        event = self._back.setdefault(instance, asyncio.Event())
        try:
            async with asyncio.timeout(seconds):
                await event.wait()
        except TimeoutError:
            return

    def wake(self, lane: str) -> None:
        """Stored posts of this lane are due."""
        if not self.stopped:
            self._lane(lane).wake()

    def show(self, to: Address, live: Live) -> None:
        """Show something volatile when the lane is free."""
        if not self.stopped:
            self._lane(to.lane).show(live)

    def say_now(self, to: Address, text: str) -> None:
        """Say something that cannot be written down, past the lane: the store itself has failed.

        Tried once. A place that was told something this way a moment ago is not told again.
        """
        platform = self._platforms.get(to.platform)
        now = self.now()
        if platform is None or now - self._said.get(to.lane, -SAID_AGAIN) < SAID_AGAIN:
            return
        self._said[to.lane] = now
        task = asyncio.create_task(_say_now(platform, to, text), name=f"say-{to.lane}")
        self._saying.add(task)
        task.add_done_callback(self._saying.discard)

    def _lane(self, name: str) -> Lane:
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = Lane(name, self)
        return lane

    def forget(self, lane: Lane) -> None:
        """A lane without work needs no object."""
        if self._lanes.get(lane.name) is lane:
            del self._lanes[lane.name]

    async def recover(self) -> None:
        """After a start: what was being delivered may have arrived; the rest is due."""
        lanes = set()
        waiting: Counter[str] = Counter()
        for row in await self.store.open_posts():
            if row.platform not in self._platforms:
                if self.now() - row.created > KEPT_FOR_NOBODY:
                    await self.write(PostBuried(row.id, "the platform is not configured any more"))
                else:
                    waiting[row.platform] += 1
                continue
            lanes.add(row.lane)
            if row.state == "doing":
                await self.write(PostReopened(row.id, self.now(), repeat=_may_repeat(row.intent)))
        for platform, count in waiting.items():
            log.warning(
                "posts wait for a platform that is not there", platform=platform, posts=count
            )
        self._recovered = True
        for lane in lanes:
            self.wake(lane)

    async def commit(self, changes: Sequence[Change]) -> None:
        """Write changes, and have the posts among them delivered; they are all for one lane.

        Where the lane is idle the first is written as taken and goes out at once: that it is
        written and that it is taken is one sync of the disk, and nothing is read again.

        Raises:
            StoreError: As `Store.commit`.
        """
        posts = [change for change in changes if isinstance(change, PostQueued)]
        if not posts or self.stopped:
            await self.store.commit(changes)
            return
        lane = self._lane(posts[0].lane)
        first = min(posts, key=lambda post: post.priority)
        platform = self._platforms.get(first.platform)
        if platform is None or not self._recovered or not lane.claim():
            await self.store.commit(changes)
            self.wake(lane.name)
            return
        once = platform.capabilities(first.intent.to).idempotent_post is Support.FULL
        taken = replace(first, taken=not once)
        row = None
        try:
            ids = await self.store.commit([taken if one is first else one for one in changes])
            row = PostRow.written(taken, ids[posts.index(first)])
        finally:
            lane.begin(row, more=len(posts) > 1)

    async def write(self, change: Change) -> None:
        """Write a change of a row; tried until the store takes it, for the post has happened."""
        delay = FIRST_DELAY
        while True:
            try:
                await self.store.commit((change,))
            except StoreConflict as error:
                log.error("a row of the outbox is not what it should be", error=str(error))
                return
            except StoreError as error:
                log.error("the outbox cannot be written; tried again", error=str(error))
                await asyncio.sleep(delay)
                delay = min(2 * delay, LONGEST_DELAY)
            else:
                return

    async def drain(self, seconds: float) -> bool:
        """Wait until all lanes are idle; False if that took too long."""
        try:
            async with asyncio.timeout(seconds):
                while busy := [lane for lane in self._lanes.values() if not lane.idle]:
                    await asyncio.gather(*(lane.rest() for lane in busy))
        except TimeoutError:
            return False
        return True

    async def stop(self) -> None:
        """End all workers; nothing is delivered any more."""
        self.stopped = True
        for task in self._saying:
            task.cancel()
        await asyncio.gather(*(lane.stop() for lane in list(self._lanes.values())))


async def _say_now(platform: Platform, to: Address, text: str) -> None:
    post = Post(to, (Text(text),), f"now:{uuid.uuid4().hex}", Kind.NOTICE)
    try:
        async with asyncio.timeout(DELIVERY_TIMEOUT):
            await platform.deliver(post)
    except (PlatformError, TimeoutError) as error:
        log.warning("people could not be told", lane=to.lane, error=str(error) or "timeout")


def _may_repeat(intent: Intent) -> bool:
    return isinstance(intent, Post)


def _timeout(intent: Intent) -> float:
    content = getattr(intent, "content", ())
    files = any(isinstance(block, Attachment) for block in content)
    return FILE_TIMEOUT if files else DELIVERY_TIMEOUT


def _backoff(attempts: int) -> float:
    """Exponential with jitter, so that lanes do not come back all at once."""
    delay = min(FIRST_DELAY * (1 << min(attempts, 10)), LONGEST_DELAY)
    return delay * random.uniform(0.7, 1.3)  # noqa: S311 - jitter, no secret
