"""App Home: the map, my accounts with what to do next, drafts that wait for me, gaps that are mine."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from copilot.curating.gap import GapStatus
from copilot.drafting.draft import DraftKind, DraftStatus
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.advice import SlackAdvice
from copilot.interfaces.slack.clicks import Click
from copilot.interfaces.slack.desk import Desk
from copilot.interfaces.slack.drafts import SlackDrafts
from copilot.interfaces.slack.home_view import Home, MyAccount, OwnedGap, WaitingDraft, home_view
from copilot.interfaces.slack.identity import Known
from copilot.interfaces.slack.notices import problem
from copilot.interfaces.slack.prompts import suggested_prompts
from copilot.people.person import Role
from copilot.people.scope import Scope
from knowledge.errors import ReportableError

_log = logging.getLogger(__name__)

_PAGE = 200
_PAGES = 10
#: Advice is made for so many accounts: a page has to open at once.
_ADVISED = 5


def _decides_for_others(known: Known, kind: DraftKind) -> bool:
    """Managers decide on drafts of their people, curators on knowledge; the policy has the last word."""
    knowledge = kind is DraftKind.KNOWLEDGE
    return known.person.has(Role.ADMIN, Role.CURATOR if knowledge else Role.MANAGER)


class SlackHome:
    """Publishes App Home and suggests what to ask."""

    def __init__(self, desk: Desk, drafts: SlackDrafts, advice: SlackAdvice) -> None:
        self._desk = desk
        self._drafts = drafts
        self._advice = advice

    def publish(self, user: str, stage: str | None = None) -> None:
        """Show somebody their page; with `stage`, its documents."""
        known = self._desk.member(user)
        home = Home(
            language=known.language,
            name=known.user.name,
            navigation=self._desk.copilot.navigation(caller=known.caller),
            accounts=self._accounts(known),
            drafts=self._waiting(known),
            gaps=self._gaps(known),
            stage=stage,
        )
        self._desk.calls("views.publish", user_id=user, view=home_view(home))

    def refuse(self, user: str, error: ReportableError) -> None:
        """Show somebody why there is no page for them."""
        language = self._desk.identity.known(user).language
        said = problem(error, language)
        self._desk.calls("views.publish", user_id=user, view={"type": "home", "blocks": list(said.blocks)})

    def _gaps(self, known: Known) -> Sequence[OwnedGap]:
        """Return the open questions that they answer for, those that most people asked first."""
        found = self._desk.copilot.gaps.list(None, mine=True, caller=known.caller).gaps
        return [
            OwnedGap(id=one.id, question=one.question, asked=one.askers)
            for one in found
            if one.owner == known.person.id and one.status in (GapStatus.OPEN, GapStatus.DRAFTED)
        ]

    def suggest(self, user: str, channel: str, thread: str | None = None) -> None:
        """Suggest what to ask, in the direct messages."""
        known = self._desk.member(user)
        account = self._first_of(known)
        prompts = suggested_prompts(
            known.language,
            roles=sorted(known.person.roles),
            stage=account.stage if account else None,
            account=account.name if account else None,
        )
        self._desk.calls(
            "assistant.threads.setSuggestedPrompts",
            once=True,
            channel_id=channel,
            thread_ts=thread,
            title=prompts.title,
            prompts=list(prompts.prompts),
        )

    def click(self, click: Click) -> None:
        """Handle a button of the page."""
        if click.action_id.startswith(ids.STAGE):
            self.publish(click.user, click.value)
        elif click.action_id.startswith(ids.ACCOUNT_ADVICE):
            known = self._desk.member(click.user, Scope.ACCOUNTS_READ)
            record = self._desk.copilot.accounts.get(click.value).model_dump()
            name = str(record.get("name") or click.value)
            message = self._advice.advise(known, click.value, name, click.channel)
            self._desk.poster.post(click.user, None, message, f"advice:{click.trigger_id}")

    def _first_of(self, known: Known) -> MyAccount | None:
        """Return the account of theirs that does worst, of those that are looked at."""
        judged = [one for one in self._accounts(known) if one.score is not None]
        return min(judged, key=lambda one: one.score or 0, default=None)

    def _accounts(self, known: Known) -> list[MyAccount]:
        if Scope.ACCOUNTS_READ not in known.caller.scopes:
            return []
        names = {known.person.id.casefold(), known.person.name.casefold(), (known.person.email or "").casefold()}
        mine: list[tuple[str, str]] = []
        after: str | None = None
        for _ in range(_PAGES):
            page = self._desk.copilot.accounts.list(_PAGE, after).accounts
            for record in page:
                facts = record.model_dump()
                owner = str(facts.get("owner") or "").casefold()
                if owner and owner in names:
                    mine.append((record.id, str(facts.get("name") or record.id)))
            if len(page) < _PAGE:
                break
            after = page[-1].id
        shown = [self._advised(known, id, name) for id, name in mine[:_ADVISED]]
        return shown + [MyAccount(id=id, name=name) for id, name in mine[_ADVISED:]]

    def _advised(self, known: Known, id: str, name: str) -> MyAccount:
        try:
            advice = self._desk.copilot.advices.advice(id, known.language, caller=known.caller)
        except ReportableError as error:
            _log.info("no advice on %s for App Home: %s", id, error.message)
            return MyAccount(id=id, name=name)
        first = advice.actions[0] if advice.actions else None
        return MyAccount(
            id=id,
            name=name,
            band=advice.health.band,
            score=advice.health.score,
            next_action=first.title if first else None,
            urgency=first.urgency if first else None,
            due=first.due if first else None,
            stage=advice.stage,
        )

    def _waiting(self, known: Known) -> list[WaitingDraft]:
        if Scope.DRAFTS_DECIDE not in known.caller.scopes:
            return []
        found = self._desk.drafts(known).list(status=DraftStatus.OPEN, limit=50).drafts
        return [
            WaitingDraft(
                id=one.id,
                kind=one.kind,
                revision=one.revision,
                account=one.account_id,
                author=one.created_by,
                updated_at=one.updated_at,
            )
            for one in found
            if one.created_by == known.person.id or _decides_for_others(known, one.kind)
        ]
