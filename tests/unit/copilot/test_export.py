"""A draft as a file: whatever it says is there, and nothing in it is taken for a command."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest
import typst
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.accounts.account import AccountId
from copilot.audit.surface import Surface
from copilot.drafting.draft import Draft, DraftId, DraftKind, DraftStatus, Revision, SourceQuote
from copilot.errors import FontMissing
from copilot.interfaces.export import pdf
from copilot.interfaces.export.blocks import Block, Heading, ListItem, Paragraph, Rule, Run, Runs, Table, blocks
from copilot.interfaces.export.formats import ExportFormat, exported
from knowledge.document import DocumentId

AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
PLAN = """# 悦动 · 计划

裴总,**目标**:续费率到 85% [1]。
见 [官网](https://example.com/x) 与 <b>原文</b>。

1. 第一步
2. 第二步
   - 里层

| 里程碑 | 日期 |
|---|---|
| 上线 | 2026-12-01 |

[3]: 这一行不能消失
"""


def draft(kind: DraftKind = DraftKind.SUCCESS_PLAN) -> Draft:
    return Draft(
        id=DraftId("0123456789"),
        kind=kind,
        account_id=AccountId("a1"),
        language="zh",
        created_by="li",
        created_at=AT,
        revision=2,
        status=DraftStatus.OPEN,
        updated_at=AT,
    )


def revision(content: str) -> Revision:
    quote = SourceQuote(
        number=1,
        document_id=DocumentId("d"),
        version=4,
        source="guide.md",
        title="续费指南",
        heading_path=("续费指南", "目标"),
        quote="续费率\n85%",
        start=0,
        end=7,
    )
    return Revision(
        draft_id=DraftId("0123456789"),
        number=2,
        content=content,
        quotes=[quote],
        author="li",
        surface=Surface.CLI,
        at=AT,
    )


def runs_of(block: Block) -> list[Runs]:
    match block:
        case Table():
            return [cell for row in block.rows for cell in row]
        case Rule():
            return []
    return [block.runs]


def text_of_pdf(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


@pytest.fixture
def chinese_font() -> None:
    if not set(pdf._CHINESE_FONTS) & set(typst.Fonts().families()):
        reason = "no Chinese font is installed; `.ci/run` installs one"
        pytest.fail(reason) if os.environ.get("COPILOT_TEST_NO_SKIP") else pytest.skip(reason)


def test_a_text_is_its_blocks_in_their_order() -> None:
    found = blocks(PLAN)
    assert found[0] == Heading(level=1, runs=(Run(text="悦动 · 计划"),))
    assert isinstance(found[1], Paragraph)
    assert Run(text="目标", strong=True) in found[1].runs
    assert "".join(run.text for run in found[1].runs).endswith("见 官网 (https://example.com/x) 与 <b>原文</b>。")
    assert [(one.mark, one.depth) for one in found if isinstance(one, ListItem)] == [("1.", 0), ("2.", 0), ("•", 1)]
    table = next(one for one in found if isinstance(one, Table))
    assert [[cell[0].text for cell in row] for row in table.rows] == [["里程碑", "日期"], ["上线", "2026-12-01"]]
    assert found[-1] == Paragraph(runs=(Run(text="[3]: 这一行不能消失"),))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="续费85%ab#*-|>[](): \t_`1.<", max_size=24), max_size=6).map("\n".join))
def test_no_letter_and_no_figure_of_a_text_gets_lost(text: str) -> None:
    said = "".join(run.text for block in blocks(text) for runs in runs_of(block) for run in runs)
    for sign in "续费8ab":
        assert said.count(sign) == text.count(sign), (sign, text, said)


@pytest.mark.usefixtures("chinese_font")
def test_a_pdf_holds_the_text_and_its_sources_and_can_be_read_aloud() -> None:
    made = exported(draft(), revision(PLAN), ExportFormat.PDF)
    assert (made.name, made.media_type) == ("悦动-计划-01234567-r2.pdf", "application/pdf")
    said = text_of_pdf(made.data)
    for part in ("悦动 · 计划", "目标", "85% [1]", "第二步", "里层", "2026-12-01", "这一行不能消失", "<b>原文</b>"):
        assert part in said
    assert "[1] 续费指南 › 目标 · guide.md · v4" in said
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made.data
    assert exported(draft(), revision(PLAN), ExportFormat.PDF).data == made.data
    at_a_fraction = replace(revision(PLAN), at=AT.replace(microsecond=123_456))
    assert exported(draft(), at_a_fraction, ExportFormat.PDF).data == made.data


@pytest.mark.usefixtures("chinese_font")
@pytest.mark.parametrize("content", ["### 先三级\n\n# 后一级\n\n#### 又四级", "好", "#\n\n######"])
def test_any_order_of_headings_makes_a_page_that_can_be_read_aloud(content: str) -> None:
    assert b"<pdfuaid:part>1</pdfuaid:part>" in exported(draft(), revision(content), ExportFormat.PDF).data


@pytest.mark.usefixtures("chinese_font")
@pytest.mark.parametrize(
    "attack",
    [
        '#read("/etc/passwd")',
        "#panic() $ sum $ @nobody <label> \\",
        '"); #import "x.typ"',
        "{{7-7}} ${7-7} \u202eabc",
        "\x00\x1b[31m red",
    ],
)
def test_what_looks_like_a_command_is_text(attack: str) -> None:
    said = text_of_pdf(exported(draft(), revision(f"好\n\n{attack} 完"), ExportFormat.PDF).data)
    shown = "".join(sign for sign in attack if sign.isprintable())
    assert "".join(shown.split()) in "".join(said.split())


@pytest.mark.usefixtures("chinese_font")
def test_a_sign_that_no_font_has_leaves_the_rest_readable() -> None:
    said = text_of_pdf(exported(draft(), revision("续费 ሀ 要谈"), ExportFormat.PDF).data)
    assert "续费" in said
    assert "要谈" in said


def test_a_time_with_a_fraction_of_a_second_makes_a_page_too() -> None:
    late = replace(revision("Plain"), at=AT.replace(microsecond=123456), quotes=())
    assert exported(draft(), late, ExportFormat.PDF).data.startswith(b"%PDF")


def test_a_name_of_a_file_holds_nothing_that_a_system_forbids() -> None:
    name = exported(draft(), revision('# ../a:b*"c" / 悦动\n'), ExportFormat.MARKDOWN).name
    assert name == "a-b-c-悦动-01234567-r2.md"
    long = exported(draft(), revision(f"# {'长' * 300}"), ExportFormat.MARKDOWN).name
    assert len(long.encode()) < 255


def test_chinese_without_a_font_for_it_is_told_with_the_next_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "fonts", lambda: typst.Fonts(include_system_fonts=False))
    with pytest.raises(FontMissing, match="fonts-noto-cjk") as failed:
        exported(draft(), revision("续费要谈"), ExportFormat.PDF)
    assert failed.value.code == "font_missing"


def test_a_message_without_a_heading_is_named_by_its_kind() -> None:
    message = draft(DraftKind.CUSTOMER_MESSAGE)
    word = Document(io.BytesIO(exported(message, revision("裴总,您好"), ExportFormat.WORD).data))
    assert [one.text for one in word.paragraphs][:2] == ["裴总,您好", "来源"]


def test_a_word_file_keeps_headings_numbers_and_tables() -> None:
    word = Document(io.BytesIO(exported(draft(), revision(PLAN), ExportFormat.WORD).data))
    styles = {one.text: one.style.name for one in word.paragraphs if one.style is not None}
    assert styles["悦动 · 计划"] == "Heading 1"
    assert "1.\t第一步" in styles
    assert [[cell.text for cell in row.cells] for row in word.tables[0].rows] == [
        ["里程碑", "日期"],
        ["上线", "2026-12-01"],
    ]
    assert any(run.bold for one in word.paragraphs for run in one.runs if run.text == "目标")


def test_markdown_stays_as_it_was_written() -> None:
    made = exported(draft(), revision("好"), ExportFormat.MARKDOWN).data.decode()
    assert made == "好\n\n---\n\n## 来源\n\n[1] 续费指南 › 目标 · guide.md · v4: 「续费率 85%」\n"
