"""The page beside a record of a CRM, and the doors whose settings are there."""

from __future__ import annotations

from pydantic import SecretStr
from sqlalchemy import Engine

from copilot.adapters.crm_http import usable_secret
from copilot.adapters.foreign_jwt import ForeignJwt
from copilot.adapters.jwt_tokens import JwtTokens
from copilot.adapters.sql.signing_keys import SqlSigningKeys
from copilot.adapters.sql.used_tokens import SqlUsedTokens
from copilot.adapters.wecom import WeComServer
from copilot.bootstrap.work import Work, destinations
from copilot.delivery.destination import DestinationRules
from copilot.errors import ConfigurationError
from copilot.interfaces.advice import LocalAdvices
from copilot.interfaces.cases import LocalCases
from copilot.interfaces.crm.doors import CanvasApp, Doors, HubSpotApp, WeComApp
from copilot.interfaces.sidebar import LocalSidebar
from copilot.people.crm_user import CrmUsers, read_crm_people
from copilot.people.record_visit import RecordVisits
from copilot.people.store import PeopleStore
from copilot.settings import Settings


def sidebar_of(
    settings: Settings,
    engine: Engine,
    *,
    work: Work,
    advices: LocalAdvices,
    cases: LocalCases,
    people: PeopleStore,
) -> LocalSidebar:
    """Wire it.

    Raises:
        ConfigurationError: a setting of a CRM is there, and one that it needs is not.
    """
    secret = settings.sidebar_secret
    doors = Doors(
        visits=RecordVisits(
            tokens=JwtTokens(SqlSigningKeys(engine)), used=SqlUsedTokens(engine), person_of=people.person
        ),
        users=CrmUsers(people.people, read_crm_people(settings.sidebar_people) if settings.sidebar_people else None),
        origins=settings.sidebar_origins,
        public_url=settings.public_url.rstrip("/") if settings.public_url else None,
        foreign=ForeignJwt(secret.get_secret_value()) if secret else None,
        hubspot=_hubspot(settings),
        canvas=_canvas(settings),
        wecom=_wecom(settings),
    )
    return LocalSidebar(
        recognising=work.recognising,
        accounts=work.accounts,
        advices=advices,
        cases=cases,
        drafts=work.drafts,
        doors=doors,
    )


def _hubspot(settings: Settings) -> HubSpotApp | None:
    secret, portal = settings.sidebar_hubspot_secret, settings.sidebar_hubspot_portal
    if secret is None and portal is None:
        return None
    if secret is None or portal is None or settings.public_url is None:
        raise ConfigurationError(
            "The card in HubSpot needs COPILOT_SIDEBAR_HUBSPOT_SECRET, COPILOT_SIDEBAR_HUBSPOT_PORTAL and "
            "COPILOT_PUBLIC_URL, which HubSpot signs, and not all of them are set. Set the others too, or none."
        )
    return HubSpotApp(secret=_usable(secret, "COPILOT_SIDEBAR_HUBSPOT_SECRET"), portal=portal)


def _canvas(settings: Settings) -> CanvasApp | None:
    secret, org = settings.sidebar_salesforce_secret, settings.sidebar_salesforce_org
    if secret is None and org is None:
        return None
    if secret is None or org is None:
        raise ConfigurationError(
            "The canvas in Salesforce needs COPILOT_SIDEBAR_SALESFORCE_SECRET and COPILOT_SIDEBAR_SALESFORCE_ORG, and "
            "one of them is not set. Set both, or none."
        )
    return CanvasApp(secret=_usable(secret, "COPILOT_SIDEBAR_SALESFORCE_SECRET"), org=org)


def _wecom(settings: Settings) -> WeComApp | None:
    corp, agent, secret = settings.wecom_corp, settings.wecom_agent, settings.wecom_secret
    if corp is None and agent is None and secret is None:
        return None
    if corp is None or agent is None or secret is None or settings.public_url is None:
        raise ConfigurationError(
            "企业微信 needs COPILOT_WECOM_CORP, COPILOT_WECOM_AGENT, COPILOT_WECOM_SECRET and COPILOT_PUBLIC_URL, and "
            "not all of them are set. Set the others too, or none."
        )
    rules = DestinationRules(
        internal=destinations("delivery_internal", settings.delivery_internal),
        allowed=destinations("delivery_allowed", settings.delivery_allowed),
    )
    server = WeComServer(
        corp=corp, secret=_usable(secret, "COPILOT_WECOM_SECRET"), base=settings.wecom_url, rules=rules
    )
    return WeComApp(server=server, corp=corp, agent=agent, login=settings.wecom_login_url, sdk=settings.wecom_sdk)


def _usable(secret: SecretStr, setting: str) -> str:
    return usable_secret(secret.get_secret_value(), setting)
