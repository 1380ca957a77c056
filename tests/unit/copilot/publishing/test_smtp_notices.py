"""Notices as e-mail: to plain addresses alone, the same message on every try."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from copilot.adapters.smtp_channel import SmtpChannel, mail_server, sender_address
from copilot.adapters.smtp_notices import SmtpNotices
from copilot.curating.publishing.notice import NoticeText
from copilot.people.person import Person
from tests.contract.test_publishing_stores import notice


def test_a_notice_becomes_a_plain_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = SmtpChannel(server=mail_server("smtp://127.0.0.1:1"), sender=sender_address("公司 <hello@example.com>"))
    handed: list[tuple[EmailMessage, str]] = []
    monkeypatch.setattr(mail, "hand_in", lambda message, to: handed.append((message, to)))
    channel = SmtpNotices(mail)
    wang = Person(id="wang", name="王敏", email="wang@Example.com")
    for _ in range(2):
        channel.tell(wang, notice(), NoticeText(title="有答案了\nBcc: x@evil.com", text="您问过……"))
    (first, to), (second, _) = handed
    assert to == "wang@example.com"
    assert first["Message-ID"] == second["Message-ID"] == "<notice-n1@example.com>"
    assert first["Bcc"] is None
    assert "您问过" in first.get_content()


@pytest.mark.parametrize(("email", "reached"), [(None, False), ("not an address", False), ("li@example.com", True)])
def test_only_a_plain_address_is_reached(email: str | None, reached: bool) -> None:
    mail = SmtpChannel(server=mail_server("smtp://127.0.0.1:1"), sender=sender_address("hello@example.com"))
    assert SmtpNotices(mail).reaches(Person(id="li", name="李", email=email)) is reached
