"""Traces: what a collector is sent, and that nothing is loaded for them while they are off."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from copilot.bootstrap import open_application
from copilot.bootstrap.measuring import tracer_of
from copilot.errors import ConfigurationError, MissingExtra
from copilot.interfaces.api.app import create_app
from copilot.interfaces.contract import ReadyBody
from copilot.settings import Settings
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.databases import kept_environment
from tests.doubles.webhook_receiver import WebhookReceiver, webhook_receiver

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def collector() -> Iterator[WebhookReceiver]:
    with webhook_receiver() as receiver:
        yield receiver


def sent(collector: WebhookReceiver) -> dict[str, Span]:
    """Return what the collector was sent, by name."""
    spans: dict[str, Span] = {}
    for received in collector.received:
        assert received.path == "/v1/traces"
        request = ExportTraceServiceRequest.FromString(received.body)
        spans |= {span.name: span for one in request.resource_spans for s in one.scope_spans for span in s.spans}
    return spans


def facts(span: Span) -> dict[str, str | int]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/ask/stream"])
def test_a_question_is_one_trace_with_its_stages_also_from_another_thread(
    home: Path, knowledge_folder: Path, collector: WebhookReceiver, path: str
) -> None:
    settings = Settings(home=home, traces_url=f"http://127.0.0.1:{collector.port}")
    with open_application(settings, embedder=HashingEmbedder()) as application:
        application.indexing.ingest([str(knowledge_folder)], corpus=False)
        app = create_app(
            copilot=application.copilot,
            access=application.access,
            ready=lambda: ReadyBody(status="ready"),
            version="0",
            tracer=application.tracer,
        )
        key = {"Authorization": f"Bearer {application.access.first_key()}", "X-Request-ID": "r-1"}
        with TestClient(app, headers=key) as client:
            client.post(path, json={"question": "续费应该谁负责"}, headers={"traceparent": f"00-{TRACE}-{CALLER}-01"})
    spans = sent(collector)
    request, ask, stage = spans[f"POST {path}"], spans["ask"], spans["retrieve"]
    assert {span.trace_id.hex() for span in (request, ask, stage)} == {TRACE}
    assert request.parent_span_id.hex() == CALLER
    assert ask.parent_span_id == request.span_id
    assert stage.parent_span_id == ask.span_id
    assert request.start_time_unix_nano <= ask.start_time_unix_nano <= stage.start_time_unix_nano
    assert stage.end_time_unix_nano <= ask.end_time_unix_nano
    assert facts(request)["copilot.request"] == "r-1"
    assert facts(request)["copilot.status"] == 200
    assert facts(ask)["copilot.answer"] == facts(request)["copilot.answer"]
    assert "续费".encode() not in b"".join(received.body for received in collector.received)


def test_a_collector_that_is_away_harms_nothing(home: Path) -> None:
    settings = Settings(home=home, traces_url="http://127.0.0.1:1")
    with open_application(settings, embedder=HashingEmbedder()) as application, application.tracer.span("x") as span:
        span.note(status=200)
        span.fail("x")


def test_what_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(MissingExtra, match=r"frontline-copilot\[traces\]"):
        tracer_of(Settings(traces_url="http://127.0.0.1:4318"))


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_TRACES_URL"):
        tracer_of(Settings(traces_url="127.0.0.1:4318"))


OFF = """
import json, sys
from pathlib import Path
from copilot.bootstrap import open_application
from copilot.settings import Settings
with open_application(Settings(home=Path(sys.argv[1]), embedding_model="words")):
    pass
print(json.dumps([name for name in sys.modules if "otel_tracer" in name or "otlp.proto.http" in name]))
"""


def test_nothing_is_loaded_while_it_is_off(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OFF, str(home)], env=kept_environment(), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
