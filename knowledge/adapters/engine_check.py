"""Does an engine compute what the model computes? Asked once, before its vectors are used."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knowledge.embedder import Vectors

#: Vectors below these cosines to the model's own are another model's. Measured for the packaged one: 0.997 and 0.995.
LEAST_MEAN, LEAST_SINGLE = 0.98, 0.97
#: Of the pairs of passages that the model tells apart by more than `CLEAR` of cosine, this share keeps its order.
CLEAR, LEAST_ORDER = 0.01, 0.97

QUESTIONS = (
    "续约前多久开始谈？",
    "客户说太贵了，怎么接话",
    "新客户第一个月要做完哪些事",
    "健康分掉到黄色以后谁来跟进？",
    "试点做多大才看得出效果",
    "谁有权批准超过一成五的折扣",
    "How do I hand an account over from sales to success?",
    "what counts as an activated team",
    "When is a quarterly review worth skipping?",
    "Which signals come before a customer leaves?",
    "NDR 怎么算",
    "竞品降价抢单，先做什么",
)
PASSAGES = (
    "合同到期前九十天先看用量，前六十天约决策人，前三十天只谈条款。",
    "价格异议先问比较对象：比的是同类产品、人工成本，还是什么都不做？答案不同，话术也不同。",
    "上线首月的目标只有一个：让一支小组每天用它完成一件真实的工作。",
    "健康分从绿转黄，负责的客户成功经理两个工作日内打电话，并把原因写进客户记录。",
    "试点选一个部门、一个流程、六周时间，开始之前就写下什么结果算成功。",
    "折扣超过百分之十五，由区域负责人书面同意；超过百分之三十，需要财务一起签字。",
    "净收入留存率等于期初客户在期末的经常性收入，除以他们期初的经常性收入，新客户不计入。",
    "竞争对手降价时不要立刻跟价，先确认客户最在意的三项能力里哪一项对方做不到。",
    "导入数据时先清洗重复的联系人，否则后面的提醒会发两遍。",
    "培训分两次，第一次教管理员配置，第二次教一线同事在自己的案子上操作。",
    "客户投诉升级后一小时内回复收到，当天给出处理人和下一次更新的时间。",
    "案例采访前，把问题提纲提前三天发给对方，录音须征得同意。",
    "The account executive writes down what was promised, and the success manager reads it back to the customer.",
    "A team is activated when three of its members finish a task in the same week without our help.",
    "Skip the quarterly review if nothing was decided in the last one; send a one-page note instead.",
    "Log-ins fall first, then tickets stop, and finally the sponsor no longer answers: that is how churn announces "
    "itself.",
    "An expansion proposal starts from the seats that are used today, not from the seats that we would like to sell.",
    "Invoices are due within thirty days; the second reminder goes to the buyer and to finance.",
    "Integrations are switched on in a test workspace before the administrator enables them for everybody.",
    "A reference call lasts twenty minutes, and the customer chooses the topics.",
    "小微客户用群发的教程和每月一次的公开课服务，不排专人。",
    "大型客户每季度复盘一次目标，材料提前一周发出，会上只讨论偏差。",
    "续费率看客户数，净留存看金额；两个数字一高一低时，先查大客户。",
    "销售把承诺写进交接单，交付第一周由双方逐条核对。",
)


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How near an engine comes to its model."""

    mean: float
    least: float
    order: float

    @property
    def sufficient(self) -> bool:
        """Whether the engine may be used."""
        return self.mean >= LEAST_MEAN and self.least >= LEAST_SINGLE and self.order >= LEAST_ORDER


def agreement(passages: Vectors, questions: Vectors, engine_passages: Vectors, engine_questions: Vectors) -> Agreement:
    """Compare vectors of the same texts, each (n, dimension) and L2-normalised, in the same order."""
    same = np.concatenate([passages, questions]), np.concatenate([engine_passages, engine_questions])
    cosines = np.sum(same[0] * same[1], axis=1)
    return Agreement(
        mean=float(cosines.mean()),
        least=float(cosines.min()),
        order=_order(questions @ passages.T, engine_questions @ engine_passages.T),
    )


def _order(expected: Vectors, found: Vectors) -> float:
    gaps = expected[:, :, None] - expected[:, None, :]
    kept = (found[:, :, None] - found[:, None, :]) > 0
    clear = gaps > CLEAR
    return float(kept[clear].mean()) if clear.any() else 1.0
