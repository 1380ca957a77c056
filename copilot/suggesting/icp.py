"""The ideal customer profile (A10): a file that people edit, and how well a record fits it.

# COPILOT_ICP=icp.toml; every key may be left out
industries = ["零售", "烘焙"]        # one of these words stands in the industry
excluded_industries = ["教培"]       # none of these does (A9)
segments = ["中型", "大型"]
cities = ["杭州", "上海"]            # one of these stands in the city or region
min_fee_cny = 10000
min_employees = 20
min_stores = 3
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from copilot.accounts.account import Account
from copilot.accounts.segment import segment_of
from copilot.errors import ConfigurationError
from copilot.suggesting.notes import matching_form

_Word = Annotated[str, Field(min_length=1, max_length=60)]
_Limit = Annotated[float, Field(ge=0, le=1e12)]
#: From this share of the known criteria on, an account is one of ours.
FITS = 0.6


class IcpProfile(BaseModel):
    """What our customers look like; a criterion that is left out judges nobody."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    industries: tuple[_Word, ...] = ()
    excluded_industries: tuple[_Word, ...] = ()
    segments: tuple[Literal["大型", "中型", "中小", "小微"], ...] = ()
    cities: tuple[_Word, ...] = ()
    min_fee_cny: _Limit | None = None
    min_employees: _Limit | None = None
    min_stores: _Limit | None = None


@dataclass(frozen=True, kw_only=True)
class IcpFit:
    """How well a record fits; every criterion is told with its fact, so that a person can disagree."""

    score: float | None  #: share of the criteria with a known fact that are met, 0 to 100; None: no fact is known
    outside: bool  #: an excluded industry, or too few criteria met
    reasons_zh: tuple[str, ...]
    reasons_en: tuple[str, ...]


def read_icp(path: Path) -> IcpProfile:
    """Read a profile.

    Raises:
        ConfigurationError: it cannot be read, or says what no profile says; the message names the key.
    """
    name = str(path)
    try:
        return IcpProfile.model_validate(tomllib.loads(path.read_bytes().decode("utf-8-sig")))
    except OSError as error:
        raise ConfigurationError(
            f"The profile {name!r} cannot be read: {error.strerror}. Correct COPILOT_ICP."
        ) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        raise ConfigurationError(
            f"The profile {name!r}, key {key!r}: {first['msg'].lower()}. Correct it; decision 0028 shows the form."
        ) from error
    except ValueError as error:
        raise ConfigurationError(f"The profile {name!r} is no TOML ({error}). Correct it.") from error


def icp_fit(profile: IcpProfile, account: Account) -> IcpFit:
    """Score a record against a profile; facts that are not known are left out."""
    checks: list[tuple[str, str, str, bool]] = []
    industry = account.text("industry")
    excluded = False
    if industry:
        excluded = _one_in(profile.excluded_industries, industry)
        if profile.industries or excluded:
            checks.append(("行业", "industry", industry, not excluded and _one_in(profile.industries, industry)))
    place = " ".join(filter(None, (account.text("city"), account.text("region"))))
    if profile.cities and place:
        checks.append(("城市", "city", place, _one_in(profile.cities, place)))
    fee = _number(account, "annual_fee_cny")
    size = segment_of(fee).value
    if profile.segments and size:
        checks.append(("规模", "size", size.value, size.value in profile.segments))
    for zh, en, fact, least in (
        ("年费", "annual fee", "annual_fee_cny", profile.min_fee_cny),
        ("员工数", "employees", "employees", profile.min_employees),
        ("门店数", "stores", "stores", profile.min_stores),
    ):
        value = _number(account, fact)
        if least is not None and value is not None:
            checks.append((zh, en, f"{value:g} / ≥{least:g}", value >= least))
    met = sum(one[3] for one in checks)
    share = met / len(checks) if checks else None
    return IcpFit(
        score=None if share is None else round(100 * share, 1),
        outside=excluded or (share is not None and share < FITS),
        reasons_zh=tuple(f"{zh}:{shown},{'符合' if good else '不符合'}" for zh, _, shown, good in checks),
        reasons_en=tuple(f"{en}: {shown}, {'fits' if good else 'does not fit'}" for _, en, shown, good in checks),
    )


def fit_facts(profile: IcpProfile | None, account: Account) -> Mapping[str, object]:
    """Return what rules may ask of the fit: `icp_score` and `outside_icp`; nothing without a profile."""
    if profile is None:
        return {}
    fit = icp_fit(profile, account)
    return {"outside_icp": fit.outside} | ({} if fit.score is None else {"icp_score": fit.score})


def _one_in(words: tuple[str, ...], text: str) -> bool:
    folded = matching_form(text)
    return any(matching_form(word) in folded for word in words)


def _number(account: Account, fact: str) -> float | None:
    value = account.facts.get(fact)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
