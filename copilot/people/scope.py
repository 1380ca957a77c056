"""What may be done, and which role may do it."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from copilot.people.person import Person, Role


class Scope(StrEnum):
    """A closed set; every route needs one of them (copilot/interfaces/api/scopes.py)."""

    ASK = "ask"  #: questions, and whether an answer helped
    SEARCH = "search"
    DOCUMENTS_READ = "documents.read"
    DOCUMENTS_VERIFY = "documents.verify"  #: say that a document is right; without `documents.write` only one's own
    DOCUMENTS_WRITE = "documents.write"  #: delete, say who may read, and verify what others own
    INGEST = "ingest"
    QUESTIONS_DECIDE = "questions.decide"  #: which written questions are indexed
    GAPS_READ = "gaps.read"  #: which gaps, depends on who asks (copilot/curating/gaps.py)
    GAPS_WRITE = "gaps.write"  #: assign, dismiss and reopen; those that one owns, or as a curator or manager
    ACCOUNTS_READ = "accounts.read"
    ACCOUNTS_WRITE = "accounts.write"
    DRAFTS_READ = "drafts.read"
    DRAFTS_WRITE = "drafts.write"
    DRAFTS_DECIDE = "drafts.decide"  #: whose drafts, and which, is policy (copilot/approval)
    DELIVERIES_WRITE = "deliveries.write"
    PEOPLE_MANAGE = "people.manage"
    KEYS_OWN = "keys.own"  #: keys and sign-in links of one's own
    KEYS_MANAGE = "keys.manage"  #: those of others
    AUDIT_READ = "audit.read"
    INSIGHT_READ = "insight.read"
    WIDGET_TOKENS = "widget.tokens"  #: tokens for visitors of a chat on a page
    HANDOVERS = "handovers"  #: see who asked for a person, with the conversation, and mark it done
    BACKUPS_MAKE = "backups.make"  #: of everything, whoever may read it
    SIDEBAR_INVITE = "sidebar.invite"  #: open the page beside a record for somebody: for back ends of CRMs


_READER = frozenset(
    {
        Scope.ASK,
        Scope.SEARCH,
        Scope.DOCUMENTS_READ,
        Scope.DOCUMENTS_VERIFY,
        Scope.GAPS_READ,
        Scope.GAPS_WRITE,
        Scope.KEYS_OWN,
    }
)
_FRONTLINE = _READER | {
    Scope.ACCOUNTS_READ,
    Scope.ACCOUNTS_WRITE,
    Scope.DRAFTS_READ,
    Scope.DRAFTS_WRITE,
    Scope.DRAFTS_DECIDE,
    Scope.DELIVERIES_WRITE,
    Scope.HANDOVERS,
}
#: Drafts of knowledge, and of nothing else: those about accounts are not shown to them (copilot/drafting/service.py).
_KNOWLEDGE_DRAFTS = frozenset({Scope.DRAFTS_READ, Scope.DRAFTS_WRITE, Scope.DRAFTS_DECIDE})
_CURATOR = _READER | _KNOWLEDGE_DRAFTS | {Scope.DOCUMENTS_WRITE, Scope.INGEST, Scope.QUESTIONS_DECIDE}

OF_ROLE: dict[Role, frozenset[Scope]] = {
    Role.READER: _READER,
    Role.FRONTLINE: _FRONTLINE,
    Role.CURATOR: _CURATOR,
    Role.MANAGER: _FRONTLINE | {Scope.INSIGHT_READ, Scope.AUDIT_READ},
    Role.ADMIN: _CURATOR
    | {
        Scope.PEOPLE_MANAGE,
        Scope.KEYS_MANAGE,
        Scope.AUDIT_READ,
        Scope.INSIGHT_READ,
        Scope.WIDGET_TOKENS,
        Scope.HANDOVERS,
        Scope.BACKUPS_MAKE,
        Scope.SIDEBAR_INVITE,
    },
}


def scopes_of(person: Person) -> frozenset[Scope]:
    """Return all that a person may do; nothing once they are no longer active."""
    return frozenset().union(*(OF_ROLE[role] for role in person.roles)) if person.active else frozenset()


def roles_with(scope: Scope) -> Collection[Role]:
    """Return the roles that have a scope, the most modest first."""
    return [role for role in Role if scope in OF_ROLE[role]]
