"""Choices before typing: what somebody of this role, at this stage, beside this account, is likely to ask.

They come from the openers of `answering.choices`, so that a first question of any surface is one we know to answer. For
customers they are questions that somebody wrote into the documents that customers may read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import zip_longest

from copilot.accounts.lifecycle import CustomerStage, Stage, customer_stage
from copilot.answering.answer import Choice
from copilot.answering.choices import ASK, openers, shortcuts
from copilot.answering.intent import Intent
from copilot.answering.question import Language
from copilot.people.person import Role
from knowledge.document import DocumentKind
from knowledge.question_store import QuestionStore
from knowledge.reader import CUSTOMERS
from knowledge.store import KnowledgeStore
from knowledge.text import is_chinese

Texts = Mapping[Language, str]

#: What stands on a choice, and what it asks. `{account}` is the account that is open beside the conversation.
_ASK_PLAN: Texts = {"zh": "给{account}写一份客户成功计划", "en": "Draft a success plan for {account}"}
_ASK_NEXT: Texts = {"zh": "{account}这个客户下一步该做什么?", "en": "What should we do next for {account}?"}
_ASK_CASE: Texts = {"zh": "有没有和{account}同行业的案例?", "en": "Is there a case of the industry of {account}?"}
_OF_ROLE: Mapping[Role, tuple[Texts, ...]] = {
    Role.MANAGER: (
        {"zh": "哪些信号说明客户可能流失?", "en": "Which signals tell that a customer may churn?"},
        {"zh": "客户分层后,大型和小微客户怎么配人?", "en": "How do we staff large and micro customers?"},
    ),
    Role.CURATOR: ({"zh": "一份好的打法要写哪些内容?", "en": "What belongs into a good playbook?"},),
}
_OF_STAGE: Mapping[CustomerStage, tuple[Texts, ...]] = {
    CustomerStage.ACQUISITION: ({"zh": "第一次电话怎么开场?", "en": "How do I open a first call?"},),
    CustomerStage.CONVERSION: ({"zh": "客户拿竞品比价怎么办?", "en": "A customer compares prices. What now?"},),
    CustomerStage.START: ({"zh": "新客户上线第一周做什么?", "en": "What happens in the first week of onboarding?"},),
    CustomerStage.GROWTH: ({"zh": "客户用得不多,怎么提升活跃?", "en": "Usage is low. How do we raise it?"},),
    CustomerStage.RENEWAL: (
        {"zh": "续约前九十天要做哪些准备?", "en": "What do we prepare ninety days before a renewal?"},
    ),
}
#: Documents looked at for the questions of customers.
_LOOKED_AT = 40


def for_staff(
    language: Language, *, roles: Collection[Role] = (), stage: Stage | None = None, account: str | None = None
) -> Sequence[Choice]:
    """Return what to offer: of the account that is open first, then of its stage, of the role, then of everybody."""
    offered: list[tuple[str, str]] = []
    if account:
        for intent, texts in ((Intent.NEXT_ACTION, _ASK_NEXT), (Intent.PLAN, _ASK_PLAN), (Intent.CASE, _ASK_CASE)):
            label = shortcuts(intent, language)[0].label
            offered.append((label, texts[language].format(account=account if language == "en" else f" {account} ")))
        offered = offered[:2] if stage is not None else offered
    at = customer_stage(stage) if stage is not None else None
    asked = [*(_OF_STAGE[at] if at is not None else ()), *(text for role in roles for text in _OF_ROLE.get(role, ()))]
    offered += [(text[language], text[language]) for text in asked]
    offered += [(choice.label, choice.payload["question"]) for choice in openers(language)]
    return [
        Choice(label=label, action=ASK, payload={"question": question.strip()})
        for label, question in dict(offered).items()
    ]


def for_customers(
    language: Language, documents: KnowledgeStore, questions: QuestionStore, *, stage: str | None = None, most: int = 4
) -> Sequence[Choice]:
    """Return questions that documents for customers answer: those of their stage first, then FAQs."""
    readable = [one for one in documents.summaries() if CUSTOMERS.may_read(one.metadata) and not one.duplicate_of]
    # What customers ask is what a FAQ was written for; a case study is asked for by those who know it.
    readable.sort(key=lambda one: (stage not in one.metadata.stages, one.metadata.kind is not DocumentKind.FAQ))
    written: list[list[str]] = []
    for summary in readable[:_LOOKED_AT]:
        document = questions.current(summary.id)
        asked = [one.text for one in document.questions] if document is not None else []
        written.append([text for text in asked if is_chinese(text) == (language == "zh")])
        if sum(map(bool, written)) == most:
            break
    # The first of each document, then the second of each: few documents still give enough to choose from.
    in_turns = [text for turn in zip_longest(*written) for text in turn if text is not None]
    return [Choice(label=text, action=ASK, payload={"question": text}) for text in list(dict.fromkeys(in_turns))[:most]]
