"""How often to call (G8) and how to nurture (G11)."""

from __future__ import annotations

from copilot.accounts.economics.calculator import Calculator, Inputs, Result, Unit
from copilot.accounts.economics.terms import choice, flag, given, out
from copilot.accounts.economics.wording import Text, plain

#: G8: the attempts with the best return, by the size of the company.
LIMITS = {"small": 5, "medium": 8, "large": 12}
_SIZES = {
    "small": ("小型", "小型企业", "小企业", "小公司", "小型客户", "小"),
    "medium": ("中型", "中型企业", "中型公司", "中型客户", "中", "mid-size", "midsize"),
    "large": ("大型", "大型企业", "大企业", "大公司", "大型客户", "大客户", "大", "enterprise"),
}
_ZH = {"small": "小型", "medium": "中型", "large": "大型"}
#: G11.
_STEPS, _PUSHES = (8, 10), 5


def call_limit(inputs: Inputs) -> Result:
    """G8: stop after 5, 8 or 12 attempts."""
    size = inputs.text("size") or ""
    limit = LIMITS[size]
    made = inputs.maybe("attempts")
    left = None if made is None else limit - made
    zh, en = f"{_ZH[size]}企业打满 {limit} 次还没结果就停", f"stop after {limit} attempts for a {size} company"
    band = None if left is None else "stop" if left <= 0 else "go_on"
    if left is not None and made is not None:
        zh = f"已打 {plain(made)} 次," + (f"还可以打 {plain(left)} 次;" if left > 0 else "该停了;") + zh
        en = f"{plain(made)} made, " + (f"{plain(left)} to go; " if left > 0 else "stop now; ") + en
    outputs = [out("limit", "停打次数", "limit", float(limit), Unit.COUNT)]
    if left is not None:
        outputs.append(out("left", "剩余次数", "attempts left", max(0.0, left), Unit.COUNT))
    return Result(
        outputs=tuple(outputs),
        band=band,
        verdict=Text(zh=f"{zh}。", en=f"{en[0].upper()}{en[1:]}."),
        worked=f"{_ZH[size]} {size} → {limit}"
        + (f"; {limit} − {plain(made)} = {plain(limit - made)}" if made is not None else ""),
        change=(Text(zh="停打后改用内容触达或请老客户引荐。", en="After that: content, or a referral by a customer."),),
        notes=(
            Text(
                zh="5、8、12 是收益率最高的次数,不是任务量;企业规模的定义来源没有给。",
                en="Best return, not a quota; sizes undefined.",
            ),
        ),
    )


def nurture(inputs: Inputs) -> Result:
    """G11: eight to ten steps for each persona, the same message less than five times, scored by behaviour."""
    steps, pushes = inputs.number("steps"), inputs.maybe("pushes")
    found: list[Text] = []
    if steps < _STEPS[0]:
        found.append(Text(zh=f"步骤少 {plain(_STEPS[0] - steps)} 步", en=f"{plain(_STEPS[0] - steps)} steps short"))
    elif steps > _STEPS[1]:
        found.append(Text(zh=f"步骤多 {plain(steps - _STEPS[1])} 步", en=f"{plain(steps - _STEPS[1])} steps too many"))
    if pushes is not None and pushes >= _PUSHES:
        found.append(
            Text(
                zh=f"同一信息推 {plain(pushes)} 次,要少于 5 次",
                en=f"the same message {plain(pushes)} times: less than 5",
            )
        )
    if inputs.flag("by_persona") is False:
        found.append(Text(zh="要按画像分群,不群发", en="one path for each persona, no blasts"))
    if inputs.flag("scored") is False:
        found.append(Text(zh="每一步的行为要改变线索得分", en="each step must change the score"))
    return Result(
        outputs=(out("findings", "要改的", "findings", float(len(found)), Unit.COUNT),),
        band="fix" if found else "fine",
        verdict=Text(
            zh=("要改:" + ";".join(one.zh for one in found) if found else "培育计划符合要求") + "。",
            en=("To change: " + "; ".join(one.en for one in found) if found else "The programme is as it should be")
            + ".",
        ),
        worked=f"steps = {plain(steps)} (8–10)" + (f", pushes = {plain(pushes)} (<5)" if pushes is not None else ""),
        change=tuple(found),
        notes=(
            Text(
                zh="来源有分歧:一方说按固定日子自动发不负责任,一方用第 N 天提醒;按行为触发更稳。",
                en="The sources differ on fixed days (irresponsible, or fine as reminders); behaviour is safer.",
            ),
        ),
    )


CALCULATORS = (
    Calculator(
        name="call_limit",
        title=Text(zh="电话停打次数", en="When to stop calling"),
        inputs=(
            choice("size", "企业规模", "company size", _SIZES, "规模"),
            given("attempts", "已打次数", "attempts made", Unit.COUNT, "次数", most=10_000, optional=True),
        ),
        formula=Text(zh="小型 5 次,中型 8 次,大型 12 次", en="small 5, mid-size 8, large 12"),
        rules=("G8",),
        playbook="playbook-call-attempts-by-size",
        compute=call_limit,
        aliases=("calls", "停打"),
        asked="不同规模的客户打几次电话就该停",
        says=r"企业客户总共打 ?\d+ ?次",
    ),
    Calculator(
        name="nurture",
        title=Text(zh="培育计划检查", en="Check of a nurture programme"),
        inputs=(
            given("steps", "步骤数", "steps", Unit.COUNT, "步骤"),
            given("pushes", "同一信息推送次数", "pushes of one message", Unit.COUNT, "推送次数", "频次", optional=True),
            flag("by_persona", "按画像分群", "one path for each persona"),
            flag("scored", "行为计分", "scored by behaviour"),
        ),
        formula=Text(
            zh="每个人群 8–10 步;同一信息少于 5 次;行为改变得分", en="8-10 steps each; less than 5 pushes; scored"
        ),
        rules=("G11",),
        playbook="playbook-nurture-program",
        compute=nurture,
        aliases=("培育",),
        asked="培育计划设计几个步骤",
    ),
)
