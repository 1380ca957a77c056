"""People, keys, sessions and every way to sign in, as the settings have it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from sqlalchemy import Engine

from copilot.accounts.contact_erasure import ContactErasureService
from copilot.adapters.argon2_password_hasher import Argon2PasswordHasher
from copilot.adapters.smtp_invitations import SmtpInvitations
from copilot.adapters.sql.account_store import SqlAccountStore
from copilot.adapters.sql.code_store import SqlCodeStore
from copilot.adapters.sql.contact_records import SqlContactRecords
from copilot.adapters.sql.identity_store import SqlAttemptStore, SqlIdentityStore
from copilot.adapters.sql.key_store import SqlKeyStore
from copilot.adapters.sql.password_store import SqlPasswordStore
from copilot.adapters.sql.people_store import SqlPeopleStore
from copilot.adapters.sql.personal_records import SqlPersonalRecords
from copilot.adapters.sql.session_store import SqlSessionStore
from copilot.adapters.sql.strike_store import SqlStrikeStore
from copilot.audit.log import AuditLog
from copilot.bootstrap.visitors import visitors_of
from copilot.bootstrap.work import mail_of
from copilot.errors import ConfigurationError
from copilot.people.access import AccessService
from copilot.people.admission import Admission
from copilot.people.erasure import ErasureService
from copilot.people.identity import IdentityProvider
from copilot.people.invitations import InvitationService
from copilot.people.keys import KeyService
from copilot.people.passwords import PasswordService
from copilot.people.person import OF_SLACK, Role
from copilot.people.service import PeopleService
from copilot.people.session import SessionLimits
from copilot.people.sessions import SessionService
from copilot.people.sign_on import SignOnService
from copilot.settings import Settings
from copilot.transaction import Transactions
from knowledge.adapters.sql.tables import metadata as knowledge_tables


@dataclass(frozen=True, kw_only=True)
class SigningIn:
    """What is wired around people."""

    people: PeopleService
    keys: KeyService
    access: AccessService
    erasing: ErasureService
    contacts: ContactErasureService


def signing_in_of(
    settings: Settings, engine: Engine, *, people_store: SqlPeopleStore, transactions: Transactions, audit: AuditLog
) -> SigningIn:
    """Wire people, keys, sessions, passwords, invitations and, where it is set up, single sign-on.

    Raises:
        ConfigurationError: a setting cannot be used, or one is missing.
    """
    key_store, session_store, codes = SqlKeyStore(engine), SqlSessionStore(engine), SqlCodeStore(engine)
    limits = SessionLimits(
        idle=timedelta(hours=settings.session_idle_hours), longest=timedelta(days=settings.session_days)
    )
    keys = KeyService(store=key_store, people=people_store, transactions=transactions, audit=audit)
    people = PeopleService(
        store=people_store,
        keys=key_store,
        sessions=session_store,
        codes=codes,
        transactions=transactions,
        audit=audit,
    )
    sessions = SessionService(store=session_store, transactions=transactions, audit=audit, limits=limits)
    passwords = PasswordService(
        store=SqlPasswordStore(engine),
        hasher=Argon2PasswordHasher(),
        people=people_store,
        sessions=sessions,
        strikes=SqlStrikeStore(),
        transactions=transactions,
        audit=audit,
    )
    mail = mail_of(settings)
    invitations = InvitationService(
        codes=codes,
        people=people_store,
        passwords=passwords,
        transactions=transactions,
        audit=audit,
        mail=SmtpInvitations(mail) if mail else None,
    )
    admission, provider = _admission(settings), provider_of(settings)
    sign_on = None
    if provider is not None:
        sign_on = SignOnService(
            provider=provider,
            identities=SqlIdentityStore(engine),
            attempts=SqlAttemptStore(),
            people=people,
            sessions=sessions,
            transactions=transactions,
            audit=audit,
            admission=admission,
        )
    access = AccessService(
        store=key_store,
        people=people_store,
        keys=keys,
        sessions=sessions,
        codes=codes,
        passwords=passwords,
        invitations=invitations,
        visitors=visitors_of(settings, engine),
        transactions=transactions,
        sign_on=sign_on,
        configured_key=settings.api_key.get_secret_value() if settings.api_key else None,
        public_address=public_address(settings),
    )
    erasing = ErasureService(
        records=SqlPersonalRecords(engine, knowledge_tables),
        person=people_store.person,
        slack_users=_slack_users(settings),
        transactions=transactions,
        audit=audit,
    )
    contacts = ContactErasureService(
        records=SqlContactRecords(engine, knowledge_tables),
        accounts=SqlAccountStore(engine),
        ours=people_store.people,
        transactions=transactions,
        audit=audit,
    )
    return SigningIn(people=people, keys=keys, access=access, erasing=erasing, contacts=contacts)


def _slack_users(settings: Settings) -> Callable[[str], Sequence[str]]:
    """Return who tells which users of Slack a person is, as far as that is written down."""
    mapping: Mapping[str, str] = {}
    if settings.slack_people is not None:
        from copilot.interfaces.slack.identity import (
            read_mapping,  # not before it is needed: all of Slack comes with it
        )

        mapping = read_mapping(settings.slack_people)

    def users(id: str) -> Sequence[str]:
        named = [user for user, person in mapping.items() if person == id]
        return [*named, id.removeprefix(OF_SLACK)] if id.startswith(OF_SLACK) else named

    return users


def public_address(settings: Settings) -> str | None:
    """Return the address that people know, ending in `/`; None: the one that they came by.

    Raises:
        ConfigurationError: it is no address of a site.
    """
    given = settings.public_url
    if given is None:
        return None
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ConfigurationError(
            f"COPILOT_PUBLIC_URL {given!r} is no address of a site. Write https://copilot.ours.com, without a path."
        )
    return f"{parts.scheme}://{parts.netloc}/"


def own_names(settings: Settings) -> Sequence[str] | None:
    """Return the names that browsers may know us by; None: any, where it is open to a network and has no name."""
    public = public_address(settings)
    if public is None and not _on_this_machine(settings.host):
        return None
    return [settings.host, *([urlsplit(public).hostname or ""] if public else [])]


def _on_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def trusted_proxies(settings: Settings) -> Sequence[str]:
    """Return the proxies whose word counts.

    Raises:
        ConfigurationError: one is no address of a network.
    """
    for entry in settings.trusted_proxies:
        try:
            ipaddress.ip_network(entry)
        except ValueError as error:
            raise ConfigurationError(
                f"COPILOT_TRUSTED_PROXIES: {entry!r} is no address. Write 10.0.0.5 or 10.1.0.0/16."
            ) from error
    return settings.trusted_proxies


def provider_of(settings: Settings) -> IdentityProvider | None:
    """Return the provider of single sign-on, where one is set up.

    Raises:
        ConfigurationError: a setting cannot be used, or another one is missing beside it.
    """
    issuer, client = settings.oidc_issuer, settings.oidc_client_id
    if issuer is None and client is None:
        return None
    if issuer is None or client is None:
        raise ConfigurationError("Single sign-on needs COPILOT_OIDC_ISSUER and COPILOT_OIDC_CLIENT_ID. Set both.")
    # Not before it is needed: what checks tokens takes a while to import.
    from copilot.adapters.oidc_http import is_safe
    from copilot.adapters.oidc_identity_provider import OidcIdentityProvider

    if not is_safe(issuer, clear=True) or urlsplit(issuer).query:
        shown = issuer.rpartition("@")[2]  # what stands before it may be a password
        raise ConfigurationError(
            f"COPILOT_OIDC_ISSUER {shown!r} is no issuer. Write it as the provider does, https://login.ours.com."
        )
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else None
    if secret is not None and not (secret.isascii() and secret.isprintable()):
        raise ConfigurationError("COPILOT_OIDC_CLIENT_SECRET holds characters that no secret has. Copy it again.")
    if "openid" not in settings.oidc_scopes.split():
        raise ConfigurationError("COPILOT_OIDC_SCOPES must name `openid`: openid email profile.")
    return OidcIdentityProvider(
        issuer=issuer,
        client_id=client,
        client_secret=secret,
        title=settings.oidc_name or urlsplit(issuer).hostname or issuer,
        scopes=settings.oidc_scopes,
    )


def _admission(settings: Settings) -> Admission:
    roles: dict[str, Role] = {}
    for entry in settings.oidc_roles:
        group, _, role = entry.rpartition("=")
        if not group or role not in {one.value for one in Role}:
            raise ConfigurationError(
                f"COPILOT_OIDC_ROLES: {entry!r} names no role. Write group=role with {', '.join(Role)}."
            )
        roles[group] = Role(role)
    if bool(roles) != bool(settings.oidc_roles_claim):
        raise ConfigurationError("COPILOT_OIDC_ROLES and COPILOT_OIDC_ROLES_CLAIM belong together. Set both.")
    return Admission(
        domains=frozenset(domain.lower().lstrip("@") for domain in settings.oidc_allowed_domains),
        create=settings.oidc_create,
        default_role=Role(settings.oidc_default_role),
        roles_claim=settings.oidc_roles_claim,
        roles=roles,
    )
