"""Whether revenue stays: NDR (H4), the curves of customer success (D10), and who renews (I2)."""

from __future__ import annotations

import math

from copilot.accounts.economics.calculator import Calculator, Inputs, Result, Unit
from copilot.accounts.economics.terms import choice, flag, given, out
from copilot.accounts.economics.wording import Text, percent, plain, yuan
from copilot.errors import InvalidInput

#: H4.
_HIRING, _WHOLE = 0.8, 1.0
#: I2, in US dollars.
_ARR_BORDER = 100_000_000.0
_VERDICTS = {
    "no_mass_hiring": Text(
        zh="低于 80%,最好不要大规模扩张销售团队", en="below 80%: better no mass hiring of sales people"
    ),
    "ceiling": Text(
        zh="在 80% 和 100% 之间,靠新签补流失,规模有上限",
        en="between 80% and 100%: new business and churn set a ceiling",
    ),
    "whole": Text(zh="正好 100%,增长速度由新签速度决定", en="exactly 100%: growth is as fast as new business"),
    "compounding": Text(zh="高于 100%,才有指数级增长和长期积累", en="above 100%: growth compounds"),
}


def ndr(inputs: Inputs) -> Result:
    """H4: below 80, up to 100, 100, above."""
    start = inputs.maybe("start_revenue")
    ratio, worked = _ndr(inputs, start)
    band = _band(ratio)
    said = _VERDICTS[band]
    change = [
        Text(
            zh=f"离 {percent(border)} {'还差' if border > ratio else '高出'} "
            f"{plain(abs(border - ratio) * 100)} 个百分点"
            + (f",合 {yuan(abs(border - ratio) * start)} 元续费收入。" if start else "。"),
            en=f"{plain(abs(border - ratio) * 100)} points {'below' if border > ratio else 'above'} {percent(border)}"
            + (f", {yuan(abs(border - ratio) * start)} of renewed revenue." if start else "."),
        )
        for border in (_HIRING, _WHOLE)
        if not math.isclose(border, ratio)
    ]
    outputs = [out("ndr", "NDR", "NDR", ratio, Unit.RATIO)]
    new = inputs.maybe("new_revenue")
    if new is not None and ratio < _WHOLE:
        outputs.append(out("ceiling", "规模天花板", "ceiling", new / (1 - ratio), Unit.YUAN))
        change.append(
            Text(
                zh=f"每年新签 {yuan(new)} 元,存量到 {yuan(new / (1 - ratio))} 元就涨不动。",
                en=f"With {yuan(new)} of new business a year, growth ends at {yuan(new / (1 - ratio))}.",
            )
        )
    return Result(
        outputs=tuple(outputs),
        band=band,
        verdict=Text(zh=f"NDR {percent(ratio)},{said.zh}。", en=f"NDR {percent(ratio)} is {said.en}."),
        worked=worked,
        change=tuple(change),
        notes=(Text(zh="不管 NDR 多少,UE 不健康就不继续扩张。", en="Whatever the NDR: no expansion on unhealthy UE."),),
    )


def _ndr(inputs: Inputs, start: float | None) -> tuple[float, str]:
    ratio = inputs.maybe("ndr")
    if ratio is not None:
        return ratio, f"NDR = {percent(ratio)}"
    if start is None:
        raise InvalidInput(
            "ndr cannot be computed (算不了): give ndr, or start_revenue with expansion, churn and contraction "
            "(给 NDR,或者给期初收入、增购、流失、降级)."
        )
    more, churn, less = (inputs.maybe(name) or 0.0 for name in ("expansion", "churn", "contraction"))
    if churn + less > start:
        raise InvalidInput(
            f"ndr cannot be computed (算不了): churn and contraction ({plain(churn + less)}) are more than "
            f"start_revenue ({plain(start)}). Take all of the same customers and period (流失大于期初收入,请核对)."
        )
    ratio = (start + more - churn - less) / start
    return (
        ratio,
        f"NDR = ({yuan(start)} + {yuan(more)} − {yuan(churn)} − {yuan(less)}) / {yuan(start)} = {percent(ratio)}",
    )


def _band(ratio: float) -> str:
    if math.isclose(ratio, _WHOLE):
        return "whole"
    if ratio > _WHOLE:
        return "compounding"
    return "ceiling" if ratio >= _HIRING else "no_mass_hiring"


_CURVES = {
    "yellow": Text(zh="黄线(没有开展客户成功)", en="yellow (no customer success)"),
    "light_yellow": Text(zh="浅黄线(刚组建,扩展小于流失)", en="light yellow (expansion below churn)"),
    "light_green": Text(zh="浅绿线(扩展等于流失)", en="light green (expansion equals churn)"),
    "green": Text(zh="绿线(扩展大于流失)", en="green (expansion above churn)"),
}


def cs_curves(inputs: Inputs) -> Result:
    """D10: revenue of the same customers over the years, and which of the four curves that is."""
    start, churn, more = inputs.number("revenue"), inputs.number("churn"), inputs.number("expansion")
    years = int(inputs.number("years"))
    band = "light_green" if math.isclose(more, churn) else "green" if more > churn else "light_yellow"
    band = "yellow" if more == 0 and churn > 0 else band
    rates = {"yours": more, "yellow": 0.0, "light_yellow": churn / 2, "light_green": churn, "green": 1.5 * churn}
    series = {name: _series(start, rate - churn, years) for name, rate in rates.items()}
    end = series["yours"][-1]
    titles = {"yours": Text(zh="您的曲线", en="your curve")} | _CURVES
    return Result(
        outputs=tuple(out(name, titles[name].zh, titles[name].en, line, Unit.YUAN) for name, line in series.items()),
        band=band,
        verdict=Text(
            zh=f"这是{_CURVES[band].zh}:{years} 年后老客户收入是 {yuan(end)} 元(起点 {yuan(start)} 元)。",
            en=f"This is the {_CURVES[band].en}: after {years} years the same customers bring "
            f"{yuan(end)} of {yuan(start)}.",
        ),
        worked=f"{yuan(start)} × (1 − {percent(churn)} + {percent(more)})^{years} = {yuan(end)}",
        change=(
            Text(
                zh=f"扩展收入率到 {percent(churn)} 就持平,现在{'差' if more < churn else '高'} "
                f"{plain(abs(churn - more) * 100)} 个百分点。",
                en=f"Level at an expansion rate of {percent(churn)}, {plain(abs(churn - more) * 100)} points away.",
            ),
        ),
        notes=(
            Text(zh="只算同一批老客户,不含新签。", en="The same customers only, no new business."),
            Text(
                zh="来源没有给任何比例;绿线的文字也没有,是按同样逻辑推断的。",
                en="The sources give no rates; green is inferred.",
            ),
            Text(
                zh="对照的四条线取同样的流失率,扩展率分别是 0、流失的一半、等于、1.5 倍,只作示意(本产品假设)。",
                en="The four curves use your churn with expansion of 0, half, all and 1.5 times it: our assumption.",
            ),
        ),
    )


def _series(start: float, net: float, years: int) -> tuple[float, ...]:
    return tuple(round(max(0.0, start * (1 + net) ** year), 2) for year in range(years + 1))


def renewal_owner(inputs: Inputs) -> Result:
    """I2: below 100 million US dollars of ARR and standard quoting, the CSM renews; above and complex, a team does."""
    arr, quoting = inputs.number("arr_usd"), inputs.text("quoting")
    small = None if arr == _ARR_BORDER else arr < _ARR_BORDER
    standard = quoting == "standard"
    band = None if small is None or small is not standard else "csm" if small else "renewal_team"
    verdicts = {
        "csm": Text(
            zh="适合岗位服续一体:服务、续费、增购都由客户成功经理一个角色完成。",
            en="One role: the CSM serves, renews and expands.",
        ),
        "renewal_team": Text(
            zh="适合团队服续一体:另设续费团队,和客户成功归同一位管理者。",
            en="A renewal team of its own, under the same leader as customer success.",
        ),
        None: Text(
            zh="ARR 和报价复杂度给出相反答案(或正好 1 亿美金),手册没有说,由管理层判断。",
            en="ARR and quoting differ, or the ARR is on the border: the handbook leaves it to management.",
        ),
    }
    notes = [Text(zh="客户越小,越早做新续分离。", en="The smaller the accounts, the earlier new and renewal part.")]
    if inputs.flag("service_ready") is False:
        notes.insert(
            0, Text(zh="服务还没做好,先把服务做稳再谈续费归属。", en="Service comes first; only then who renews.")
        )
    return Result(
        outputs=(out("owner", "续费归属", "who renews", band, Unit.CHOICE),),
        band=band,
        verdict=verdicts[band],
        worked=f"ARR = US${plain(arr)}, quoting = {quoting}",
        change=(
            Text(
                zh=f"离 1 亿美金的线{'还差' if arr < _ARR_BORDER else '高出'} {plain(abs(_ARR_BORDER - arr))} 美金。",
                en=f"US${plain(abs(_ARR_BORDER - arr))} {'below' if arr < _ARR_BORDER else 'above'} the border.",
            ),
        ),
        notes=tuple(notes),
    )


CALCULATORS = (
    Calculator(
        name="ndr",
        title=Text(zh="NDR 档位", en="Net dollar retention"),
        inputs=(
            given("ndr", "NDR", "NDR", Unit.RATIO, "净续费率", "nrr", most=10, optional=True),
            given("start_revenue", "期初收入", "revenue at the start", Unit.YUAN, above=True, optional=True),
            given("expansion", "增购收入", "expansion", Unit.YUAN, "增购", optional=True),
            given("churn", "流失收入", "churned revenue", Unit.YUAN, "流失", optional=True),
            given("contraction", "降级收入", "contraction", Unit.YUAN, "降级", optional=True),
            given("new_revenue", "每年新签", "new business a year", Unit.YUAN, "新签", optional=True),
        ),
        formula=Text(
            zh="NDR = (期初 + 增购 − 流失 − 降级) / 期初;档位 <80%、80–100%、100%、>100%",
            en="NDR = (start + expansion - churn - contraction) / start; bands <80%, 80-100%, 100%, >100%",
        ),
        rules=("H4",),
        playbook="faq-expansion-pace",
        compute=ndr,
        aliases=("nrr",),
        asked="NDR多少才扩销售团队",
        says=r"NDR低于80%",
    ),
    Calculator(
        name="cs_curves",
        title=Text(zh="客户成功曲线", en="Curves of customer success"),
        inputs=(
            given("revenue", "老客户收入", "revenue of current customers", Unit.YUAN, "收入", above=True),
            given("churn", "年流失率", "churn a year", Unit.RATIO, "流失率"),
            given("expansion", "年扩展率", "expansion a year", Unit.RATIO, "扩展率", "扩展收入率", most=10),
            given("years", "年数", "years", Unit.COUNT, least=1, most=30, default=5.0),
        ),
        formula=Text(zh="每年收入 = 上年 × (1 − 流失率 + 扩展率)", en="each year = last x (1 - churn + expansion)"),
        rules=("D10",),
        playbook="faq-cs-maturity-curves",
        compute=cs_curves,
        aliases=("cs curves", "四条曲线"),
        asked="客户成功的几条曲线分别是什么意思",
    ),
    Calculator(
        name="renewal_owner",
        title=Text(zh="续费归谁", en="Who renews"),
        inputs=(
            given("arr_usd", "ARR(美元)", "ARR in US dollars", Unit.NUMBER, "arr"),
            choice(
                "quoting", "报价流程", "quoting",
                {"standard": ("标准", "简单", "simple"), "complex": ("复杂",)}, "报价",
            ),
            flag("service_ready", "服务已做好", "service is good already"),
        ),
        formula=Text(
            zh="ARR < 1 亿美金且报价标准 → 客户成功经理;ARR > 1 亿美金且复杂 → 续费团队",
            en="ARR < US$100M and standard quoting: CSM; ARR > US$100M and complex: renewal team",
        ),
        rules=("I2",),
        playbook="playbook-renewal-organisation",
        compute=renewal_owner,
        aliases=("服续一体",),
        asked="岗位服续一体和团队服续一体怎么选",
    ),
)  # fmt: skip
