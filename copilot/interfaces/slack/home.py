"""App Home: the map, my accounts with what to do next, drafts that wait for me, gaps that are mine."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.curating.gap import GapStatus
from copilot.drafting.draft import DraftKind, DraftStatus
from copilot.interfaces.attention_contract import AttentionList, AttentionQuery
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.advice import SlackAdvice
from copilot.interfaces.slack.clicks import Click
from copilot.interfaces.slack.desk import Desk
from copilot.interfaces.slack.drafts import SlackDrafts
from copilot.interfaces.slack.home_view import MOST_ACCOUNTS, Home, MyAccount, OwnedGap, WaitingDraft, home_view
from copilot.interfaces.slack.identity import Known
from copilot.interfaces.slack.notices import problem
from copilot.interfaces.slack.prompts import suggested_prompts
from copilot.people.person import Role
from copilot.people.scope import Scope
from knowledge.errors import ReportableError


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
        mine = self._mine(known, MOST_ACCOUNTS)
        home = Home(
            language=known.language,
            name=known.user.name,
            navigation=self._desk.copilot.navigation(caller=known.caller),
            accounts=self._shown(mine),
            account_count=mine.count if mine else 0,
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
        """Return the account of theirs that needs them most."""
        return next(iter(self._shown(self._mine(known, 1))), None)

    def _mine(self, known: Known, size: int) -> AttentionList | None:
        if Scope.ACCOUNTS_READ not in known.caller.scopes:
            return None
        query = AttentionQuery(whose="mine", size=size)
        return self._desk.copilot.attention.page(query, known.language, caller=known.caller)

    def _shown(self, found: AttentionList | None) -> list[MyAccount]:
        return [
            MyAccount(
                id=one.id,
                name=one.name,
                band=one.band,
                score=one.score,
                next_action=one.next.title if one.next else None,
                urgency=one.next.urgency if one.next else None,
                due=one.next.due if one.next else None,
                stage=one.stage,
            )
            for one in (found.accounts if found else ())
        ]

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
