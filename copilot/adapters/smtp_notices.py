"""Notices as e-mail, to the address that a person is known by here."""

from __future__ import annotations

from copilot.adapters.smtp_channel import SmtpChannel
from copilot.curating.publishing.notice import Notice, NoticeText
from copilot.errors import InvalidDestination
from copilot.people.person import Person


class SmtpNotices:
    """Implements `NoticeChannel`; every try of a notice has the same Message-ID."""

    def __init__(self, mail: SmtpChannel) -> None:
        self._mail = mail

    def reaches(self, person: Person) -> bool:
        """Tell whether this person has an address that mail can be sent to."""
        try:
            return person.email is not None and bool(self._mail.check(person.email))
        except InvalidDestination:
            return False

    def tell(self, person: Person, notice: Notice, text: NoticeText) -> None:
        """Send it."""
        address = self._mail.check(person.email or "")
        self._mail.hand_in(self._mail.written(address, text.title, text.text, f"notice-{notice.id}"), address)
