"""The CRMs whose settings are there."""

from __future__ import annotations

from copilot.adapters.crm_channel import CrmChannel
from copilot.adapters.crm_http import CrmHttp, usable_secret
from copilot.adapters.hubspot import HubSpot
from copilot.adapters.salesforce import Salesforce
from copilot.delivery.crm import CrmRecords
from copilot.delivery.destination import DestinationRules
from copilot.errors import ConfigurationError
from copilot.settings import Settings


def crm_channel(settings: Settings, rules: DestinationRules) -> CrmChannel | None:
    """Wire them; None where there is none.

    Raises:
        ConfigurationError: a setting cannot be used, or another one is missing beside it.
    """
    records = [one for one in (_hubspot(settings, rules), _salesforce(settings, rules)) if one is not None]
    return CrmChannel(records) if records else None


def _hubspot(settings: Settings, rules: DestinationRules) -> CrmRecords | None:
    if settings.hubspot_token is None:
        return None
    token = usable_secret(settings.hubspot_token.get_secret_value(), "COPILOT_HUBSPOT_TOKEN")
    http = CrmHttp(title="HubSpot", setting="COPILOT_HUBSPOT_URL", base=settings.hubspot_url, rules=rules)
    return HubSpot(http=http, token=token)


def _salesforce(settings: Settings, rules: DestinationRules) -> CrmRecords | None:
    url, id, secret = settings.salesforce_url, settings.salesforce_client_id, settings.salesforce_client_secret
    if url is None and id is None and secret is None:
        return None
    if url is None or id is None or secret is None:
        raise ConfigurationError(
            "Salesforce needs COPILOT_SALESFORCE_URL, COPILOT_SALESFORCE_CLIENT_ID and "
            "COPILOT_SALESFORCE_CLIENT_SECRET, and not all of them are set. Set the others too, or none."
        )
    http = CrmHttp(title="Salesforce", setting="COPILOT_SALESFORCE_URL", base=url, rules=rules)
    return Salesforce(
        http=http,
        client_id=usable_secret(id.get_secret_value(), "COPILOT_SALESFORCE_CLIENT_ID"),
        client_secret=usable_secret(secret.get_secret_value(), "COPILOT_SALESFORCE_CLIENT_SECRET"),
    )
