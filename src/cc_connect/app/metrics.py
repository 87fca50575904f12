"""`/metrics` in Prometheus' text format, version 0.0.4, written by hand."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass

from aiohttp import web

from cc_connect.app.watchdog import Watchdog
from cc_connect.runtime.assembly import Runtime
from cc_connect.runtime.figures import BOUNDS, Histogram
from cc_connect.store.rows import StoreFigures
from cc_connect.store.store import Store

TYPE = "text/plain; version=0.0.4; charset=utf-8"
Sample = tuple[dict[str, str], float]


@dataclass(frozen=True, slots=True)
class Metrics:
    """Reads the figures of a running program when it is asked."""

    runtime: Runtime
    store: Store
    watchdog: Watchdog
    now: Callable[[], float]

    async def text(self) -> str:
        """All figures as they are now."""
        store = await self.store.stats()
        oldest = await self.store.oldest_post()
        age = max(0.0, self.now() - oldest) if oldest is not None else 0.0
        return "\n".join((*self._loop(), *self._work(), *_stored(store, age))) + "\n"

    def _loop(self) -> Iterator[str]:
        lag, longest = self.watchdog.lag, self.watchdog.longest
        yield from _metric("loop_lag_seconds", "gauge", "Delay of the last tick.", [({}, lag)])
        yield from _metric(
            "loop_lag_longest_seconds", "gauge", "Longest delay since the start.", [({}, longest)]
        )

    def _work(self) -> Iterator[str]:
        figures = self.runtime.outbox.figures
        actors = self.runtime.directory.known()
        agents = sum(actor.pid is not None for actor in actors)
        queued = sum(len(actor.state.queue) for actor in actors)
        yield from _metric("agents", "gauge", "Agent processes.", [({}, agents)])
        yield from _metric(
            "queued", "gauge", "Messages that wait for a turn to end.", [({}, queued)]
        )
        yield from _metric(
            "turns_total",
            "counter",
            "Ended turns.",
            (
                ({"project": project, "outcome": outcome}, count)
                for (project, outcome), count in sorted(figures.turns.items())
            ),
        )
        stations = self.runtime.supervisor.stations
        yield from _metric(
            "platform_up",
            "gauge",
            "Whether a platform is connected.",
            (({"platform": station.instance}, station.up.is_set()) for station in stations),
        )
        yield from _metric(
            "reconnects_total",
            "counter",
            "Connections after the first one.",
            (
                ({"platform": name}, count - 1)
                for name, count in sorted(figures.connections.items())
            ),
        )
        yield from _histogram(
            "inbound_seconds", "From a message to its hand-over to the agent.", figures.inbound
        )
        yield from _histogram(
            "outbound_seconds", "From a post being written to its receipt.", figures.outbound
        )


def _stored(store: StoreFigures, age: float) -> Iterator[str]:
    gauges = (
        ("inbox_open", "Messages that wait or run.", store.inbox_open),
        ("outbox_open", "Posts that are not delivered.", store.outbox_open),
        ("outbox_age_seconds", "Age of the oldest of them.", age),
        ("turns_running", "Turns that run.", store.turns_running),
        ("requests_open", "Requests that wait for a person.", store.requests_open),
        ("database_bytes", "Size of the database.", store.database_size),
        ("journal_bytes", "Size of its journal.", store.journal_size),
    )
    for name, about, value in gauges:
        yield from _metric(name, "gauge", about, [({}, value)])


def _metric(name: str, kind: str, about: str, samples: Iterable[Sample]) -> Iterator[str]:
    name = f"cc_connect_{name}"
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        yield _sample(name, labels, value)


def _histogram(name: str, about: str, histogram: Histogram) -> Iterator[str]:
    name = f"cc_connect_{name}"
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} histogram"
    count = 0
    for bound, here in zip((*BOUNDS, float("inf")), histogram.counts, strict=True):
        count += here
        edge = "+Inf" if bound == float("inf") else f"{bound:g}"
        yield _sample(f"{name}_bucket", {"le": edge}, count)
    yield _sample(f"{name}_sum", {}, histogram.total)
    yield _sample(f"{name}_count", {}, count)


def _sample(name: str, labels: dict[str, str], value: float) -> str:
    inner = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
    return f"{name}{{{inner}}} {float(value)!r}" if inner else f"{name} {float(value)!r}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def metrics_route(text: Callable[[], Awaitable[str]]) -> web.RouteDef:
    """The route for the local server, which guards it like every other page."""

    async def serve(_: web.Request) -> web.Response:
        return web.Response(text=await text(), headers={"Content-Type": TYPE})

    return web.get("/metrics", serve)
