"""What a plan proposes by where the account stands (`Course`); `{…}` are the phrases of `PlanFacts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from copilot.drafting.composer import Language
from copilot.drafting.plan_facts import Course

#: client sees · product · when · we do · owner ("us", "them", "both")
Row = tuple[str, str, str, str, str]


@dataclass(frozen=True, kw_only=True)
class CourseWords:
    """Proposals, to be confirmed by the client (C2)."""

    scenario: str  #: when neither the record nor anybody names one
    outcome: str
    measure: str
    boss_measure: str
    value: str  #: first value, or the next one
    phases: tuple[str, str, str]  #: thin to thick (C5)
    milestones: tuple[Row, Row, Row, Row]
    calendar: tuple[str, ...]
    review: str
    data_hook: str
    expansion: str


COURSES: Mapping[Course, Mapping[Language, CourseWords]] = {
    Course.START: {
        "zh": CourseWords(
            scenario="围绕{feature}的一个业务场景",
            outcome="{feature}里跑通一个完整业务,{kp}看得到前后对比",
            measure="每周用{feature}办完的业务笔数;现在:{seats}",
            boss_measure="同一件事用{feature}前后各花多少时间、多少钱",
            value="{feature}里第一个{kp}看得见的结果",
            phases=(
                "第一期(薄):只做{feature}的一个场景,够它动起来就行",
                "第二期:{feature}稳定后,把在用账号带到 {target}",
                "第三期(厚):{feature}之外再接上{other},每次只加一个",
            ),
            milestones=(
                (
                    "场景、结果和衡量办法已说定",
                    "{feature}要的数据和账号已备好",
                    "{kp}写下想要的结果",
                    "当天开通{feature}要用的账号",
                    "both",
                ),
                (
                    "{feature}里的第一个结果",
                    "{feature}走完第一笔真实业务",
                    "{feature}里出现第一笔真实业务",
                    "当天把前后对比发给{kp},请他说一句原话",
                    "both",
                ),
                (
                    "日常工作离不开{feature}",
                    "在用账号到 {target}",
                    "{feature}连续两周每周都有人用",
                    "找出用得最深的人,请他带下一组人用{feature}",
                    "them",
                ),
                (
                    "结果已回顾,下一段目标已定",
                    "{feature}前后对比的数字已备好",
                    "在用账号到 {target}",
                    "和{kp}回顾,定下一段目标",
                    "us",
                ),
            ),
            calendar=(
                "0-30 天:新旧两套并行,有抱怨是预料中的;{feature}的抱怨逐条记下、逐条答复{kp}",
                "31-90 天:让{feature}成为习惯,看每周在用的人是否到 {target}",
            ),
            review="在用账号到 {target} 且没有拖着的工单,再请{kp}开分享会;否则先修好再开",
            data_hook="满三个月时给{kp}的上级一页数:{feature}办了多少、省了多少",
            expansion="先交付第一价值;过程中看到{other}有需要就记在这里",
        ),
        "en": CourseWords(
            scenario="one business scenario around {feature}",
            outcome="one whole piece of business runs in {feature}, and {kp} sees before and after",
            measure="pieces of business done in {feature} a week; today: {seats}",
            boss_measure="time and money for the same work before and after {feature}",
            value="a first result in {feature} that {kp} can see",
            phases=(
                "Phase 1 (thin): one scenario of {feature} only, enough to get it moving",
                "Phase 2: once {feature} is steady, {target} seats in use",
                "Phase 3 (thick): beyond {feature} add {other}, one thing at a time",
            ),
            milestones=(
                (
                    "Scenario, outcome and measure are agreed",
                    "Data and seats for {feature} are ready",
                    "{kp} writes down the wanted result",
                    "open the seats for {feature} the same day",
                    "both",
                ),
                (
                    "The first result in {feature}",
                    "{feature} completes a first real case",
                    "a first real case shows up in {feature}",
                    "send {kp} before and after the same day and ask for a sentence",
                    "both",
                ),
                (
                    "Daily work relies on {feature}",
                    "{target} seats in use",
                    "{feature} is used every week for two weeks",
                    "ask the deepest user to bring the next group to {feature}",
                    "them",
                ),
                (
                    "Results reviewed, next goal set",
                    "Before and after of {feature} are ready",
                    "{target} seats are in use",
                    "review with {kp} and set the next goal",
                    "us",
                ),
            ),
            calendar=(
                "Days 0-30: old and new run side by side, complaints are expected; list those about {feature} and "
                "answer {kp} on each",
                "Days 31-90: make {feature} a habit; watch whether weekly use reaches {target} seats",
            ),
            review="ask {kp} for a sharing session once {target} seats are in use and no ticket drags; else fix first",
            data_hook="after three months one page for the boss of {kp}: what {feature} did and saved",
            expansion="first value first; a need for {other} seen on the way is noted here",
        ),
    },
    Course.ADOPT: {
        "zh": CourseWords(
            scenario="让还没用的人在{feature}里办一件每天都要办的事",
            outcome="在用账号从 {active}到 {target},{feature}成为每天的做法",
            measure="每周打开{feature}并办完一件事的账号数;现在:{seats}",
            boss_measure="按组看{feature}的使用,差的组补到好的组",
            value="下一组人在{feature}里办成第一件事,{kp}看得到",
            phases=(
                "第一步(薄):从最需要{feature}的一组人做起",
                "第二步:这一组用{feature}的做法写成一页,带到 {target}",
                "第三步(厚):{feature}稳了,再看{other}值不值得加",
            ),
            milestones=(
                (
                    "最需要的一组人已选定",
                    "这组人的{feature}账号都登录过",
                    "{kp}指定一组人",
                    "当天看这组人停在{feature}的哪一步",
                    "both",
                ),
                (
                    "这组人办成第一件事",
                    "这组人在{feature}里各有一笔真实业务",
                    "组里有人第一次自己办完",
                    "把这一笔讲给{kp}和其余的人听",
                    "us",
                ),
                (
                    "用得好的人带别人",
                    "在用账号到 {target}",
                    "有人连续三周每周用{feature}",
                    "请他做超级用户,讲{feature}的一个场景",
                    "them",
                ),
                (
                    "做法已成常规",
                    "{feature}的周用量一个月不掉",
                    "在用账号到 {target}后没有回落",
                    "和{kp}核对数字,写进价值记录",
                    "us",
                ),
            ),
            calendar=(
                "接下来 30 天:{seats},只盯一组人把{feature}用起来",
                "31-90 天:到 {target};到了再谈{other}",
            ),
            review="{feature}用得上去、{kp}也满意,才请他做分享;有一样不够就先修",
            data_hook="每月给{kp}一张按人看的{feature}使用表,他拿去管人",
            expansion="账号用到 {target}之后,看{other}是否有人在要",
        ),
        "en": CourseWords(
            scenario="those who do not use {feature} yet do one daily job in it",
            outcome="from {active} to {target} seats in use, {feature} being the daily way",
            measure="seats that finish a job in {feature} each week; today {seats}",
            boss_measure="use of {feature} by team, weak teams brought up to good ones",
            value="the next group gets a first job done in {feature}, seen by {kp}",
            phases=(
                "Step 1 (thin): begin with the group that needs {feature} most",
                "Step 2: write their way with {feature} on one page, take it to {target} seats",
                "Step 3 (thick): once {feature} is steady, see whether {other} is worth adding",
            ),
            milestones=(
                (
                    "The group that needs it most is chosen",
                    "All of them have signed in to {feature}",
                    "{kp} names a group",
                    "see the same day where they stop in {feature}",
                    "both",
                ),
                (
                    "This group gets a first job done",
                    "Each has a real case in {feature}",
                    "somebody finishes a case alone for the first time",
                    "tell {kp} and the others about that case",
                    "us",
                ),
                (
                    "Good users bring others",
                    "{target} seats in use",
                    "somebody uses {feature} three weeks in a row",
                    "make them a super user who shows one scene of {feature}",
                    "them",
                ),
                (
                    "The way has become routine",
                    "Weekly use of {feature} holds for a month",
                    "{target} seats stay in use",
                    "check the numbers with {kp} and log the value",
                    "us",
                ),
            ),
            calendar=(
                "Next 30 days: {seats}; get one group to use {feature}, nothing else",
                "Days 31-90: reach {target} seats; speak of {other} only then",
            ),
            review="ask {kp} to share once use of {feature} and mood are both good; else fix that first",
            data_hook="a monthly table of who uses {feature}, for {kp} to manage with",
            expansion="when {target} seats are in use, see who asks for {other}",
        ),
    },
    Course.GROW: {
        "zh": CourseWords(
            scenario="把{done}的做法用到{other}",
            outcome="在{done}之上,{other}也见到一个数字结果",
            measure="{other}上线前后的同一个数;现在:{seats}",
            boss_measure="{done}带来的结果在集团里推广到几处",
            value="{other}里的下一个结果,{kp}看得见",
            phases=(
                "第一步(薄):把{done}的数字和原话整理出来",
                "第二步:照{done}的做法,在{other}选一处试",
                "第三步(厚):和{kp}一起,{other}成了再推到其余各处",
            ),
            milestones=(
                (
                    "已有结果说得清",
                    "{done}前后的数字已导出",
                    "{kp}认可{done}的数字",
                    "当天写进价值记录,请{kp}转给上级",
                    "us",
                ),
                (
                    "试点的一处已选定",
                    "{other}的试点账号已开",
                    "{kp}点名一处愿意先试",
                    "当周和那一处说定结果和日期",
                    "both",
                ),
                (
                    "试点见到结果",
                    "{other}走完第一笔真实业务",
                    "试点处出现第一笔真实业务",
                    "把对比发给{kp}和其余各处",
                    "both",
                ),
                (
                    "是否推广已决定",
                    "试点的周用量一个月不掉",
                    "其余各处有人来问",
                    "和{kp}一起定推广的次序",
                    "them",
                ),
            ),
            calendar=(
                "接下来 30 天:{seats},把{done}的数字对齐",
                "31-90 天:和{kp}在{other}只试一处,成了再推",
            ),
            review="用量和口碑都好,可以请{kp}做分享;先问他愿不愿意",
            data_hook="每季给{kp}的上级一页:{done}之后的数字变化和下一步",
            expansion="{other}的试点成了,再由{kp}提出要不要加",
        ),
        "en": CourseWords(
            scenario="take what worked in {done} to {other}",
            outcome="on top of {done}, {other} shows a result in numbers too",
            measure="the same number before and after {other}; today {seats}",
            boss_measure="in how many places the result of {done} is repeated",
            value="the next result, in {other}, seen by {kp}",
            phases=(
                "Step 1 (thin): put together numbers and words on {done}",
                "Step 2: try {other} in one place, the way {done} was done",
                "Step 3 (thick): with {kp}, take {other} to further places once it works",
            ),
            milestones=(
                (
                    "The results so far are clear",
                    "Numbers before and after {done} are exported",
                    "{kp} agrees with the numbers on {done}",
                    "log the value the same day and ask {kp} to pass it up",
                    "us",
                ),
                (
                    "A place to try is chosen",
                    "Seats for {other} are open there",
                    "{kp} names a place that wants to begin",
                    "agree with them on result and date within the week",
                    "both",
                ),
                (
                    "The trial shows a result",
                    "{other} completes a first real case",
                    "a first real case shows up in the trial",
                    "send the comparison to {kp} and the other places",
                    "both",
                ),
                (
                    "Rollout is decided",
                    "Weekly use in the trial holds for a month",
                    "other places ask for it",
                    "set the order of places with {kp}",
                    "them",
                ),
            ),
            calendar=(
                "Next 30 days: {seats}; agree on the numbers of {done}",
                "Days 31-90: try {other} with {kp} in one place, then go on",
            ),
            review="use and mood are good: ask {kp} whether sharing is welcome",
            data_hook="one page a quarter for the boss of {kp}: numbers since {done} and what is next",
            expansion="once the trial of {other} works, {kp} may ask for more",
        ),
    },
    Course.RENEW: {
        "zh": CourseWords(
            scenario="到期前让{feature}的一个结果看得见",
            outcome="{end};到期前{kp}手里有一页{feature}的前后对比,自己说值",
            measure="{feature}每周办完的业务数;现在:{seats}",
            boss_measure="这一期花的钱和{feature}省下或多挣的钱",
            value="这一期{feature}的结果写成一页,由{kp}补上数字",
            phases=(
                "第一步(薄):只问{kp}一件事:{feature}哪里帮上了、哪里没有",
                "第二步:用一个小场景把没登录的人带回来,到 {target}",
                "第三步(厚):带着{feature}的结果谈下一期,再谈{other}",
            ),
            milestones=(
                (
                    "真实情况说清了",
                    "{feature}按人的登录和用量已导出",
                    "{kp}接了这次当面或视频的谈话",
                    "按用量对一遍谁不用、为什么",
                    "us",
                ),
                (
                    "一页价值对账",
                    "{done}前后的数字已备好",
                    "{kp}补上他看到的变化",
                    "当天改成一页,请{kp}转给拍板的人",
                    "both",
                ),
                (
                    "没登录的人回来了",
                    "在用账号从 {active}到 {target}",
                    "停用的人里有人重新打开{feature}",
                    "把他办成的事讲给其余的人",
                    "them",
                ),
                (
                    "下一期说定",
                    "下一期的目标已写进计划",
                    "{kp}说出下一期想要的结果",
                    "按这个结果写下一期的计划",
                    "both",
                ),
            ),
            calendar=(
                "到期前第一段:{end},先看行为({seats}),再听说法",
                "到期前第二段:和{kp}对完价值才谈下一期",
            ),
            review="不看他说挺好,看{feature}的用量;用量回来再请分享",
            data_hook="给拍板的人一页:这一期{feature}的投入和结果",
            expansion="续上之后,{kp}自己提到{other}时再记一笔",
        ),
        "en": CourseWords(
            scenario="make one result of {feature} visible before the end of the term",
            outcome="{end}; before that {kp} holds one page of before and after {feature} and calls it worth it",
            measure="cases done in {feature} a week; today {seats}",
            boss_measure="what this term cost and what {feature} saved or earned",
            value="the results of {feature} this term on one page, with the numbers of {kp}",
            phases=(
                "Step 1 (thin): ask {kp} one thing: where {feature} helped and where not",
                "Step 2: bring back those who left with one small scenario, up to {target} seats",
                "Step 3 (thick): speak of the next term with the results of {feature} in hand, then of {other}",
            ),
            milestones=(
                (
                    "What is really going on is clear",
                    "Sign-ins and use of {feature} by person are exported",
                    "{kp} takes the talk in person or by video",
                    "go through who does not use it, and why",
                    "us",
                ),
                (
                    "One page of value",
                    "Numbers before and after {done} are ready",
                    "{kp} adds the changes seen",
                    "make it one page the same day and ask {kp} to pass it on to who decides",
                    "both",
                ),
                (
                    "Those who left are back",
                    "From {active} to {target} seats in use",
                    "somebody who stopped opens {feature} again",
                    "tell the others what they got done",
                    "them",
                ),
                (
                    "The next term is settled",
                    "Its goal stands in the plan",
                    "{kp} says what the next term should bring",
                    "write the plan of the next term from that",
                    "both",
                ),
            ),
            calendar=(
                "First stretch: {end}; look at behaviour first ({seats}), then listen to words",
                "Second stretch: the next term comes up only after the page of value with {kp}",
            ),
            review="not what is said counts but the use of {feature}; ask for sharing when it is back",
            data_hook="one page for who decides: what this term of {feature} cost and brought",
            expansion="after the renewal, note it when {kp} brings up {other}",
        ),
    },
}
