"""Traces by OpenTelemetry, sent by OTLP over HTTP. Only imported where they are switched on."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from copilot.errors import MissingExtra
from copilot.privacy.masking import sealed
from copilot.telemetry.context import at_hand, note

#: What is not sent by then is lost: the process has ten seconds to end.
_CLOSE_MS = 2000


def otlp_exporter(url: str) -> SpanExporter:
    """Return what sends spans to a collector.

    Raises:
        MissingExtra: the exporter is not installed.
    """
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise MissingExtra(
            "COPILOT_TRACES_URL is set, and what sends traces is not installed. Run `pip install "
            "'frontline-copilot[traces]'`, or unset it."
        ) from error
    return OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces", timeout=_CLOSE_MS / 1000)


class OtelTracer:
    """Implements `Tracer`, with a provider of its own: what libraries trace is theirs."""

    def __init__(self, exporter: SpanExporter, *, version: str, share: float = 1.0, at_once: bool = False) -> None:
        """`share` of the traces that begin here are kept; `at_once` sends each span when it ends, for tests."""
        resource = Resource.create({"service.name": "frontline-copilot", "service.version": version})
        sampler = ParentBased(TraceIdRatioBased(share))
        self._provider = TracerProvider(resource=resource, sampler=sampler, shutdown_on_exit=False)
        self._provider.add_span_processor(SimpleSpanProcessor(exporter) if at_once else BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("copilot")
        self._headers = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, parent: Mapping[str, str] | None = None) -> Iterator[_OtelSpan]:
        """Begin a step; the lines logged in it name its trace."""
        context = self._headers.extract(dict(parent)) if parent else None
        # Messages of exceptions may repeat what somebody typed, so they are not recorded.
        with self._tracer.start_as_current_span(
            name, context, record_exception=False, set_status_on_exception=False
        ) as inner:
            note(trace=format(inner.get_span_context().trace_id, "032x"))
            own = _OtelSpan(inner)
            try:
                yield own
            except BaseException as error:
                own.fail(type(error).__name__)
                raise
            finally:
                own.note(**{key: value for key, value in at_hand().items() if value is not None and key != "trace"})

    def past(self, name: str, seconds: float) -> None:
        """Note a step that has ended just now."""
        ended = time.time_ns()
        self._tracer.start_span(name, start_time=ended - round(seconds * 1e9)).end(ended)

    def close(self) -> None:
        """Send what is not sent yet."""
        self._provider.force_flush(_CLOSE_MS)
        self._provider.shutdown()


class _OtelSpan:
    def __init__(self, inner: trace.Span) -> None:
        self._inner = inner

    def note(self, **facts: str | int | float | bool) -> None:
        """Add what is known by now."""
        self._inner.set_attributes(
            {f"copilot.{name}": sealed(value) if isinstance(value, str) else value for name, value in facts.items()}
        )

    def fail(self, kind: str) -> None:
        """Say that it failed."""
        self._inner.set_status(trace.Status(trace.StatusCode.ERROR, kind))
