"""The smallest loop of data (H11): action → data → analysis → next action, for two versions of one play."""

from __future__ import annotations

import math

from copilot.accounts.economics.calculator import Calculator, Inputs, Result, Unit
from copilot.accounts.economics.terms import given, out
from copilot.accounts.economics.wording import Text, percent, plain
from copilot.errors import InvalidInput

#: Two-sided 95 %.
_Z = 1.959963984540054
_MOST_TRIALS = 10_000_000


def ab_loop(inputs: Inputs) -> Result:
    """H11: which of two versions converts better, with the interval of the difference."""
    a, b = inputs.number("a_successes"), inputs.number("b_successes")
    n, m = inputs.number("a_trials"), inputs.number("b_trials")
    for one, of, name in ((a, n, "a"), (b, m, "b")):
        if one > of:
            raise InvalidInput(
                f"ab_loop cannot be computed (算不了): {name}_successes ({plain(one)}) is more than {name}_trials "
                f"({plain(of)}) (成功数大于总数,请核对)."
            )
    low, high = difference_interval(a, n, b, m)
    difference = b / m - a / n
    band = "b_better" if low > 0 else "a_better" if high < 0 else "open"
    acts = {
        "b_better": Text(
            zh="B 更好,换成 B 作新的 A,再改一处接着试", en="B is better: make it the new A, change one more thing"
        ),
        "a_better": Text(zh="A 更好,保留 A,换一处再试", en="A is better: keep it, change something else"),
        "open": Text(zh="还分不出高下,先不换", en="not decided yet: do not switch"),
    }
    change = []
    if band == "open" and difference:
        needed = trials_needed(a / n, b / m)
        if needed is not None:
            change.append(
                Text(
                    zh=f"如果两边转化率就是现在这样,每边约 {plain(needed)} 次才分得出。",
                    en=f"At these rates about {plain(needed)} trials on each side would decide it.",
                )
            )
    return Result(
        outputs=(
            out("a_rate", "A 转化率", "rate of A", a / n, Unit.RATIO),
            out("b_rate", "B 转化率", "rate of B", b / m, Unit.RATIO),
            out("difference", "差(B−A)", "difference", difference, Unit.RATIO),
            out("interval", "95% 区间", "95% interval", (low, high), Unit.RATIO),
        ),
        band=band,
        verdict=Text(
            zh=f"{acts[band].zh}:A {percent(a / n)},B {percent(b / m)},差 {percent(difference)},"
            f"95% 区间 {percent(low)} 到 {percent(high)}。",
            en=f"{acts[band].en}: A {percent(a / n)}, B {percent(b / m)}, difference {percent(difference)}, "
            f"95% interval {percent(low)} to {percent(high)}.",
        ),
        worked=f"{plain(b)}/{plain(m)} − {plain(a)}/{plain(n)} = {percent(difference)}",
        change=tuple(change),
        notes=(
            Text(zh="区间用 Newcombe(Wilson)法;来源没有给样本量和提升幅度。", en="Newcombe's interval on Wilson's."),
            Text(
                zh="一次只改一处,两版同期跑;中途看了就停会高估。",
                en="Change one thing, run both at once, do not stop early.",
            ),
        ),
    )


def difference_interval(a: float, n: float, b: float, m: float) -> tuple[float, float]:
    """Return the 95 % interval of b/m - a/n: Newcombe (1998), method 10, from two Wilson intervals."""
    p, q = a / n, b / m
    p_low, p_high = _wilson(a, n)
    q_low, q_high = _wilson(b, m)
    low = (q - p) - math.hypot(q - q_low, p_high - p)
    high = (q - p) + math.hypot(q_high - q, p - p_low)
    return max(-1.0, low), min(1.0, high)


def trials_needed(p: float, q: float) -> float | None:
    """Return the trials on each side that decide it at these rates; None beyond ten million."""
    low, high = 1, _MOST_TRIALS

    def decided(size: int) -> bool:
        ends = difference_interval(p * size, size, q * size, size)
        return ends[0] > 0 or ends[1] < 0

    if not decided(high):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if decided(middle) else (middle + 1, high)
    return float(low)


def _wilson(successes: float, trials: float) -> tuple[float, float]:
    rate = successes / trials
    centre = rate + _Z**2 / (2 * trials)
    spread = _Z * math.sqrt(rate * (1 - rate) / trials + _Z**2 / (4 * trials**2))
    scale = 1 + _Z**2 / trials
    return (centre - spread) / scale, (centre + spread) / scale


CALCULATORS = (
    Calculator(
        name="ab_loop",
        title=Text(zh="A/B 数据闭环", en="A/B data loop"),
        inputs=(
            given("a_trials", "A 次数", "trials of A", Unit.COUNT, "a总数", "a", above=True),
            given("a_successes", "A 成功", "successes of A", Unit.COUNT, "a转化", "a成功数"),
            given("b_trials", "B 次数", "trials of B", Unit.COUNT, "b总数", "b", above=True),
            given("b_successes", "B 成功", "successes of B", Unit.COUNT, "b转化", "b成功数"),
        ),
        formula=Text(
            zh="差 = B 成功/B 次数 − A 成功/A 次数,看 95% 区间含不含 0", en="B rate - A rate, with its 95% interval"
        ),
        rules=("H11",),
        playbook="playbook-marketing-data-loop",
        compute=ab_loop,
        aliases=("ab", "a/b", "ab test", "数据闭环"),
        asked="数字化营销最小闭环是什么",
    ),
)
