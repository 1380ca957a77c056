"""What every `Source` promises."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from ingest.errors import Gone, TransientIngestError, UnknownSource
from ingest.source import Source, looked_at
from ingest.sources.folder import FolderSource
from ingest.sources.git import GitSource
from ingest.sources.records import RecordsSource
from ingest.sources.web import WebSource
from ingest.sources.web_site import Reach, WebLimits
from tests.doubles.git_remote import GitRepository
from tests.doubles.web_server import Page, WebServer, web_server

CONTENTS = {"b": "续约", "a": "培训", "c": "报价"}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Somewhere to write texts by name, and the source that reads it anew."""

    write: Callable[[Mapping[str, str]], None]
    open: Callable[[], Source]
    gone: str = "gone.md"  #: a source that is not there

    def items(self) -> dict[str, str]:
        """Fingerprints by source, as a new run sees them."""
        source = self.open()
        return {item.source: looked_at(source, item, "").fingerprint for item in source.discover()}


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where texts are written to; each kind of source has one."""
    if request.param == "web":
        with web_server() as server:
            yield _site(server)
    else:
        yield _files(request.param, tmp_path)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run on every kind of source."""
    if "place" in metafunc.fixturenames:
        metafunc.parametrize("place", ["folder", "git", "records", "web"], indirect=True)


def _site(server: WebServer) -> Place:
    server.sitemap()

    def write_pages(texts: Mapping[str, str]) -> None:
        server.pages |= {f"/{name}.md": Page(body=text.encode(), media="text/markdown") for name, text in texts.items()}
        server.sitemap(*(f"/{name}.md" for name in texts))

    reach = Reach(limits=WebLimits(pause=0), inside=lambda host, port: True)
    return Place(
        write=write_pages,
        open=lambda: WebSource(server.url("/sitemap.xml"), reach),
        gone=server.url("/gone.md"),
    )


def _files(kind: str, tmp_path: Path) -> Place:
    if kind == "folder":
        folder = tmp_path / "folder"
        folder.mkdir()

        def write_files(texts: Mapping[str, str]) -> None:
            for name, text in texts.items():
                (folder / f"{name}.md").write_text(text, encoding="utf-8")

        return Place(write=write_files, open=lambda: FolderSource(folder))
    if kind == "git":
        repository = GitRepository(tmp_path / "know.git")
        repository.commit({})
        address, cache = f"git+file://{repository.path}", tmp_path / "cache"
        return Place(
            write=lambda texts: repository.commit({f"{name}.md": text for name, text in texts.items()}),
            open=lambda: GitSource(address, cache=cache, inside=lambda *_: False),
        )
    file = tmp_path / "records.jsonl"
    file.touch()

    def write_lines(texts: Mapping[str, str]) -> None:
        lines = [json.dumps({"id": name, "text": text}, ensure_ascii=False) for name, text in texts.items()]
        file.write_text("\n".join(lines), encoding="utf-8")

    return Place(write=write_lines, open=lambda: RecordsSource(file))


def test_an_empty_source_has_no_items(place: Place) -> None:
    assert place.items() == {}


def test_there_is_one_item_per_text(place: Place) -> None:
    place.write(CONTENTS)
    assert len(list(place.open().discover())) == len(CONTENTS)


def test_no_two_items_have_the_same_source(place: Place) -> None:
    place.write(CONTENTS)
    assert len(place.items()) == len(CONTENTS)


def test_items_come_in_the_same_order_every_time(place: Place) -> None:
    place.write(CONTENTS)
    source = place.open()
    assert list(source.discover()) == list(source.discover()) == list(place.open().discover())


def test_every_item_can_be_fetched(place: Place) -> None:
    place.write(CONTENTS)
    source = place.open()
    fetched = [source.fetch(item).decode() for item in source.discover()]
    assert all(any(text in data for data in fetched) for text in CONTENTS.values())


def test_fetching_twice_gives_the_same_bytes(place: Place) -> None:
    place.write(CONTENTS)
    source = place.open()
    item = next(iter(source.discover()))
    assert source.fetch(item) == source.fetch(item)


def test_an_unchanged_item_keeps_its_fingerprint(place: Place) -> None:
    place.write(CONTENTS)
    assert place.items() == place.items()


def test_no_fingerprint_is_empty(place: Place) -> None:
    place.write(CONTENTS)
    assert all(place.items().values())


def test_changed_items_have_other_fingerprints(place: Place) -> None:
    place.write(CONTENTS)
    before = place.items()
    place.write({name: f"{text},改了" for name, text in CONTENTS.items()})
    after = place.items()
    assert [source for source in before if before[source] == after[source]] == []


def test_an_item_that_is_gone_cannot_be_read_right_now(place: Place) -> None:
    place.write(CONTENTS)
    source = place.open()
    gone = replace(next(iter(source.discover())), source=place.gone)
    with pytest.raises((TransientIngestError, Gone), match=r"gone\.md"):
        source.fetch(gone)


def test_the_origin_stays_the_same(place: Place) -> None:
    assert place.open().origin == place.open().origin != ""


@pytest.mark.parametrize("open_at", [FolderSource, RecordsSource], ids=["folder", "records"])
def test_a_path_that_does_not_exist_is_unknown_and_named(open_at: Callable[[Path], Source], tmp_path: Path) -> None:
    with pytest.raises(UnknownSource, match="missing"):
        open_at(tmp_path / "missing")


@pytest.mark.parametrize("open_at", [FolderSource, RecordsSource], ids=["folder", "records"])
def test_the_origin_does_not_depend_on_how_the_path_is_written(
    open_at: Callable[[Path], Source], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "data.jsonl").touch()
    monkeypatch.chdir(tmp_path)
    assert open_at(Path("data.jsonl")).origin == open_at(tmp_path / "sub" / ".." / "data.jsonl").origin


def test_an_unchanged_item_is_recognised_by_the_fingerprint_of_last_time(place: Place) -> None:
    place.write(CONTENTS)
    known, source = place.items(), place.open()
    assert {item.source: looked_at(source, item, known[item.source]).fingerprint for item in source.discover()} == known


def test_an_item_can_be_fetched_after_it_was_looked_at(place: Place) -> None:
    place.write(CONTENTS)
    source = place.open()
    fetched = [source.fetch(looked_at(source, item, "")).decode() for item in source.discover()]
    assert all(any(text in data for data in fetched) for text in CONTENTS.values())
