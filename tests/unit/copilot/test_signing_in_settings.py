"""Settings around signing in: what cannot be meant is an error that says what to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from copilot.bootstrap.signing_in import _admission, provider_of, public_address, trusted_proxies
from copilot.errors import ConfigurationError
from copilot.people.person import Role
from copilot.settings import Settings

SIGN_ON = {"oidc_issuer": "https://login.example.com/realms/x", "oidc_client_id": "copilot"}


def settings(**values: Any) -> Settings:
    return Settings(home=Path("unused"), **values)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (None, None),
        ("https://copilot.example.com", "https://copilot.example.com/"),
        ("http://10.0.0.5:8000/", "http://10.0.0.5:8000/"),
    ],
)
def test_the_public_address_is_that_of_a_site(given: str | None, address: str | None) -> None:
    assert public_address(settings(public_url=given)) == address


@pytest.mark.parametrize("given", ["copilot.example.com", "ftp://x", "https://", "https://x/app", "https://x?y=1"])
def test_anything_else_is_no_public_address(given: str) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_PUBLIC_URL"):
        public_address(settings(public_url=given))


def test_proxies_are_addresses_and_networks() -> None:
    assert tuple(trusted_proxies(settings(trusted_proxies="10.0.0.5, 10.1.0.0/16 ::1"))) == (
        "10.0.0.5",
        "10.1.0.0/16",
        "::1",
    )
    assert tuple(trusted_proxies(settings())) == ()


@pytest.mark.parametrize("given", ["*", "proxy.example.com", "10.1.0.1/16", "10.0.0.5:80"])
def test_nobody_is_trusted_by_accident(given: str) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_TRUSTED_PROXIES"):
        trusted_proxies(settings(trusted_proxies=given))


def test_without_settings_there_is_no_provider() -> None:
    assert provider_of(settings()) is None


def test_a_provider_is_called_by_its_host_or_by_a_name() -> None:
    one, other = provider_of(settings(**SIGN_ON)), provider_of(settings(**SIGN_ON, oidc_name="公司账号"))
    assert one is not None
    assert other is not None
    assert (one.title, other.title, one.issuer) == ("login.example.com", "公司账号", SIGN_ON["oidc_issuer"])


@pytest.mark.parametrize(
    "values",
    [
        {"oidc_issuer": "https://login.example.com"},
        {"oidc_client_id": "copilot"},
        SIGN_ON | {"oidc_issuer": "http://login.example.com"},
        SIGN_ON | {"oidc_issuer": "login.example.com"},
        SIGN_ON | {"oidc_issuer": "https://login.example.com?x=1"},
        SIGN_ON | {"oidc_client_secret": "密"},
        SIGN_ON | {"oidc_scopes": "email profile"},
    ],
    ids=str,
)
def test_half_a_provider_is_an_error_that_tells_no_secret(values: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_OIDC") as caught:
        provider_of(settings(**values))
    assert "密" not in caught.value.message


def test_groups_become_roles() -> None:
    admission = _admission(settings(oidc_roles_claim="groups", oidc_roles="sales=frontline, a=b=admin"))
    assert dict(admission.roles) == {"sales": Role.FRONTLINE, "a=b": Role.ADMIN}
    assert _admission(settings(oidc_allowed_domains="@Example.com ours.org")).domains == {"example.com", "ours.org"}


@pytest.mark.parametrize(
    "values",
    [
        {"oidc_roles_claim": "groups"},
        {"oidc_roles": "sales=frontline"},
        {"oidc_roles_claim": "groups", "oidc_roles": "sales=boss"},
        {"oidc_roles_claim": "groups", "oidc_roles": "sales"},
    ],
    ids=str,
)
def test_groups_that_lead_nowhere_are_an_error(values: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="COPILOT_OIDC_ROLES"):
        _admission(settings(**values))
