"""Mail, Slack, the CRM and single sign-on: are their settings whole, and does the other side answer?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx

from copilot.bootstrap.checkup.finding import Finding, failed, ok
from copilot.bootstrap.crm import crm_channel
from copilot.bootstrap.signing_in import provider_of, public_address, trusted_proxies
from copilot.bootstrap.slack import ways_in
from copilot.bootstrap.work import mail_of
from copilot.delivery.destination import DestinationList, DestinationRules
from copilot.errors import ChannelUnavailable
from copilot.settings import Settings
from knowledge.errors import ReportableError

_WAIT_S = 10.0

Reach = Callable[[], None]


def look_at_ways_out(settings: Settings, *, online: bool) -> Iterator[Finding]:
    """Look at each that is set up; what is not is no fault."""
    nobody = DestinationRules(internal=DestinationList.of(()), allowed=DestinationList.of(()))
    checks: tuple[tuple[str, str, Callable[[], Reach | None]], ...] = (
        ("addresses", "COPILOT_PUBLIC_URL, COPILOT_TRUSTED_PROXIES", lambda: _addresses(settings)),
        ("mail", "COPILOT_SMTP_URL, COPILOT_SMTP_FROM", lambda: _mail(settings)),
        ("slack", "COPILOT_SLACK_BOT_TOKEN", lambda: _slack(settings)),
        ("crm", "COPILOT_HUBSPOT_TOKEN, COPILOT_SALESFORCE_URL", lambda: _crm(settings, nobody)),
        ("sign-on", "COPILOT_OIDC_ISSUER", lambda: _sign_on(settings)),
    )
    for name, names, prepared in checks:
        try:
            reach = prepared()
            if reach is None:
                yield ok(name, "没有设置", "not set up") if name != "addresses" else ok(name, "可用", "usable")
                continue
            if online:
                reach()
            yield ok(name, "已设置,对方应答" if online else "已设置", "set up, and it answers" if online else "set up")
        except ReportableError as error:
            yield failed(name, error.message, error.message, names)


def _addresses(settings: Settings) -> Reach | None:
    public_address(settings)
    trusted_proxies(settings)
    return None


def _mail(settings: Settings) -> Reach | None:
    mail = mail_of(settings)
    return None if mail is None else mail.reach


def _slack(settings: Settings) -> Reach | None:
    token = ways_in(settings)
    if token is None:
        return None

    def reach() -> None:
        # Not before it is needed: they take a while to import.
        from copilot.interfaces.slack.calls import SlackCalls, web_client

        SlackCalls(web_client(token.get_secret_value(), settings.slack_api_url), budget_s=_WAIT_S)("auth.test")

    return reach


def _crm(settings: Settings, rules: DestinationRules) -> Reach | None:
    if crm_channel(settings, rules) is None:
        return None
    addresses = [settings.hubspot_url if settings.hubspot_token else None, settings.salesforce_url]

    def reach() -> None:
        for address in filter(None, addresses):
            _answers(address)

    return reach


def _sign_on(settings: Settings) -> Reach | None:
    if provider_of(settings) is None or settings.oidc_issuer is None:
        return None
    issuer = settings.oidc_issuer

    def reach() -> None:
        from copilot.adapters.oidc_http import OidcHttp
        from copilot.adapters.oidc_metadata import OidcMetadata

        OidcMetadata(OidcHttp(), issuer).metadata()

    return reach


def _answers(address: str) -> None:
    """Let it say anything at all: no token is sent, and nothing changes there.

    Raises:
        ChannelUnavailable: it does not.
    """
    try:
        httpx.get(address, timeout=_WAIT_S)
    except httpx.HTTPError as error:
        raise ChannelUnavailable(f"{address!r} does not answer ({type(error).__name__}).") from error
