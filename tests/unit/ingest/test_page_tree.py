"""Which page lies under which, by the names of files alone."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ingest.bundles import item_of
from ingest.limits import Limits
from ingest.page_tree import has_page_id, page_title, pages_above
from ingest.parsers.markdown import MarkdownParser
from ingest.parsers.zip import ZipParser
from ingest.reading import Reader
from ingest.source import Item
from ingest.sources.folder import FolderSource

ID, OTHER = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (f"a/续费手册 {ID}.md", "续费手册"),
        (f"客户 {ID}_all.csv", "客户"),
        (f"Untitled-{ID}.html", "Untitled"),
        ("续费（2024 版）：问与答？.docx", "续费（2024 版）：问与答？"),
        (f"{ID}.md", ID),
        (f"续费 {ID[:-1]}.md", f"续费 {ID[:-1]}"),
        (".md", ".md"),
    ],
)
def test_a_title_is_the_name_without_folders_suffix_and_id(name: str, title: str) -> None:
    assert page_title(name) == title


@pytest.mark.parametrize(
    ("name", "has"), [(f"a {ID}.md", True), (f"{ID}.md", False), ("a.md", False), (f"a {ID} b.md", False)]
)
def test_an_id_stands_at_the_end_behind_a_title(name: str, has: bool) -> None:
    assert has_page_id(name) is has


@pytest.mark.parametrize(
    ("names", "above"),
    [
        (["手册.docx", "手册/续费.docx"], ("手册",)),
        (["手册/手册.docx", "手册/续费.docx"], ("手册",)),
        (["手册.docx", "手册/流程/续费.docx"], ("手册", "流程")),
        (["库/手册.md", "库/手册/流程.md", "库/手册/流程/续费.md"], ("手册", "流程")),
        ([f"手册 {ID}.md", f"手册 {ID}/续费 {OTHER}.md"], ("手册",)),
        ([f"手册 {ID}.md", f"手册/续费 {OTHER}.md"], ("手册",)),
        (["2.0 版.md", "2.0 版/续费.md"], ("2.0 版",)),
        (["手册/续费.docx"], ()),
        (["手册/a.docx", "续费.docx"], ()),
        (["手册.docx", "库/手册/续费.docx"], ()),
    ],
)
def test_a_page_lies_under_the_pages_whose_folders_it_is_in(names: list[str], above: tuple[str, ...]) -> None:
    assert pages_above(names)[names[-1]] == above


def test_a_page_does_not_lie_under_itself() -> None:
    assert pages_above(["手册/手册.docx"]) == {"手册/手册.docx": ()}


def test_a_folder_tells_its_pages_where_they_lie(tmp_path: Path) -> None:
    (tmp_path / "手册").mkdir()
    for name in ("手册.md", "手册/续费.md"):
        (tmp_path / name).write_text("正文", encoding="utf-8")
    assert {item.source: item.above for item in FolderSource(tmp_path).discover()} == {
        "手册.md": (),
        "手册/续费.md": ("手册",),
    }


def test_an_archive_tells_its_members_where_they_lie() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in ("手册.md", "手册/续费.md"):
            archive.writestr(name, "正文")
    bundle = Item(source="导出.zip", fingerprint="", media=".zip", above=("知识库",))
    parts = ZipParser(Limits()).parse(bundle, written.getvalue()).parts
    assert [item_of(bundle, part).above for part in parts] == [("知识库",), ("知识库", "手册")]


def test_a_document_is_matched_with_the_pages_above_it() -> None:
    item = Item(source="手册/续费.md", fingerprint="", media=".md", above=("手册", "流程"))
    document = Reader({".md": MarkdownParser()}, Limits()).read(item, "# 续费\n\n正文。".encode())
    assert document.metadata.context == "手册 > 流程"
