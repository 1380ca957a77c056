"""What every route needs, in one table. A route without a row cannot be reached."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

from starlette.routing import compile_path

from copilot.people.scope import Scope

#: Needs no credentials. `open`: health, descriptions, and the pages a stranger signs in on. `signed`: a request of
#: another system that proves itself by a signature; a browser may carry it here from another site.
Open = Literal["open", "signed"]
#: Needs a key and no scope by itself: what is asked for inside does.
Known = Literal["known"]
Need = Scope | Open | Known

_OPEN: Open = "open"
_SIGNED: Open = "signed"
_KNOWN: Known = "known"

#: Method and path template → what is needed. The first row that fits decides, as with the routes themselves.
ROUTES: Mapping[tuple[str, str], Need] = {
    ("GET", "/healthz"): _OPEN,
    ("GET", "/readyz"): _OPEN,
    ("GET", "/metrics"): _OPEN,
    ("GET", "/openapi.json"): _OPEN,
    ("GET", "/docs"): _OPEN,
    ("GET", "/favicon.ico"): _OPEN,
    ("GET", "/app"): _OPEN,
    ("GET", "/login"): _OPEN,
    ("POST", "/login"): _OPEN,
    ("GET", "/login/provider"): _OPEN,
    ("GET", "/login/provider/back"): _OPEN,
    ("GET", "/invitation"): _OPEN,
    ("POST", "/invitation"): _OPEN,
    # Language and theme are kept by the browser; leaving ends what there is.
    ("POST", "/preferences"): _OPEN,
    ("POST", "/logout"): _OPEN,
    # Everybody who may keep keys has settings; what needs more is refused by the services.
    ("GET", "/app/settings"): Scope.KEYS_OWN,
    ("POST", "/app/settings/name"): Scope.KEYS_OWN,
    ("POST", "/app/settings/password"): Scope.KEYS_OWN,
    ("POST", "/app/settings/keys"): Scope.KEYS_OWN,
    ("POST", "/app/settings/keys/{id}/rotation"): Scope.KEYS_OWN,
    ("POST", "/app/settings/keys/{id}/revocation"): Scope.KEYS_OWN,
    ("POST", "/app/settings/sessions/end"): Scope.KEYS_OWN,
    ("POST", "/app/settings/sessions/{id}/end"): Scope.KEYS_OWN,
    ("POST", "/app/settings/identity/release"): Scope.KEYS_OWN,
    ("GET", "/app/people"): Scope.PEOPLE_MANAGE,
    ("POST", "/app/people"): Scope.PEOPLE_MANAGE,
    ("GET", "/app/people/{id}"): Scope.PEOPLE_MANAGE,
    ("POST", "/app/people/{id}"): Scope.PEOPLE_MANAGE,
    ("POST", "/app/people/{id}/activity"): Scope.PEOPLE_MANAGE,
    ("POST", "/app/people/{id}/invitation"): Scope.PEOPLE_MANAGE,
    ("POST", "/app/people/{id}/invitation/revocation"): Scope.PEOPLE_MANAGE,
    ("POST", "/app/people/{id}/sessions/end"): Scope.PEOPLE_MANAGE,
    # Slack signs its requests; without settings for it there is no such route.
    ("POST", "/slack/events"): _SIGNED,
    # Tokens and signed requests open the page beside a record; without settings for a CRM its route is not there.
    ("GET", "/sidebar"): _OPEN,
    ("GET", "/sidebar/wecom"): _OPEN,
    ("GET", "/v1/crm/salesforce/canvas"): _OPEN,
    ("POST", "/v1/crm/salesforce/canvas"): _SIGNED,
    ("GET", "/sidebar/view"): Scope.ACCOUNTS_READ,
    ("GET", "/v1/sidebar"): Scope.ACCOUNTS_READ,
    ("POST", "/v1/sidebar/account"): Scope.ACCOUNTS_WRITE,
    ("POST", "/v1/sidebar/questions"): Scope.ASK,
    ("POST", "/v1/sidebar/drafts"): Scope.DRAFTS_WRITE,
    ("GET", "/v1/sidebar/work/{id}"): Scope.ASK,
    ("POST", "/v1/sidebar/renewal"): Scope.ASK,
    ("POST", "/v1/sidebar/tokens"): Scope.SIDEBAR_INVITE,
    ("GET", "/v1/crm/wecom/signature"): Scope.ACCOUNTS_READ,
    # Style sheets, scripts and pictures of our pages; they hold nothing of anybody's.
    ("GET", "/pages/{path:path}"): _OPEN,
    # Any page may load it; what it may ask for, its token says.
    ("GET", "/widget.js"): _OPEN,
    ("POST", "/v1/ask"): Scope.ASK,
    ("POST", "/v1/ask/stream"): Scope.ASK,
    # Each tool needs scopes of its own (copilot/interfaces/mcp/tool.py).
    ("POST", "/mcp"): _KNOWN,
    ("POST", "/v1/chat/completions"): Scope.ASK,
    ("GET", "/v1/models"): Scope.ASK,
    ("GET", "/v1/models/{id}"): Scope.ASK,
    ("DELETE", "/v1/ask/stream/{request_id}"): Scope.ASK,
    ("GET", "/v1/conversations"): Scope.ASK,
    ("GET", "/v1/conversations/{id}"): Scope.ASK,
    ("POST", "/v1/conversations/{id}/handover"): Scope.ASK,
    ("GET", "/v1/answers/{id}/citations/{number}"): Scope.ASK,
    ("GET", "/v1/shortcuts"): Scope.ASK,
    ("POST", "/v1/widget/tokens"): Scope.WIDGET_TOKENS,
    ("GET", "/app/handovers"): Scope.HANDOVERS,
    ("GET", "/app/handovers/{id}"): Scope.HANDOVERS,
    ("POST", "/app/handovers/{id}/done"): Scope.HANDOVERS,
    ("POST", "/v1/answers/{id}/feedback"): Scope.ASK,
    ("GET", "/v1/search"): Scope.SEARCH,
    ("GET", "/v1/documents"): Scope.DOCUMENTS_READ,
    ("POST", "/v1/documents"): Scope.INGEST,
    ("GET", "/v1/navigation"): Scope.DOCUMENTS_READ,
    ("POST", "/v1/documents/{id:path}/access"): Scope.DOCUMENTS_WRITE,
    ("GET", "/v1/documents/review"): Scope.DOCUMENTS_READ,
    ("POST", "/v1/documents/{id:path}/verification"): Scope.DOCUMENTS_VERIFY,
    ("GET", "/v1/documents/{id:path}"): Scope.DOCUMENTS_READ,
    ("DELETE", "/v1/documents/{id:path}"): Scope.DOCUMENTS_WRITE,
    ("POST", "/v1/ingestions"): Scope.INGEST,
    ("GET", "/v1/ingestions/{id}"): Scope.INGEST,
    ("DELETE", "/v1/ingestions/{id}"): Scope.INGEST,
    # No document, hence no access label: names and reasons are for those who ingest.
    ("GET", "/v1/failures"): Scope.INGEST,
    ("POST", "/v1/changes"): Scope.INGEST,
    ("GET", "/v1/changes"): Scope.INGEST,
    ("GET", "/v1/changes/{id}"): Scope.INGEST,
    ("DELETE", "/v1/changes/{id}"): Scope.INGEST,
    ("POST", "/v1/changes/{id}/publication"): Scope.DOCUMENTS_WRITE,
    ("GET", "/v1/questions"): Scope.DOCUMENTS_READ,
    ("POST", "/v1/questions/plan"): Scope.INGEST,
    ("DELETE", "/v1/questions"): Scope.QUESTIONS_DECIDE,
    ("GET", "/v1/questions/proposals"): Scope.QUESTIONS_DECIDE,
    ("POST", "/v1/questions/proposals/{id}/decisions"): Scope.QUESTIONS_DECIDE,
    # Which gaps, and whose, depends on who asks (copilot/curating/gaps.py).
    ("GET", "/v1/gaps"): Scope.GAPS_READ,
    ("GET", "/v1/gaps/{id}"): Scope.GAPS_READ,
    ("POST", "/v1/gaps/{id}/assignment"): Scope.GAPS_WRITE,
    ("POST", "/v1/gaps/{id}/dismissal"): Scope.GAPS_WRITE,
    ("POST", "/v1/gaps/{id}/reopening"): Scope.GAPS_WRITE,
    ("POST", "/v1/gaps/{id}/merge"): Scope.GAPS_WRITE,
    ("POST", "/v1/gaps/{id}/draft"): Scope.DRAFTS_WRITE,
    ("GET", "/v1/knowledge"): Scope.DOCUMENTS_READ,
    ("GET", "/v1/knowledge/questions"): Scope.DOCUMENTS_READ,
    ("DELETE", "/v1/knowledge/{id}"): Scope.DOCUMENTS_VERIFY,
    ("PUT", "/v1/knowledge/{id}/pin"): Scope.DOCUMENTS_VERIFY,
    ("DELETE", "/v1/knowledge/{id}/pin"): Scope.DOCUMENTS_VERIFY,
    ("GET", "/v1/notices"): Scope.ASK,
    ("POST", "/v1/notices/{id}/seen"): Scope.ASK,
    ("GET", "/v1/calculators"): Scope.ASK,
    ("POST", "/v1/calculators/{name}"): Scope.ASK,
    # An account named in them needs ACCOUNTS_READ too (copilot/interfaces/cases.py).
    ("GET", "/v1/cases/match"): Scope.SEARCH,
    ("POST", "/v1/cases/ledger"): Scope.SEARCH,
    ("GET", "/v1/accounts"): Scope.ACCOUNTS_READ,
    ("GET", "/v1/accounts/{id}"): Scope.ACCOUNTS_READ,
    ("PUT", "/v1/accounts/{id}"): Scope.ACCOUNTS_WRITE,
    ("GET", "/v1/accounts/{id}/outlook"): Scope.ACCOUNTS_READ,
    ("POST", "/v1/accounts/history"): Scope.ACCOUNTS_WRITE,
    ("GET", "/v1/accounts/{id}/signals"): Scope.ACCOUNTS_READ,
    ("POST", "/v1/accounts/{id}/signals"): Scope.ACCOUNTS_WRITE,
    ("GET", "/v1/accounts/{id}/advice"): Scope.ACCOUNTS_READ,
    ("POST", "/v1/advice"): Scope.ACCOUNTS_READ,
    ("POST", "/v1/suggestions/{id}/reaction"): Scope.ACCOUNTS_WRITE,
    # Who keeps neither accounts nor the knowledge sees what their own playbooks met with.
    ("GET", "/v1/suggestions/rejected"): Scope.DOCUMENTS_VERIFY,
    ("GET", "/v1/suggestions/errors"): Scope.ACCOUNTS_READ,
    ("POST", "/v1/drafts"): Scope.DRAFTS_WRITE,
    ("GET", "/v1/drafts"): Scope.DRAFTS_READ,
    ("GET", "/v1/drafts/{id}"): Scope.DRAFTS_READ,
    ("GET", "/v1/drafts/{id}/export"): Scope.DRAFTS_READ,
    ("POST", "/v1/drafts/{id}/revisions"): Scope.DRAFTS_WRITE,
    ("POST", "/v1/drafts/{id}/instructions"): Scope.DRAFTS_WRITE,
    ("POST", "/v1/drafts/{id}/decisions"): Scope.DRAFTS_DECIDE,
    ("POST", "/v1/drafts/{id}/deliveries"): Scope.DELIVERIES_WRITE,
    ("GET", "/v1/drafts/{id}/deliveries"): Scope.DRAFTS_READ,
    ("GET", "/v1/deliveries"): Scope.DRAFTS_READ,
    ("GET", "/v1/deliveries/{id}"): Scope.DRAFTS_READ,
    ("POST", "/v1/deliveries/{id}/retry"): Scope.DELIVERIES_WRITE,
    ("POST", "/v1/delegations"): Scope.DRAFTS_DECIDE,
    # Everybody sees their own figures; whose others a person may see: copilot/insight/rights.py.
    ("GET", "/v1/insights"): Scope.ASK,
    ("GET", "/v1/insights.csv"): Scope.ASK,
    ("GET", "/v1/insights/charts/{key}.svg"): Scope.ASK,
    ("GET", "/v1/evaluations"): Scope.DOCUMENTS_WRITE,
    ("POST", "/v1/evaluations"): Scope.DOCUMENTS_WRITE,
    ("GET", "/v1/evaluations/run"): Scope.DOCUMENTS_WRITE,
    ("POST", "/v1/evaluations/run"): Scope.DOCUMENTS_WRITE,
    ("DELETE", "/v1/evaluations/run"): Scope.DOCUMENTS_WRITE,
    ("GET", "/v1/evaluations/{id}"): Scope.DOCUMENTS_WRITE,
    # Whose, and whether of a team: copilot/scheduling/service.py and copilot/insight/digest_gathering.py.
    ("POST", "/v1/digests"): Scope.DRAFTS_WRITE,
    ("GET", "/v1/schedules"): Scope.DRAFTS_READ,
    ("POST", "/v1/schedules"): Scope.DRAFTS_WRITE,
    ("DELETE", "/v1/schedules/{id}"): Scope.DRAFTS_WRITE,
    ("GET", "/v1/schedules/{id}/runs"): Scope.DRAFTS_READ,
    ("POST", "/v1/schedules/{id}/runs"): Scope.DRAFTS_WRITE,
    ("POST", "/v1/schedules/{id}/pause"): Scope.DRAFTS_WRITE,
    ("POST", "/v1/schedules/{id}/resume"): Scope.DRAFTS_WRITE,
    ("GET", "/v1/audit"): Scope.AUDIT_READ,
    ("GET", "/v1/audit/check"): Scope.AUDIT_READ,
    ("POST", "/v1/backups"): Scope.BACKUPS_MAKE,
    ("GET", "/v1/backups/{id}"): Scope.BACKUPS_MAKE,
    ("POST", "/v1/login-links"): Scope.KEYS_OWN,
    ("GET", "/v1/keys"): Scope.KEYS_OWN,
    ("POST", "/v1/keys"): Scope.KEYS_OWN,
    ("POST", "/v1/keys/{id}/rotation"): Scope.KEYS_OWN,
    ("DELETE", "/v1/keys/{id}"): Scope.KEYS_OWN,
    ("GET", "/v1/people"): Scope.PEOPLE_MANAGE,
    ("POST", "/v1/people"): Scope.PEOPLE_MANAGE,
    ("GET", "/v1/people/{id}"): Scope.PEOPLE_MANAGE,
    ("PATCH", "/v1/people/{id}"): Scope.PEOPLE_MANAGE,
    ("POST", "/v1/people/{id}/invitations"): Scope.PEOPLE_MANAGE,
    ("DELETE", "/v1/people/{id}/invitations"): Scope.PEOPLE_MANAGE,
    ("GET", "/v1/people/{id}/export"): Scope.PEOPLE_MANAGE,
    ("POST", "/v1/people/{id}/erasure"): Scope.PEOPLE_MANAGE,
    ("POST", "/v1/accounts/{id}/contacts/export"): Scope.PEOPLE_MANAGE,
    ("POST", "/v1/accounts/{id}/contacts/erasure"): Scope.PEOPLE_MANAGE,
    # Pages of the knowledge. What a page shows depends on who asks, as with the routes above.
    ("GET", "/app/gaps"): Scope.GAPS_READ,
    ("GET", "/app/gaps/notices"): Scope.ASK,
    ("POST", "/app/gaps/notices/{id}/seen"): Scope.ASK,
    ("GET", "/app/gaps/proposals"): Scope.QUESTIONS_DECIDE,
    ("POST", "/app/gaps/proposals/{id}/decisions"): Scope.QUESTIONS_DECIDE,
    ("GET", "/app/gaps/knowledge"): Scope.DOCUMENTS_READ,
    ("POST", "/app/gaps/knowledge/{id}/pin"): Scope.DOCUMENTS_VERIFY,
    ("POST", "/app/gaps/knowledge/{id}/unpin"): Scope.DOCUMENTS_VERIFY,
    ("POST", "/app/gaps/knowledge/{id}/withdrawal"): Scope.DOCUMENTS_VERIFY,
    ("GET", "/app/gaps/{id}"): Scope.GAPS_READ,
    ("POST", "/app/gaps/{id}/assignment"): Scope.GAPS_WRITE,
    ("POST", "/app/gaps/{id}/dismissal"): Scope.GAPS_WRITE,
    ("POST", "/app/gaps/{id}/reopening"): Scope.GAPS_WRITE,
    ("POST", "/app/gaps/{id}/merge"): Scope.GAPS_WRITE,
    ("POST", "/app/gaps/{id}/draft"): Scope.DRAFTS_WRITE,
    ("GET", "/app/evaluations"): Scope.DOCUMENTS_WRITE,
    ("POST", "/app/evaluations"): Scope.DOCUMENTS_WRITE,
    ("POST", "/app/evaluations/cancel"): Scope.DOCUMENTS_WRITE,
    ("GET", "/app/evaluations/{id}"): Scope.DOCUMENTS_WRITE,
    ("GET", "/app/insight"): Scope.ASK,
    ("GET", "/app/schedules"): Scope.DRAFTS_READ,
    ("POST", "/app/schedules"): Scope.DRAFTS_WRITE,
    ("POST", "/app/schedules/{id}/{verb}"): Scope.DRAFTS_WRITE,
    ("POST", "/app/digests"): Scope.DRAFTS_WRITE,
    ("GET", "/app/audit"): Scope.AUDIT_READ,
    ("GET", "/app/audit/{number}"): Scope.AUDIT_READ,
    ("GET", "/app/map"): Scope.DOCUMENTS_READ,
    ("GET", "/app/knowledge"): Scope.DOCUMENTS_READ,
    ("GET", "/app/knowledge/failures"): Scope.INGEST,
    ("POST", "/app/knowledge/failures/retry"): Scope.INGEST,
    ("GET", "/app/knowledge/upload"): Scope.INGEST,
    ("POST", "/app/knowledge/upload"): Scope.INGEST,
    ("POST", "/app/knowledge/address"): Scope.INGEST,
    ("GET", "/app/knowledge/ingestions/{id}"): Scope.INGEST,
    ("POST", "/app/knowledge/ingestions/{id}/cancel"): Scope.INGEST,
    ("GET", "/app/knowledge/changes"): Scope.INGEST,
    ("POST", "/app/knowledge/changes"): Scope.INGEST,
    ("GET", "/app/knowledge/changes/new"): Scope.INGEST,
    ("GET", "/app/knowledge/changes/{id}"): Scope.INGEST,
    ("POST", "/app/knowledge/changes/{id}/publication"): Scope.DOCUMENTS_WRITE,
    ("POST", "/app/knowledge/changes/{id}/cancel"): Scope.INGEST,
    ("POST", "/app/knowledge/{id}/verification"): Scope.DOCUMENTS_VERIFY,
    ("POST", "/app/knowledge/{id}/access"): Scope.DOCUMENTS_WRITE,
    ("POST", "/app/knowledge/{id}/deletion"): Scope.DOCUMENTS_WRITE,
    ("GET", "/app/knowledge/{id:path}"): Scope.DOCUMENTS_READ,
    ("GET", "/app/accounts"): Scope.ACCOUNTS_READ,
    ("GET", "/app/account-import"): Scope.ACCOUNTS_WRITE,
    ("POST", "/app/account-import"): Scope.ACCOUNTS_WRITE,
    ("GET", "/app/accounts/{id}"): Scope.ACCOUNTS_READ,
    ("POST", "/app/accounts/{id}/records"): Scope.ACCOUNTS_WRITE,
    ("POST", "/app/accounts/{id}/reactions"): Scope.ACCOUNTS_WRITE,
    ("GET", "/app/drafts"): Scope.DRAFTS_READ,
    ("POST", "/app/drafts"): Scope.DRAFTS_WRITE,
    ("GET", "/app/drafts/new"): Scope.DRAFTS_WRITE,
    ("POST", "/app/drafts/preview"): Scope.DRAFTS_WRITE,
    ("GET", "/app/drafts/{id}"): Scope.DRAFTS_READ,
    ("GET", "/app/drafts/{id}/changes"): Scope.DRAFTS_READ,
    ("GET", "/app/drafts/{id}/export"): Scope.DRAFTS_READ,
    ("GET", "/app/drafts/{id}/edit"): Scope.DRAFTS_WRITE,
    ("POST", "/app/drafts/{id}/revisions"): Scope.DRAFTS_WRITE,
    ("POST", "/app/drafts/{id}/instructions"): Scope.DRAFTS_WRITE,
    ("GET", "/app/drafts/{id}/approve"): Scope.DRAFTS_DECIDE,
    ("POST", "/app/drafts/{id}/decisions"): Scope.DRAFTS_DECIDE,
    ("GET", "/app/drafts/{id}/deliver"): Scope.DELIVERIES_WRITE,
    ("POST", "/app/drafts/{id}/deliveries"): Scope.DELIVERIES_WRITE,
    ("POST", "/app/deliveries/{id}/retry"): Scope.DELIVERIES_WRITE,
}

#: All that a visitor of a chat on somebody's page reaches, whatever scopes they have, and all that pages of others
#: may call from a browser.
OF_VISITORS: frozenset[tuple[str, str]] = frozenset(
    {
        ("POST", "/v1/ask"),
        ("POST", "/v1/ask/stream"),
        ("DELETE", "/v1/ask/stream/{request_id}"),
        ("POST", "/v1/answers/{id}/feedback"),
        ("GET", "/v1/answers/{id}/citations/{number}"),
        ("GET", "/v1/conversations"),
        ("GET", "/v1/conversations/{id}"),
        ("POST", "/v1/conversations/{id}/handover"),
        ("GET", "/v1/shortcuts"),
    }
)


class RouteScopes:
    """Finds the row of a request."""

    def __init__(
        self, rows: Mapping[tuple[str, str], Need] = ROUTES, of_visitors: Iterable[tuple[str, str]] = OF_VISITORS
    ) -> None:
        self._of_visitors = [(method, compile_path(template)[0]) for method, template in of_visitors]
        self._rows: list[tuple[str, re.Pattern[str], str, Need]] = [
            (method, compile_path(template)[0], template, need) for (method, template), need in rows.items()
        ]

    def need(self, method: str, path: str) -> Need | None:
        """Return what a request needs; None where there is no such route."""
        verb = _read(method)
        return next((need for known, fits, _, need in self._rows if known == verb and fits.match(path)), None)

    def route(self, method: str, path: str) -> tuple[str | None, dict[str, str]]:
        """Return the template that a request fits, and what stands in its places; None where there is no route."""
        verb = _read(method)
        for known, fits, template, _ in self._rows:
            if known == verb and (found := fits.match(path)):
                return template, found.groupdict()
        return None, {}

    def lets_visitors(self, method: str, path: str) -> bool:
        """Tell whether a visitor may make a request."""
        return _read(method) in self.visitor_methods(path)

    def visitor_methods(self, path: str) -> list[str]:
        """Return the methods that visitors may use on a path."""
        return sorted(verb for verb, fits in self._of_visitors if fits.match(path))

    def methods(self, path: str) -> list[str]:
        """Return the methods of a path."""
        return sorted({verb for verb, fits, _, _ in self._rows if fits.match(path)})


def _read(method: str) -> str:
    """Asking for the head of a page needs what reading it needs."""
    return "GET" if method == "HEAD" else method
