"""Whoever opens a connection is known: through the one guard, or to an address that only the settings name."""

from __future__ import annotations

import ast
import ssl
from pathlib import Path

import pytest

import copilot
from knowledge.guarded_http import AddressForbidden, is_public, request, resolve
from knowledge.web_address import spelled

ROOT = Path(copilot.__file__).parent.parent
#: What opens connections, by the module that is imported.
OUTGOING = frozenset(
    [
        *("httpx", "httpcore", "requests", "urllib3", "urllib.request", "http.client", "smtplib", "ftplib", "socket"),
        *("aiohttp", "slack_sdk", "slack_bolt", "dulwich", "chromadb", "langchain", "langchain_openai", "openai"),
        *("opentelemetry", "huggingface_hub", "authlib", "boto3", "botocore", "minio", "websockets", "telnetlib"),
        "imaplib",
    ]
)
GUARDED = "goes through knowledge.guarded_http.request: resolved once, checked, connected to that, no redirects"
#: Each module that imports one of these, and why nobody but who writes the settings decides where it connects to.
WAYS_OUT = {
    "knowledge/guarded_http.py": "the guard itself",
    "ingest/sources/web_site.py": GUARDED,
    "copilot/adapters/crm_http.py": GUARDED,
    "copilot/adapters/oidc_http.py": GUARDED,
    "copilot/adapters/webhook_channel.py": GUARDED,
    "copilot/adapters/wecom.py": GUARDED,
    "ingest/sources/git_worker.py": "pins every host to addresses that `is_public` or COPILOT_WEB_ALLOWED let through",
    "copilot/adapters/oidc_identity_provider.py": "authlib makes and reads messages; OidcHttp sends them",
    "copilot/adapters/langchain_chat_model.py": "COPILOT_CHAT_BASE_URL alone",
    "copilot/adapters/otel_tracer.py": "COPILOT_TRACES_URL alone",
    "copilot/adapters/bounded_smtp.py": "COPILOT_SMTP_URL alone",
    "copilot/adapters/smtp_channel.py": "COPILOT_SMTP_URL alone",
    "copilot/bootstrap/checkup/ways_out.py": "`doctor --online`: addresses of the settings, without a token",
    "copilot/cli/serving.py": "listens",
    "copilot/interfaces/remote.py": "the process that owns this home, by its lock file",
    "copilot/interfaces/slack/app.py": "Slack, or COPILOT_SLACK_API_URL",
    "copilot/interfaces/slack/calls.py": "Slack, or COPILOT_SLACK_API_URL",
    "copilot/interfaces/slack/connecting.py": "Slack, or COPILOT_SLACK_API_URL",
    "copilot/interfaces/slack/posting.py": "Slack; addresses of responses come in requests that Slack has signed",
    "knowledge/adapters/chroma_index.py": "COPILOT_CHROMA_URL alone",
    "knowledge/adapters/chroma_nearest.py": "COPILOT_CHROMA_URL alone",
    "knowledge/adapters/chroma_set.py": "COPILOT_CHROMA_URL alone",
    "knowledge/adapters/s3_blobs.py": "COPILOT_BLOBS_ENDPOINT alone",
}


def imported(file: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def opens_connections(file: Path) -> bool:
    return any(name in OUTGOING or name.split(".")[0] in OUTGOING for name in imported(file))


def test_every_module_that_opens_connections_is_named_with_its_reason() -> None:
    files = [file for package in ("copilot", "ingest", "knowledge") for file in (ROOT / package).rglob("*.py")]
    found = {file.relative_to(ROOT).as_posix() for file in files if opens_connections(file)}
    assert found == set(WAYS_OUT)


@pytest.mark.parametrize("module", [name for name, reason in WAYS_OUT.items() if reason is GUARDED])
def test_what_says_it_goes_through_the_guard_does(module: str) -> None:
    names = imported(ROOT / module)
    assert "knowledge.guarded_http.request" in names
    assert not {"httpx", "socket", "requests", "httpcore.Client"} & names


#: Ways of writing an address inside; the resolver of the system understands some of them.
INSIDE = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.7", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0"),
    *("fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::f5ff:fffe", "2001:db8::1"),
]


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_connected_to_whatever_the_name(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(AddressForbidden):
        ask("https://wiki.example/", [address])


def test_one_address_inside_among_public_ones_is_enough() -> None:
    with pytest.raises(AddressForbidden):
        ask("https://wiki.example/", ["93.184.215.14", "127.0.0.1"])


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "localhost", "[::1]", "[::ffff:7f00:1]"],
)
def test_however_this_machine_is_written_it_is_not_asked(host: str) -> None:
    """The real resolver of this system reads them; what it cannot read leads nowhere."""
    with pytest.raises((AddressForbidden, OSError)):
        ask(f"http://{host}:9/", None)


@pytest.mark.parametrize(
    "address",
    [
        "http://user:secret@wiki.example/",
        "http://wiki.example@127.0.0.1/",
        "http://127.0.0.1\\@wiki.example/",
        "http://wiki.example /",
        "ftp://wiki.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_INFO",
        "http:///x",
        "http://wiki.example:0/",
        "http://wiki.example:99999/",
        "http://wi\nki.example/",
        "http://[::1%25eth0]/",
        "http://%31%32%37.0.0.1/",
    ],
)
def test_what_hides_a_host_is_no_address(address: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        spelled(address)


@pytest.mark.parametrize(
    ("given", "host"),
    [
        ("http://１２７.0.0.1/", "127.0.0.1"),
        ("http://ⓛocalhost/", "localhost"),
        ("http://wiki。example/", "wiki.example"),
        ("HTTP://WIKI.Example./", "wiki.example"),
        ("http://知识.example/", "xn--k7y073b.example"),
    ],
)
def test_a_host_is_checked_in_the_spelling_that_is_connected_to(given: str, host: str) -> None:
    assert spelled(given).split("/")[2] == host


def ask(url: str, addresses: list[str] | None) -> None:
    request(
        "GET",
        url,
        headers={"Host": "x"},
        permitted=is_public,
        most_bytes=10,
        within_s=2.0,
        trust=ssl.create_default_context(),
        resolve=resolve if addresses is None else lambda host, port: addresses,
    )
