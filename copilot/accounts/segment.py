"""The size of an account by its annual fee (A1); what lies between the bands is for a person to decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Size(StrEnum):
    """The four sizes under their names in the handbook, which the contract of an advice carries as they are."""

    LARGE = "大型"
    MEDIUM = "中型"
    SMALL = "中小"
    MICRO = "小微"


#: (size, above, below) in yuan a year, both borders outside (A1: 「10万 < 年订阅费 < 50万」; 小微 < 5000).
_BANDS: tuple[tuple[Size, float, float], ...] = (
    (Size.MICRO, -1, 5_000),
    (Size.SMALL, 10_000, 100_000),
    (Size.MEDIUM, 100_000, 500_000),
    (Size.LARGE, 1_000_000, float("inf")),
)


@dataclass(frozen=True, kw_only=True)
class Segment:
    """A size, or none with what is to be decided; the reason is a sentence in each language."""

    value: Size | None
    reason_zh: str
    reason_en: str

    def reason(self, language: str) -> str:
        """Return the reason in a language."""
        return self.reason_zh if language == "zh" else self.reason_en


def segment_of(annual_fee_cny: float | None) -> Segment:
    """Tell the size of an account; never a guess (A1, M): between the bands and on their borders a person decides."""
    if annual_fee_cny is None:
        return Segment(
            value=None,
            reason_zh="没有年费,无法按规模分层;请先补上年订阅费。",
            reason_en="There is no annual fee, so no size follows; enter the fee first.",
        )
    fee = f"{annual_fee_cny:,.0f}"
    for size, above, below in _BANDS:
        if above < annual_fee_cny < below:
            return Segment(
                value=size,
                reason_zh=f"年费 {fee} 元,落在{size.value}一档({_band_zh(above, below)})。",
                reason_en=f"An annual fee of {fee} yuan lies in the band of {size.value} ({_band_en(above, below)}).",
            )
    return Segment(
        value=None,
        reason_zh=f"年费 {fee} 元落在手册各档之间或正好在边界上,没有规则,请人工判定服务等级。",
        reason_en=f"An annual fee of {fee} yuan lies between the bands or on a border: no rule, a person decides.",
    )


def _band_zh(above: float, below: float) -> str:
    if above < 0:
        return f"低于 {below:,.0f} 元"
    if below == float("inf"):
        return f"高于 {above:,.0f} 元"
    return f"{above:,.0f} 到 {below:,.0f} 元之间"


def _band_en(above: float, below: float) -> str:
    if above < 0:
        return f"below {below:,.0f}"
    if below == float("inf"):
        return f"above {above:,.0f}"
    return f"between {above:,.0f} and {below:,.0f}"
