"""Measures in the text format of Prometheus. Names and labels are a contract: dashboards and alerts use them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from copilot.telemetry.backlog import Backlog
from copilot.telemetry.measures import BreakerState, ModelOutcome, Replied

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
#: Seconds. An answer without a chat model takes tenths of one, with a chat model up to its time allowed.
_REQUEST_BUCKETS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_STAGE_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_MODEL_BUCKETS = (0.25, 0.5, 1, 2, 4, 8, 15, 30, 60)
_INGEST_BUCKETS = (0.1, 1, 5, 15, 60, 300, 900, 3600)


class PrometheusMeasures:
    """Implements `Exposed`. Counters are of this process, the backlog is of all that share the stores."""

    def __init__(
        self,
        *,
        backlog: Callable[[], Backlog | None],
        connections: Callable[[], Mapping[str, int]] = dict,
        build: Mapping[str, str] | None = None,
    ) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a series more for each, which nobody asks for
        self._registry = registry = CollectorRegistry(auto_describe=False)
        ProcessCollector(registry=registry)
        registry.register(_Stores(backlog, connections, build or {}))
        self._requests = Counter(
            "copilot_requests", "HTTP requests that ended.", ["method", "route", "status"], registry=registry
        )
        self._request_seconds = Histogram(
            "copilot_request_seconds",
            "How long HTTP requests took, streams to their end.",
            ["method", "route"],
            buckets=_REQUEST_BUCKETS,
            registry=registry,
        )
        self._answers = Counter(
            "copilot_answers", "Questions by what became of them.", ["status", "reason", "composer"], registry=registry
        )
        self._stage_seconds = Histogram(
            "copilot_answer_stage_seconds",
            "How long each stage of an answer took.",
            ["stage"],
            buckets=_STAGE_BUCKETS,
            registry=registry,
        )
        self._passages = Counter(
            "copilot_passages", "Passages found, by the way they were found.", ["found_by"], registry=registry
        )
        self._model_calls = Counter(
            "copilot_chat_model_calls", "Requests to the chat model.", ["outcome"], registry=registry
        )
        self._model_seconds = Histogram(
            "copilot_chat_model_seconds",
            "How long the chat model took, failures too.",
            buckets=_MODEL_BUCKETS,
            registry=registry,
        )
        self._model_tokens = Counter(
            "copilot_chat_model_tokens", "Tokens as the server counts them.", ["direction"], registry=registry
        )
        self._ingested = Counter(
            "copilot_ingested_items", "Items of ingestions by outcome.", ["outcome"], registry=registry
        )
        self._ingest_seconds = Histogram(
            "copilot_ingestion_seconds", "How long ingestions took.", buckets=_INGEST_BUCKETS, registry=registry
        )
        self._breakers = Gauge(
            "copilot_breaker_open",
            "1 while something that is down is left alone, 0.5 while it is tried, else 0.",
            ["name"],
            registry=registry,
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note that a request has ended."""
        verb = method if method in _METHODS else "other"
        self._requests.labels(verb, route, str(status)).inc()
        self._request_seconds.labels(verb, route).observe(seconds)

    def replied(self, reply: Replied) -> None:
        """Note that a question had its answer, or its reason for none."""
        self._answers.labels(reply.status, reply.reason or "", reply.composer).inc()
        for stage, seconds in reply.stages.items():
            self._stage_seconds.labels(stage).observe(seconds)
        for way in reply.found_by:
            self._passages.labels(way).inc()

    def model(self, outcome: ModelOutcome, seconds: float, tokens_in: int = 0, tokens_out: int = 0) -> None:
        """Note that the chat model was asked."""
        self._model_calls.labels(outcome).inc()
        self._model_seconds.observe(seconds)
        self._model_tokens.labels("in").inc(tokens_in)
        self._model_tokens.labels("out").inc(tokens_out)

    def ingested(self, outcomes: Mapping[str, int], seconds: float) -> None:
        """Note that an ingestion has ended."""
        for outcome, count in outcomes.items():
            self._ingested.labels(outcome).inc(count)
        self._ingest_seconds.observe(seconds)

    def breaker(self, name: str, state: BreakerState) -> None:
        """Note what a guard does from now on."""
        self._breakers.labels(name).set({"closed": 0.0, "half_open": 0.5, "open": 1.0}[state])

    def exposition(self) -> tuple[bytes, str]:
        """Return everything as text and its media type."""
        return generate_latest(self._registry), CONTENT_TYPE_PLAIN_0_0_4


class _Stores(Collector):
    """What is read when somebody asks; without the stores only that they are away."""

    def __init__(
        self,
        backlog: Callable[[], Backlog | None],
        connections: Callable[[], Mapping[str, int]],
        build: Mapping[str, str],
    ) -> None:
        self._backlog = backlog
        self._connections = connections
        self._build = build

    def collect(self) -> Iterable[Metric]:
        """Yield the measures."""
        yield InfoMetricFamily("copilot_build", "What runs here.", value=dict(self._build))
        yield _labelled(
            "copilot_database_connections",
            "Connections of this process to the database.",
            ("state",),
            [((state,), count) for state, count in self._connections().items()],
        )
        backlog = self._backlog()
        yield _one("copilot_stores_up", "Whether the database could be read.", float(backlog is not None))
        if backlog is not None:
            yield from _waiting(backlog)
            yield from _kept(backlog)


def _waiting(backlog: Backlog) -> Iterable[Metric]:
    # What is given up counts from nothing: a series that begins with the first one would show no rise.
    deliveries = {(channel, "dead"): 0 for channel, _ in backlog.deliveries} | dict(backlog.deliveries)
    yield _labelled("copilot_deliveries", "Deliveries there are.", ("channel", "status"), deliveries.items())
    yield _one("copilot_delivery_oldest_seconds", "Age of the oldest delivery that is due.", backlog.delivery_oldest_s)
    yield _one("copilot_deliveries_stuck", "Deliveries whose worker is gone.", backlog.deliveries_stuck)
    yield _labelled("copilot_gaps", "Gaps of the knowledge.", ("status",), _single(backlog.gaps, "open"))
    yield _one("copilot_gap_oldest_seconds", "Age of the oldest open gap.", backlog.gap_oldest_s)
    yield _labelled("copilot_drafts", "Drafts there are.", ("status",), _single(backlog.drafts, "open"))
    yield _one("copilot_draft_oldest_seconds", "Age of the oldest draft without a decision.", backlog.draft_oldest_s)
    yield _one("copilot_handovers_open", "Conversations that wait for a person.", backlog.handovers_open)
    yield _one("copilot_handover_oldest_seconds", "Age of the oldest of these.", backlog.handover_oldest_s)
    yield _one("copilot_publications_waiting", "Approved answers not published yet.", backlog.publications_waiting)
    yield _one("copilot_notices_waiting", "People not told of an answer yet.", backlog.notices_waiting)
    yield _one("copilot_slack_waiting", "Messages of Slack not answered yet.", backlog.slack_waiting)
    yield _one("copilot_schedule_lag_seconds", "How late the latest schedule is.", backlog.schedule_lag_s)
    yield _labelled(
        "copilot_answers_of_a_day", "Answers of the last 24 hours.", ("status", "reason"), backlog.answers.items()
    )
    total = sum(backlog.answers.values())
    abstained = sum(count for (status, _), count in backlog.answers.items() if status == "abstained")
    yield _one(
        "copilot_abstention_share",
        "Share of the answers of 24 hours that are abstentions; 0 without answers.",
        abstained / total if total else 0.0,
    )


def _kept(backlog: Backlog) -> Iterable[Metric]:
    yield _one("copilot_documents", "Documents in the index.", backlog.documents)
    yield _one("copilot_chunks", "Chunks in the index.", backlog.chunks)
    yield _one("copilot_stale_documents", "Documents whose review is overdue.", backlog.stale)
    yield _one("copilot_stale_used_documents", "Of these, cited within 30 days.", backlog.stale_used)
    stages = dict.fromkeys(("fetch", "parse", "embed", "index"), 0) | dict(backlog.failures)
    failures = [((stage,), count) for stage, count in stages.items()]
    yield _labelled("copilot_ingestion_failures", "What could not be ingested.", ("stage",), failures)
    sizes = [((store,), size) for store, size in backlog.bytes.items()]
    yield _labelled("copilot_store_bytes", "Size on disk of what is kept here.", ("store",), sizes)
    yield _one("copilot_home_free_bytes", "Room left where the home is.", backlog.free_bytes)


def _single(counts: Mapping[str, int], always: str) -> list[tuple[tuple[str, ...], int]]:
    return [((name,), count) for name, count in ({always: 0} | dict(counts)).items()]


def _one(name: str, help: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help, value=value)


def _labelled(name: str, help: str, labels: tuple[str, ...], values: Iterable[tuple[tuple[str, ...], int]]) -> Metric:
    family = GaugeMetricFamily(name, help, labels=labels)
    for key, value in values:
        family.add_metric(key, value)
    return family
