"""Pages of a site over real connections: what is read, what is left alone, and what is not even asked for."""

from __future__ import annotations

import gzip
import shutil
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import UnknownSource
from ingest.limits import Limits
from ingest.parsers.html import HtmlParser
from ingest.parsers.markdown import MarkdownParser
from ingest.parsers.zip import ZipParser
from ingest.questions import QuestionIndexing
from ingest.report import ItemReport
from ingest.sources.web import WebSource
from ingest.sources.web_site import Reach, WebLimits
from ingest.sync import Sync
from knowledge.adapters.hashing_embedder import HashingEmbedder
from tests.doubles.certificate import certificate
from tests.doubles.failures import InMemoryFailureStore
from tests.doubles.knowledge_store import InMemoryKnowledgeStore, InMemoryQuestionStore
from tests.doubles.stores import InMemoryOriginals
from tests.doubles.vector_index import InMemoryVectorIndex
from tests.doubles.web_server import Page, WebServer, sitemap, web_server
from tests.unit.ingest.made_files import archive

LIMITS = WebLimits(bytes=20_000, pages=5, seconds=5, run_seconds=60, pause=0)


def html(text: str) -> bytes:
    head = f"<head><title>{text}</title></head>"
    return f"<html>{head}<body><main><p>{text}。客户成功经理负责。</p></main></body></html>".encode()


def page(text: str, **more: Any) -> Page:
    return Page(body=html(text), **more)


class Counting(HtmlParser):
    """Counts how often it is asked."""

    parsed = 0

    def parse(self, item: Any, data: bytes) -> Any:
        self.parsed += 1
        return super().parse(item, data)


@dataclass
class Bench:
    """A site, and everything that indexes it."""

    site: WebServer
    waits: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        embedder, vectors = HashingEmbedder(), InMemoryVectorIndex()
        self.store, self.html = InMemoryKnowledgeStore(), Counting()
        self.sync = Sync(
            parsers={".html": self.html, ".md": MarkdownParser(), ".zip": ZipParser(Limits())},
            embedder=embedder,
            vectors=vectors,
            store=self.store,
            originals=InMemoryOriginals(),
            added=QuestionIndexing(embedder=embedder, vectors=vectors, store=InMemoryQuestionStore(self.store)),
            failures=InMemoryFailureStore(),
        )

    def run(self, url: str | None = None, limits: WebLimits = LIMITS, **reach: Any) -> list[ItemReport]:
        """Ingest an address as a new run does; by default the sitemap."""
        options = {"limits": limits, "inside": lambda host, port: True, "sleep": self.waits.append} | reach
        source = WebSource(url or self.site.url("/sitemap.xml"), Reach(**options))
        return list(self.sync.run([source]).documents)

    def one(self, url: str | None = None, **options: Any) -> ItemReport:
        (line,) = self.run(url, **options)
        return line

    @property
    def sources(self) -> list[str]:
        return sorted(summary.source for summary in self.store.summaries())


@pytest.fixture
def bench() -> Iterator[Bench]:
    with web_server() as site:
        yield Bench(site)


def told(lines: Sequence[ItemReport]) -> dict[str, str]:
    """Code, or else status, by the path of the page."""
    return {line.source.partition("//")[2].partition("/")[2]: line.code or line.status.value for line in lines}


# What is read


def test_a_page_is_a_document_whose_source_is_its_address(bench: Bench) -> None:
    bench.site.pages["/renewal"] = page("续费归谁做")
    assert told([bench.one(bench.site.url("/renewal"))]) == {"renewal": "added"}
    stored = bench.store.find(bench.site.url("/renewal"))
    assert "客户成功经理负责" in stored.document.text
    assert stored.document.metadata.url == bench.site.url("/renewal")


def test_an_address_is_the_same_however_it_is_written(bench: Bench) -> None:
    bench.site.pages["/a"] = page("续费")
    bench.run(f" HTTP://127.0.0.1:{bench.site.port}/a#part ")
    assert told(bench.run(bench.site.url("/a"))) == {"a": "unchanged"}


@pytest.mark.parametrize("given", ["http://", "https://user:secret@site.example/", "http://a b/", "https://x:0/"])
def test_what_is_no_address_is_unknown(given: str) -> None:
    with pytest.raises(UnknownSource):
        WebSource(given, Reach())


def test_the_pages_of_a_sitemap_are_read_in_its_order(bench: Bench) -> None:
    bench.site.pages |= {"/b": page("报价"), "/a": page("试用")}
    bench.site.sitemap("/b", "/a", "/b")
    assert list(told(bench.run())) == ["b", "a"]


def test_an_index_of_packed_sitemaps_is_followed(bench: Bench) -> None:
    bench.site.pages |= {"/a": page("试用"), "/b": page("报价")}
    inner = [bench.site.url("/one.xml.gz"), bench.site.url("/two.xml")]
    bench.site.pages["/sitemap.xml"] = Page(body=sitemap(*inner, root="sitemapindex", entry="sitemap"))
    bench.site.pages["/one.xml.gz"] = Page(body=gzip.compress(sitemap(bench.site.url("/a"))), media="application/gzip")
    bench.site.sitemap("/b", at="/two.xml")
    assert told(bench.run()) == {"a": "added", "b": "added"}


def test_packed_replies_are_unpacked(bench: Bench) -> None:
    bench.site.pages["/a"] = Page(body=gzip.compress(html("试用")), headers={"Content-Encoding": "gzip"})
    assert told([bench.one(bench.site.url("/a"))]) == {"a": "added"}
    assert bench.site.asked[-1].headers["accept-encoding"] == "gzip"


def test_the_content_type_decides_the_parser_and_others_are_named(bench: Bench) -> None:
    bench.site.pages |= {
        "/a": Page(body="# 试用\n\n一周。".encode(), media="text/markdown"),
        "/b.md": Page(body="# 报价\n\n三天。".encode(), media="text/plain"),
        "/c.md": Page(body="# 交接\n\n当天。".encode(), media=None),
        "/logo": Page(body=b"\x89PNG", media="image/png"),
    }
    bench.site.sitemap("/a", "/b.md", "/c.md", "/logo")
    lines = bench.run()
    assert told(lines) == {"a": "added", "b.md": "added", "c.md": "added", "logo": "unsupported_format"}
    assert "image/png" in (lines[-1].reason or "")


def test_members_of_an_archive_are_documents_that_cite_its_address(bench: Bench) -> None:
    bench.site.pages["/x.zip"] = Page(body=archive({"in/a.md": "试用一周。".encode()}), media="application/zip")
    url = bench.site.url("/x.zip")
    (part,) = bench.one(url).parts
    assert part.source == f"{url}#in/a.md"
    assert bench.store.find(part.source).document.metadata.url == url
    assert [part.status.value for part in bench.one(url).parts] == ["unchanged"]
    bench.sync.delete(bench.store.find(url).id)
    assert bench.sources == []


def test_pages_do_not_lie_in_the_page_above_them(bench: Bench) -> None:
    bench.site.pages |= {"/docs": page("总览"), "/docs/a": page("试用"), "/docs/b": page("报价")}
    bench.site.sitemap("/docs", "/docs/a", "/docs/b")
    bench.run()
    bench.site.pages["/docs"] = page("新的总览")
    bench.site.sitemap("/docs", "/docs/a")
    assert told(bench.run()) == {"docs": "updated", "docs/a": "unchanged", "docs/b": "deleted"}
    assert bench.sources == [bench.site.url("/docs"), bench.site.url("/docs/a")]
    bench.sync.delete(bench.store.find(bench.site.url("/docs")).id)
    assert bench.sources == [bench.site.url("/docs/a")]


# What does not change


@pytest.mark.parametrize(
    "validator", [{"etag": '"v1"'}, {"etag": 'W/"v1"'}, {"modified": "Wed, 25 Feb 2026 06:13:20 GMT"}]
)
def test_an_unchanged_page_costs_a_conditional_request(bench: Bench, validator: dict[str, str]) -> None:
    bench.site.pages["/a"] = page("试用", **validator)
    bench.run(bench.site.url("/a"))
    assert told(bench.run(bench.site.url("/a"))) == {"a": "unchanged"}
    assert (bench.site.asked[-1].status, bench.html.parsed) == (304, 1)


@pytest.mark.parametrize("etags", [(None, None), ('"v1"', '"v2"'), ('"' + "x" * 300 + '"',) * 2])
def test_an_unchanged_page_without_a_usable_validator_is_not_parsed_again(
    bench: Bench, etags: tuple[str | None, str | None]
) -> None:
    for etag in etags:
        bench.site.pages["/a"] = page("试用", etag=etag)
        line = bench.one(bench.site.url("/a"))
    assert (line.status.value, bench.html.parsed) == ("unchanged", 1)


def test_a_changed_page_is_updated_also_when_the_site_says_the_same_of_it(bench: Bench) -> None:
    url = bench.site.url("/a")
    for text in ("试用一周", "试用两周"):
        bench.site.pages["/a"] = page(text, headers={"Last-Modified": "Wed, 25 Feb 2026 06:13:20 GMT"})
        line = bench.one(url)
    assert line.status.value == "updated"
    assert "两周" in bench.store.find(url).document.text


def test_a_page_is_asked_for_once_in_a_run(bench: Bench) -> None:
    bench.site.pages["/a"] = page("试用")
    bench.site.sitemap("/a")
    bench.run()
    assert bench.site.paths == ["/sitemap.xml", "/a"]


def test_a_feed_under_the_name_of_a_sitemap_is_a_page(bench: Bench) -> None:
    bench.site.pages["/feed.xml"] = Page(body=b"<rss><channel/></rss>", media="application/rss+xml")
    assert bench.one(bench.site.url("/feed.xml")).code == "unsupported_format"  # this bench has no parser for it
    assert bench.site.paths == ["/feed.xml"]


# What is gone, and what only seems so


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_gone_from_the_index(bench: Bench, status: int) -> None:
    bench.site.pages["/a"] = page("试用")
    bench.run(bench.site.url("/a"))
    bench.site.pages["/a"] = Page(status=status)
    assert told(bench.run(bench.site.url("/a"))) == {"a": "deleted"}
    assert bench.sources == []
    assert told(bench.run(bench.site.url("/a"))) == {"a": "not_found"}


def test_what_left_the_sitemap_is_gone(bench: Bench) -> None:
    bench.site.pages |= {"/a": page("试用"), "/b": page("报价")}
    bench.site.sitemap("/a", "/b")
    bench.run()
    bench.site.sitemap("/b")
    assert told(bench.run()) == {"b": "unchanged", "a": "deleted"}


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_a_page_that_fails_for_now_stays_as_it_was(bench: Bench, status: int) -> None:
    bench.site.pages["/a"] = page("试用")
    bench.site.sitemap("/a")
    bench.run()
    bench.site.pages["/a"] = Page(status=status)
    assert told(bench.run()) == {"a": "unreadable_source"}
    assert bench.sources == [bench.site.url("/a")]


BROKEN = {
    "gone": Page(status=404),
    "failing": Page(status=500),
    "cut off": Page(body=sitemap("http://127.0.0.1/x")[:-20], media="application/xml"),
    "a page of an error": Page(body=b"<!DOCTYPE html><html><body>Sorry<br></body></html>"),
    "a packed one that is cut off": Page(body=gzip.compress(sitemap())[:-9], media="application/gzip"),
    "too large": Page(body=b" " * 30_000),
    "empty": Page(body=b"", media="application/xml"),
    "entities": Page(body=b'<!DOCTYPE x [<!ENTITY a "b">]><urlset/>', media="application/xml"),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_nothing_is_removed_when_the_sitemap_cannot_be_read(bench: Bench, broken: Page) -> None:
    bench.site.pages |= {"/a": page("试用"), "/b": page("报价")}
    bench.site.sitemap("/a", "/b")
    bench.run()
    bench.site.pages["/sitemap.xml"] = broken
    line = bench.one()
    assert (line.source, line.status.value) == (bench.site.url("/sitemap.xml"), "failed")
    assert len(bench.sources) == 2


def test_nothing_is_removed_when_one_sitemap_of_an_index_cannot_be_read(bench: Bench) -> None:
    bench.site.pages |= {"/a": page("试用"), "/b": page("报价")}
    bench.site.pages["/sitemap.xml"] = Page(
        body=sitemap(bench.site.url("/one.xml"), bench.site.url("/two.xml"), root="sitemapindex", entry="sitemap")
    )
    bench.site.sitemap("/a", at="/one.xml")
    bench.site.sitemap("/b", at="/two.xml")
    bench.run()
    bench.site.pages["/two.xml"] = Page(status=404)
    assert told(bench.run()) == {"a": "unchanged", "two.xml": "not_found"}
    assert len(bench.sources) == 2


def test_a_site_that_is_not_there_removes_nothing(bench: Bench) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        line = bench.one(f"http://127.0.0.1:{taken.getsockname()[1]}/sitemap.xml")
    assert line.code == "unreadable_source"


# What it may cost


def test_only_so_many_pages_are_read_and_none_is_removed(bench: Bench) -> None:
    bench.site.pages |= {f"/{n}": page(f"第{n}页") for n in range(7)}
    bench.site.sitemap("/6")
    bench.run()
    bench.site.sitemap(*(f"/{n}" for n in range(6)))
    assert told(bench.run()) == {**{str(n): "added" for n in range(5)}, "sitemap.xml": "too_many_pages"}
    assert bench.site.url("/6") in bench.sources


TOO_LARGE = {
    "by its own word": Page(body=b"x" * 30_000),
    "without a word": Page(body=b"x" * 1000, endless=True),
    "unpacked": Page(body=gzip.compress(b"x" * 5_000_000), headers={"Content-Encoding": "gzip"}),
    "unpacked in members": Page(body=gzip.compress(b"x" * 9_000) * 3, headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("large", TOO_LARGE.values(), ids=TOO_LARGE.keys())
def test_a_page_that_is_too_large_is_not_read_to_its_end(bench: Bench, large: Page) -> None:
    bench.site.pages["/a"] = large
    line = bench.one(bench.site.url("/a"))
    assert line.code == "too_large"
    assert "COPILOT_WEB_MAX_BYTES" in (line.reason or "")


CUT = {
    "shorter than it says": Page(body=b"<p>x", headers={"Content-Length": "400"}),
    "slow": Page(body=b"x" * 400, drip_s=0.05),
}


@pytest.mark.parametrize("cut", CUT.values(), ids=CUT.keys())
def test_half_a_page_is_none(bench: Bench, cut: Page) -> None:
    bench.site.pages["/a"] = cut
    fast = WebLimits(seconds=0.4, pause=0)
    assert bench.one(bench.site.url("/a"), limits=fast).code == "unreadable_source"


def test_what_was_packed_and_cut_off_or_packed_otherwise_fails(bench: Bench) -> None:
    bench.site.pages |= {
        "/a": Page(body=gzip.compress(html("试用"))[:-10], headers={"Content-Encoding": "gzip"}),
        "/b": Page(body=html("试用"), headers={"Content-Encoding": "gzip"}),
        "/c": Page(body=html("试用"), headers={"Content-Encoding": "br"}),
    }
    bench.site.sitemap("/a", "/b", "/c")
    assert told(bench.run()) == {"a": "damaged_file", "b": "damaged_file", "c": "unexpected_reply"}


def test_a_run_ends_asking_when_its_time_is_over(bench: Bench) -> None:
    bench.site.pages |= {"/a": page("试用"), "/b": page("报价")}
    bench.site.sitemap("/a", "/b")
    seconds = iter(range(0, 1000, 5))  # every look at the clock is 5 seconds later
    limits = WebLimits(seconds=1000, run_seconds=90, pause=0)
    lines = told(bench.run(limits=limits, clock=lambda: float(next(seconds))))
    assert lines["b"] == "unreadable_source"
    assert "/b" not in bench.site.paths


def test_between_two_requests_there_is_a_pause(bench: Bench) -> None:
    bench.site.pages["/a"] = page("试用")
    bench.run(bench.site.url("/a"), limits=WebLimits(pause=0.5), clock=lambda: 0.0)
    assert bench.waits == [0.5]  # robots.txt came before


@pytest.mark.parametrize(("asked", "kept"), [("3", 3.0), ("86400", 10.0), ("0.1", 0.5), ("soon", 0.5)])
def test_the_pause_is_what_the_site_asks_for_within_reason(bench: Bench, asked: str, kept: float) -> None:
    bench.site.pages |= {"/a": page("试用"), "/robots.txt": Page(body=f"User-agent: *\nCrawl-delay: {asked}".encode())}
    bench.run(bench.site.url("/a"), limits=WebLimits(pause=0.5), clock=lambda: 0.0)
    assert bench.waits == [kept]


# What the site would not have read


def test_what_robots_txt_forbids_is_not_asked_for(bench: Bench) -> None:
    bench.site.pages |= {
        "/robots.txt": Page(body=b"User-agent: *\nDisallow: /private\nAllow: /private/open"),
        "/a": page("试用"),
        "/private/x": page("秘密"),
        "/private/open": page("公开"),
    }
    bench.site.sitemap("/a", "/private/x", "/private/open")
    assert told(bench.run()) == {"a": "added", "private/x": "robots_disallowed", "private/open": "added"}
    assert "/private/x" not in bench.site.paths


def test_robots_txt_may_speak_of_us_alone(bench: Bench) -> None:
    bench.site.pages |= {"/a": page("试用"), "/robots.txt": Page(body=b"User-agent: Frontline-Copilot\nDisallow: /")}
    assert bench.one(bench.site.url("/a")).code == "robots_disallowed"
    assert bench.site.asked[0].headers["user-agent"].startswith("frontline-copilot/")


def test_robots_txt_is_read_once_in_a_run(bench: Bench) -> None:
    bench.site.pages |= {"/a": page("试用"), "/b": page("报价")}
    bench.site.sitemap("/a", "/b")
    bench.run()
    assert [asked.path for asked in bench.site.asked].count("/robots.txt") == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_site_without_rules_may_be_read(bench: Bench, status: int) -> None:
    bench.site.pages |= {"/a": page("试用"), "/robots.txt": Page(status=status, body=b"User-agent: *\nDisallow: /")}
    assert told([bench.one(bench.site.url("/a"))]) == {"a": "added"}


@pytest.mark.parametrize(
    "rules", [Page(status=503), Page(status=429), Page(status=302, headers={"Location": "http://x.example/"})]
)
def test_a_site_whose_rules_cannot_be_read_is_left_alone(bench: Bench, rules: Page) -> None:
    bench.site.pages |= {"/a": page("试用"), "/robots.txt": rules}
    assert bench.one(bench.site.url("/a")).status.value == "failed"
    assert bench.site.paths == []


def test_a_page_may_not_lead_past_robots_txt(bench: Bench) -> None:
    bench.site.pages |= {
        "/robots.txt": Page(body=b"User-agent: *\nDisallow: /private"),
        "/a": Page(status=302, headers={"Location": "/private/x"}),
        "/private/x": page("秘密"),
    }
    assert bench.one(bench.site.url("/a")).code == "robots_disallowed"
    assert bench.site.paths == ["/a"]


@pytest.mark.parametrize(("status", "code"), [(401, "access_denied"), (403, "access_denied"), (418, "unexpected_reply"),
                                              (204, "unexpected_reply"), (304, "unexpected_reply")])  # fmt: skip
def test_other_replies_are_told_apart(bench: Bench, status: int, code: str) -> None:
    bench.site.pages["/a"] = Page(status=status)
    assert bench.one(bench.site.url("/a")).code == code


# Where nothing leads


def test_redirects_on_the_site_are_followed(bench: Bench) -> None:
    bench.site.pages |= {
        "/a": Page(status=301, headers={"Location": "/b"}),
        "/b": Page(status=302, headers={"Location": bench.site.url("/续约").encode().decode("latin-1")}),
        "/%E7%BB%AD%E7%BA%A6": page("续约"),
    }
    line = bench.one(bench.site.url("/a"))
    assert (line.source, line.status.value) == (bench.site.url("/a"), "added")


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://169.254.169.254/latest/meta-data/", "other_site"),
        ("http://other.example/", "other_site"),
        ("https://127.0.0.1/", "other_site"),
        ("//127.0.0.1:1/", "other_site"),
        ("file:///etc/passwd", "unexpected_reply"),
        ("http://user:secret@127.0.0.1/", "unexpected_reply"),
        ("http://[::1", "unexpected_reply"),
        ("/a", "unexpected_reply"),
    ],
)
def test_redirects_elsewhere_or_nowhere_are_not_followed(bench: Bench, location: str, code: str) -> None:
    resolved: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        resolved.append(host)
        return ["127.0.0.1"]

    bench.site.pages["/a"] = Page(status=302, headers={"Location": location})
    assert bench.one(bench.site.url("/a"), resolve=resolve).code == code
    assert set(resolved) == {"127.0.0.1"}


def test_pages_of_other_sites_in_a_sitemap_are_not_asked_for(bench: Bench) -> None:
    bench.site.pages["/sitemap.xml"] = Page(
        body=sitemap("http://169.254.169.254/latest/", "http://127.0.0.1/x", "ftp://x/")
    )
    assert sorted(line.code or "" for line in bench.run()) == ["other_site", "other_site", "unexpected_reply"]
    assert bench.site.paths == ["/sitemap.xml"]


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "0.0.0.0"],
)
def test_a_name_that_points_inside_is_not_called(bench: Bench, address: str) -> None:
    bench.site.pages["/a"] = page("试用")
    url = bench.site.url("/a", host="wiki.example")
    line = bench.one(url, inside=lambda host, port: False, resolve=lambda *_: ["93.184.216.34", address])
    assert line.code == "address_forbidden"
    assert "COPILOT_WEB_ALLOWED" in (line.reason or "")
    assert bench.site.asked == []


def test_a_host_that_is_listed_may_lie_inside_and_its_name_is_resolved_once_for_each_request(bench: Bench) -> None:
    bench.site.pages["/a"] = page("试用")
    resolved: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        resolved.append(host)
        return ["127.0.0.1"]

    listed = ("wiki.internal", bench.site.port)
    line = bench.one(bench.site.url("/a", host="wiki.internal"), inside=lambda *host: host == listed, resolve=resolve)
    assert line.status.value == "added"
    assert resolved == ["wiki.internal"] * len(bench.site.asked)
    assert {asked.headers["host"] for asked in bench.site.asked} == {f"wiki.internal:{bench.site.port}"}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here to make a certificate")
def test_a_site_must_be_who_its_name_says(tmp_path: Path) -> None:
    made = certificate(tmp_path, "wiki.internal")
    with web_server(made.server) as site:
        site.pages["/a"] = page("试用")
        bench = Bench(site)
        resolve: dict[str, Any] = {"resolve": lambda *_: ["127.0.0.1"]}
        right, wrong = (f"https://{name}.internal:{site.port}/a" for name in ("wiki", "other"))
        codes = [
            bench.one(right, **resolve).code,  # nobody we know has signed it
            bench.one(wrong, trust=made.client, **resolve).code,
            bench.one(right, trust=made.client, **resolve).code,
        ]
    assert codes == ["unreadable_source", "unreadable_source", None]


def test_a_name_that_does_not_resolve_may_come_back(bench: Bench) -> None:
    def nothing(host: str, port: int) -> list[str]:
        raise socket.gaierror(-2, "Name or service not known")

    assert bench.one("https://wiki.example/a", resolve=nothing).code == "unreadable_source"
