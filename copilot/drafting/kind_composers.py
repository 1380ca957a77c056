"""All composers of drafts: one per kind."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.drafting.andon import andon
from copilot.drafting.call_script import call_script
from copilot.drafting.composer import Composer
from copilot.drafting.customer_message import CustomerMessage
from copilot.drafting.draft import DraftKind
from copilot.drafting.handoff import handoff
from copilot.drafting.kind_writing import Author, KindComposer
from copilot.drafting.proposal import proposal
from copilot.drafting.qbr import qbr
from copilot.drafting.renewal_brief import renewal_brief
from copilot.drafting.showcase_request import showcase_request
from copilot.drafting.sources import Sources
from copilot.drafting.success_plan import SuccessPlan
from copilot.drafting.value_update import value_update
from copilot.suggesting.advice import Advising

_AUTHORS: Mapping[DraftKind, Author] = {
    DraftKind.HANDOFF: handoff,
    DraftKind.CALL_SCRIPT: call_script,
    DraftKind.PROPOSAL: proposal,
    DraftKind.RENEWAL_BRIEF: renewal_brief,
    DraftKind.QBR: qbr,
    DraftKind.SHOWCASE_REQUEST: showcase_request,
    DraftKind.VALUE_UPDATE: value_update,
    DraftKind.ANDON: andon,
}


def composers(sources: Sources, advising: Advising | None = None) -> list[Composer]:
    """Return a composer for every kind; without advice, next steps follow from the risks."""
    kinds = (KindComposer(kind, author, sources, advising) for kind, author in _AUTHORS.items())
    return [CustomerMessage(sources), SuccessPlan(sources, advising), *kinds]
