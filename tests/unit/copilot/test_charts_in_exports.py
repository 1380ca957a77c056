"""A chart of a draft as every kind of file, and in a mail."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

from docx import Document

from copilot.adapters.smtp_channel import SmtpChannel, mail_server, sender_address
from copilot.interfaces.export.blocks import ChartText, Paragraph, blocks
from copilot.interfaces.export.formats import ExportFormat, exported
from copilot.interfaces.export.mail import mail_layout
from tests.unit.copilot.delivery.test_wording import approved
from tests.unit.copilot.test_export import draft, revision, text_of_pdf

CHART = "```chart\n客户健康(个)\n风险 ████████ 6\n健康 ████░░░░ 3\n```"
TEXT = f"# 每周简报\n\n{CHART}\n\n| 数字 | 行动 |\n| --- | --- |\n| 6 | <script> |\n"


def mail(content: str) -> EmailMessage:
    channel = SmtpChannel(
        server=mail_server("smtp://127.0.0.1:25"),
        sender=sender_address("hello@ours.example"),
        layout=mail_layout,
        now=lambda: datetime(2026, 11, 23, tzinfo=UTC),
    )
    return channel.message(approved(content), "wang@ours.example", "key-1")


def test_a_page_holds_the_picture_and_loads_nothing() -> None:
    page = exported(draft(), revision(TEXT), ExportFormat.HTML).data.decode()
    assert page.count("<svg") == 1
    assert "█" not in page
    assert "<table>" in page
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert "&lt;script&gt;" in page or "＜script" in page


def test_a_pdf_holds_the_picture_and_stays_readable_for_screen_readers() -> None:
    made = exported(draft(), revision(TEXT), ExportFormat.PDF).data
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert "█" not in text_of_pdf(made)


def test_a_word_document_holds_the_picture_with_its_words() -> None:
    word = Document(io.BytesIO(exported(draft(), revision(TEXT), ExportFormat.WORD).data))
    assert len(word.inline_shapes) == 1
    assert "风险" in word.inline_shapes[0]._inline.docPr.get("descr")


def test_markdown_keeps_the_bars() -> None:
    assert CHART in exported(draft(), revision(TEXT), ExportFormat.MARKDOWN).data.decode()


def test_a_mail_brings_its_picture_along() -> None:
    made = mail(TEXT)
    plain, page = made.get_body(("plain",)), made.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert "风险 ████████ 6" in plain.get_content()
    html = page.get_content().replace("\r\n", "\n")
    [picture] = [part for part in made.walk() if part.get_content_type() == "image/png"]
    assert f'src="cid:{str(picture["Content-ID"]).strip("<>")}"' in html
    assert 'alt="客户健康(个)\n风险' in html
    assert "<table>" in html
    assert picture.get_content().startswith(b"\x89PNG")
    assert str(mail(TEXT)["Message-ID"]) == str(made["Message-ID"])


def test_a_mail_without_a_chart_has_no_further_part() -> None:
    assert [part.get_content_type() for part in mail("# 好\n\n您好").walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_what_is_no_chart_is_shown_as_it_stands() -> None:
    text = "```chart\n不是图\n随便写的\n```"
    assert not [one for one in blocks(text) if isinstance(one, ChartText)]
    assert [one for one in blocks(text) if isinstance(one, Paragraph)]
    assert "随便写的" in exported(draft(), revision(text), ExportFormat.HTML).data.decode()
    assert "随便写的" in str(mail(text).get_body(("html",)).get_content())  # type: ignore[union-attr]


def test_a_label_is_only_words() -> None:
    text = '```chart\n图\n"><script>alert(1)</script> ████ 3\n```'
    page = exported(draft(), revision(text), ExportFormat.HTML).data.decode()
    assert "<script" not in page
    html = str(mail(text).get_body(("html",)).get_content())  # type: ignore[union-attr]
    assert "<script" not in html


def test_an_english_draft_draws_its_chart_in_english() -> None:
    english = replace(draft(), language="en")
    assert exported(english, revision(TEXT), ExportFormat.PDF).data.startswith(b"%PDF")
