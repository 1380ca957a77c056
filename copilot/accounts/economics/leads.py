"""The score of a lead from seven behaviours (G10). The sources give no points: ours are stated and can be replaced."""

from __future__ import annotations

from copilot.accounts.economics.calculator import Calculator, Inputs, Result, Unit
from copilot.accounts.economics.terms import given, out
from copilot.accounts.economics.wording import Text, plain
from copilot.errors import InvalidInput

#: Behaviour → Chinese, English, our points for each.
BEHAVIOURS = {
    "page_views": ("浏览网页", "page views", 1.0),
    "dwell_minutes": ("停留分钟", "minutes on pages", 1.0),
    "mails_received": ("收到邮件", "mails received", 0.0),
    "mails_opened": ("打开邮件", "mails opened", 2.0),
    "mails_clicked": ("点击邮件链接", "links clicked", 5.0),
    "events": ("参加会议", "events", 10.0),
    "videos": ("观看视频", "videos", 5.0),
}


def lead_score(inputs: Inputs) -> Result:
    """G10: the sum over behaviours; the score decides the next step only where the lines are given."""
    counted = {name: inputs.number(name) for name in BEHAVIOURS if name in inputs}
    if not counted:
        raise InvalidInput(
            f"lead_score has nothing to count (没有行为): give one or more of {', '.join(BEHAVIOURS)} "
            f"({'、'.join(zh for zh, _, _ in BEHAVIOURS.values())})."
        )
    points = {name: _points(inputs, name) for name in BEHAVIOURS}
    score = sum(count * points[name] for name, count in counted.items())
    high, low = inputs.maybe("high"), inputs.maybe("low")
    if high is not None and low is not None and low > high:
        raise InvalidInput(f"lead_score: low ({plain(low)}) is above high ({plain(high)}) (低分线高于高分线).")
    band, zh, en = _next(score, high, low)
    shown_zh = "、".join(f"{BEHAVIOURS[name][0]} {plain(each)}" for name, each in points.items())
    shown_en = ", ".join(f"{BEHAVIOURS[name][1]} {plain(each)}" for name, each in points.items())
    change = []
    if high is not None and score < high:
        change.append(
            Text(zh=f"离高分线还差 {plain(high - score)} 分。", en=f"{plain(high - score)} points below the high line.")
        )
    return Result(
        outputs=(out("score", "得分", "score", score, Unit.NUMBER),),
        band=band,
        verdict=Text(zh=f"得分 {plain(score)},{zh}。", en=f"Score {plain(score)}: {en}."),
        worked=" + ".join(f"{plain(count)} × {plain(points[name])}" for name, count in counted.items())
        + f" = {plain(score)}",
        change=tuple(change),
        notes=(
            Text(
                zh=f"每次行为的分值(来源没有给,可改):{shown_zh}。",
                en=f"Points (not in the sources, yours to set): {shown_en}.",
            ),
            Text(zh="定期拿成交和未成交的线索回看,校正分值。", en="Check the points against won and lost leads."),
        ),
    )


def _points(inputs: Inputs, name: str) -> float:
    set_by_hand = inputs.maybe(f"points_{name}")
    return BEHAVIOURS[name][2] if set_by_hand is None else set_by_hand


def _next(score: float, high: float | None, low: float | None) -> tuple[str | None, str, str]:
    if high is None:
        return (
            None,
            "高分线没有定(来源没有给),请先定高分线和低分线",
            "no line is set (none in the sources): set high and low",
        )
    if score >= high:
        return "contact_today", "当天由销售联系", "a rep calls today"
    if low is None or score >= low:
        return "nurture", "进入培育,继续观察", "nurture and watch"
    return "automatic_only", "只保留自动触达", "automatic messages only"


CALCULATORS = (
    Calculator(
        name="lead_score",
        title=Text(zh="线索得分", en="Lead score"),
        inputs=(
            *(given(name, zh, en, Unit.NUMBER, optional=True) for name, (zh, en, _) in BEHAVIOURS.items()),
            *(
                given(
                    f"points_{name}",
                    f"{zh}分值",
                    f"points for {en}",
                    Unit.NUMBER,
                    least=-1000,
                    most=1000,
                    optional=True,
                )
                for name, (zh, en, _) in BEHAVIOURS.items()
            ),
            given("high", "高分线", "high line", Unit.NUMBER, optional=True),
            given("low", "低分线", "low line", Unit.NUMBER, optional=True),
        ),
        formula=Text(zh="得分 = Σ 行为次数 × 分值", en="score = sum of count x points"),
        rules=("G10",),
        playbook="playbook-lead-scoring",
        compute=lead_score,
        asked="线索打分要计哪些行为",
    ),
)
