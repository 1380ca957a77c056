"""Invitations as e-mail, in both languages: nobody knows yet which one the invited reads."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from copilot.adapters.smtp_channel import SmtpChannel
from copilot.people.person import Person

_SUBJECT = "前线副驾邀请 · Your invitation to Frontline Copilot"
_TEXT = """{name},你好:

{by} 邀请你使用前线副驾。请在 {until} (UTC) 前打开下面的链接设置密码,链接只能用一次:

{url}

没有等这封邀请?不用理会,链接会自行失效。

---

Hello {name},

{by} invites you to Frontline Copilot. Open this link before {until} (UTC) and choose a password; it works once:

{url}

If you did not expect this, leave it: the link expires by itself.
"""


class SmtpInvitations:
    """Implements `InvitationMail`."""

    def __init__(self, mail: SmtpChannel) -> None:
        self._mail = mail

    def send(self, person: Person, url: str, expires_at: datetime, by: str) -> None:
        """Hand it in."""
        address = self._mail.check(person.email or "")
        until = f"{expires_at.astimezone(UTC):%Y-%m-%d %H:%M}"
        text = _TEXT.format(name=person.name, by=by, until=until, url=url)
        self._mail.hand_in(self._mail.written(address, _SUBJECT, text, f"invitation-{uuid4().hex}"), address)
