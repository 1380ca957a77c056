"""What is known of the customer that a case is looked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from copilot.accounts.segment import Segment, Size, segment_of
from copilot.errors import InvalidRequest

#: A situation longer than this is a document.
MOST_CHARACTERS = 1_000


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Facts to match by; None: not known, so nothing is judged by it."""

    industry: str | None = None
    city: str | None = None
    annual_fee_cny: float | None = None
    situation: str | None = None  #: what is special about how they are doing, in a sentence

    @property
    def segment(self) -> Segment:
        """The size by the fee (A1); gaps stay gaps."""
        return segment_of(self.annual_fee_cny)

    @property
    def size(self) -> Size | None:
        """The size, if the fee decides one."""
        return self.segment.value


def profile_of(facts: Mapping[str, object], overrides: Profile) -> Profile:
    """Return the profile of an account record, with what the caller says in place of what the record says.

    The notes of a record are no situation: they are written about people and are matched only if somebody says so.
    """
    fee = facts.get("annual_fee_cny")
    return Profile(
        industry=overrides.industry or _text(facts, "industry"),
        city=overrides.city or _text(facts, "city"),
        annual_fee_cny=(
            overrides.annual_fee_cny
            if overrides.annual_fee_cny is not None
            else float(fee)
            if isinstance(fee, int | float) and not isinstance(fee, bool)
            else None
        ),
        situation=overrides.situation,
    )


def checked(profile: Profile) -> Profile:
    """Return the profile if there is anything to match by.

    Raises:
        InvalidRequest: nothing is known, or the situation is too long.
    """
    if not any((profile.industry, profile.city, profile.annual_fee_cny is not None, profile.situation)):
        raise InvalidRequest(
            "There is nothing to match by (没有可以配对的信息). Name an industry, a city, an annual fee or a situation "
            "(给行业、城市、年费或经营状况)."
        )
    if profile.situation and len(profile.situation) > MOST_CHARACTERS:
        raise InvalidRequest(
            f"The situation has {len(profile.situation)} characters; at most {MOST_CHARACTERS} are matched. "
            "Say it in a sentence or two (用一两句话说)."
        )
    if profile.annual_fee_cny is not None and not 0 <= profile.annual_fee_cny < 1e13:
        raise InvalidRequest(f"The annual fee {profile.annual_fee_cny!r} is no amount in yuan (年费不对). Correct it.")
    return profile


def _text(facts: Mapping[str, object], name: str) -> str | None:
    value = facts.get(name)
    return value.strip() if isinstance(value, str) and value.strip() else None
