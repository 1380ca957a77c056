"""Industry before city before size before situation: how well one case fits, and why, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from copilot.accounts.economics.wording import Text
from copilot.accounts.segment import Size
from copilot.suggesting.cases.neighbours import Nearness, city_nearness, industry_nearness
from copilot.suggesting.cases.profile import Profile
from knowledge.document import Metadata
from knowledge.text import fold

#: Each weight is more than all lighter levels together (64 > 3·16 + 3·4 + 3; 16 > 3·4 + 3; 4 > 3): industry > city >
#: size > situation (G1), whatever the levels. The handbook names the first three side by side; the order is ours.
WEIGHTS = {"industry": 64.0, "city": 16.0, "size": 4.0, "situation": 3.0}
_ORDER = (Size.MICRO, Size.SMALL, Size.MEDIUM, Size.LARGE)
_SPELLINGS = {
    Size.LARGE: {"大型", "large", "enterprise"},
    Size.MEDIUM: {"中型", "medium", "mid", "mid-market"},
    Size.SMALL: {"中小", "small", "smb"},
    Size.MICRO: {"小微", "micro"},
}


@dataclass(frozen=True, kw_only=True)
class Levels:
    """How near on each dimension; None where the customer's side is not known. `situation` is 0 to 1."""

    industry: Nearness | None
    city: Nearness | None
    size: Nearness | None
    situation: float | None

    @property
    def score(self) -> float:
        """The weighted sum; the order it gives is lexicographic."""
        return (
            WEIGHTS["industry"] * (self.industry or 0)
            + WEIGHTS["city"] * (self.city or 0)
            + WEIGHTS["size"] * (self.size or 0)
            + WEIGHTS["situation"] * (self.situation or 0.0)
        )


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How a case fits: what is alike and what is not, one sentence each."""

    levels: Levels
    fits: bool
    alike: tuple[Text, ...]
    unlike: tuple[Text, ...]


def fit_of(profile: Profile, metadata: Metadata, situation: float | None, *, near_situation: bool) -> Fit:
    """Compare a customer with a case.

    A case fits when its industry is the same or a neighbour's; without a known industry, when the city or the size is
    the same; when only the situation is known, when a section of the case is among the nearest texts.
    """
    industry, industry_name = _level(profile.industry, metadata.industries, city=False)
    city, city_name = _level(profile.city, metadata.cities, city=True)
    size = _size_level(profile.size, metadata.segments)
    levels = Levels(industry=industry, city=city, size=size, situation=situation)
    alike: list[Text] = []
    unlike: list[Text] = []
    _tell(alike, unlike, industry, ("行业", "industry"), profile.industry, industry_name)
    _tell(alike, unlike, city, ("城市", "city"), profile.city, city_name)
    _tell_size(alike, unlike, size, profile, metadata)
    if near_situation:
        alike.append(
            Text(zh="情况:案例里有一节和所述情况最接近。", en="Situation: a section of it is among the nearest.")
        )
    elif situation is not None:
        unlike.append(
            Text(zh="情况:没有哪一节和所述情况接近。", en="Situation: no section of it is near what was told.")
        )
    if profile.industry is not None:
        fits = industry in (Nearness.SAME, Nearness.NEIGHBOUR)
    elif profile.city is not None or profile.size is not None:
        fits = Nearness.SAME in (city, size)
    else:
        fits = near_situation
    return Fit(levels=levels, fits=fits, alike=tuple(alike), unlike=tuple(unlike))


def _level(wanted: str | None, named: Iterable[str], *, city: bool) -> tuple[Nearness | None, str | None]:
    if wanted is None:
        return None, None
    return city_nearness(wanted, named) if city else industry_nearness(wanted, named)


def _size_level(wanted: Size | None, named: Iterable[str]) -> Nearness | None:
    if wanted is None:
        return None
    sizes = _sizes(named)
    if not sizes:
        return Nearness.UNSAID
    if wanted in sizes:
        return Nearness.SAME
    steps = min(abs(_ORDER.index(wanted) - _ORDER.index(size)) for size in sizes)
    return Nearness.NEIGHBOUR if steps == 1 else Nearness.FAR


def _sizes(named: Iterable[str]) -> set[Size]:
    words = {fold(name).strip() for name in named}
    return {size for size, spellings in _SPELLINGS.items() if words & spellings}


def _tell(
    alike: list[Text],
    unlike: list[Text],
    level: Nearness | None,
    what: tuple[str, str],
    wanted: str | None,
    named: str | None,
) -> None:
    zh, en = what
    if level is Nearness.SAME:
        alike.append(Text(zh=f"同{zh}:{named}。", en=f"Same {en}: {named}."))
    elif level is Nearness.NEIGHBOUR:
        alike.append(Text(zh=f"{zh}相近:客户是{wanted},案例是{named}。", en=f"Near {en}: {wanted} and {named}."))
    elif level is Nearness.UNSAID:
        unlike.append(Text(zh=f"案例没有写{zh}。", en=f"The case names no {en}."))
    elif level is Nearness.FAR:
        unlike.append(Text(zh=f"{zh}不同:客户是{wanted},案例是{named}。", en=f"Another {en}: {wanted} and {named}."))


def _tell_size(
    alike: list[Text], unlike: list[Text], level: Nearness | None, profile: Profile, metadata: Metadata
) -> None:
    if level is None:
        if profile.annual_fee_cny is not None:  # the fee lies in a gap (A1)
            unlike.append(Text(zh=profile.segment.reason_zh, en=profile.segment.reason_en))
        return
    _tell(alike, unlike, level, ("规模", "size"), profile.size, "、".join(metadata.segments))
