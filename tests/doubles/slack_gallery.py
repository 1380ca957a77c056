"""Every kind of message, modal and Home once: compared with files, checked against limits, drawn as pictures."""

from __future__ import annotations

from collections.abc import Sequence

from copilot.delivery.delivery import ChannelName
from copilot.interfaces.calculators import calculate, list_calculators, show_calculator
from copilot.interfaces.slack import advice_blocks, draft_views
from copilot.interfaces.slack.advice_blocks import Said, advice_message
from copilot.interfaces.slack.answer_blocks import Setting, answer_message, below_answer
from copilot.interfaces.slack.calculator_blocks import calculation_message, calculators_message
from copilot.interfaces.slack.case_blocks import case_message
from copilot.interfaces.slack.draft_blocks import DraftSetting, draft_message
from copilot.interfaces.slack.expert_blocks import expert_message, knowledge_view
from copilot.interfaces.slack.feedback_view import feedback_view
from copilot.interfaces.slack.help_blocks import help_message
from copilot.interfaces.slack.home_view import Home, home_view
from copilot.interfaces.slack.limits import Block
from copilot.interfaces.slack.mrkdwn import mention
from copilot.interfaces.slack.notice_blocks import problem_message
from copilot.interfaces.slack.texts import Language
from copilot.interfaces.slack.why_view import why_view
from copilot.suggesting.suggestion import Verdict
from tests.doubles import slack_samples as samples

Payload = Sequence[Block] | Block


def gallery(language: Language) -> dict[str, Payload]:
    """Return blocks of messages and views by name."""
    zh = language == "zh"
    setting = Setting(language=language)
    draft_setting = DraftSetting(language=language, account=samples.account_name(language))
    manager = Said(
        verdict=Verdict.REJECTED, who=mention("U024BE7LH", ""), reason="客户上月刚谈过" if zh else "Done last month"
    )
    calculator, inputs = "ue", {"ltv": "3万", "cac": "1.2w"}
    return {
        "answered": answer_message(samples.answered(language), setting).blocks,
        "answered_preview": answer_message(
            samples.answered(language), Setting(language=language, preview=True, more_private=True)
        ).blocks,
        "after_stream": below_answer(samples.answered(language), setting),
        "partial": answer_message(samples.partial(language), setting).blocks,
        "abstained_not_in_knowledge": answer_message(
            samples.abstained(language), Setting(language=language, owner="李雯" if zh else "Li Wen")
        ).blocks,
        "abstained_no_permission": answer_message(samples.abstained(language, "no_permission"), setting).blocks,
        "abstained_retrieval_failed": answer_message(samples.abstained(language, "retrieval_failed"), setting).blocks,
        "abstained_out_of_scope": answer_message(samples.abstained(language, "out_of_scope"), setting).blocks,
        "clarify": answer_message(samples.clarify(language), setting).blocks,
        "why": why_view(samples.answered(language), language, withheld=2),
        "feedback_reason": feedback_view(samples.answered(language).question, language, "a-1"),
        "expert_asked": expert_message(
            samples.abstained(language).question, "g-1", mention("U024BE7LH", ""), mention("U0ASKER01", ""), language
        ).blocks,
        "save_knowledge": knowledge_view(language, "C1:1.2", question=samples.abstained(language).question),
        "draft_open": draft_message(samples.draft(language), draft_setting).blocks,
        "draft_approved": draft_message(samples.decided(language, "approve", "approved"), draft_setting).blocks,
        "draft_rejected": draft_message(samples.decided(language, "reject", "rejected"), draft_setting).blocks,
        "draft_edit": draft_views.edit_view(samples.draft(language), language),
        "draft_reject": draft_views.reject_view(samples.draft(language), language),
        "draft_deliver": draft_views.deliver_view(
            samples.draft(language), [ChannelName.EMAIL, ChannelName.SLACK, ChannelName.FILE], language
        ),
        "advice": advice_message(samples.advice(language), samples.account_name(language), language).blocks,
        "advice_answered": advice_message(
            samples.advice(language), samples.account_name(language), language, said={"s-1": manager}
        ).blocks,
        "suggestion_reject": advice_blocks.reject_view("s-1", samples.advice(language).actions[0].title, language),
        "cases": case_message(samples.cases(language), samples.account_name(language), language).blocks,
        "calculation": calculation_message(
            calculate(calculator, inputs),
            show_calculator(calculator).title_zh if zh else show_calculator(calculator).title_en,
            language,
        ).blocks,
        "calculators": calculators_message(list_calculators().calculators, language).blocks,
        "home": home_view(samples.home(language)),
        "home_empty": home_view(Home(language=language)),
        "problem": problem_message(samples.problem(), language).blocks,
        "help": help_message(language).blocks,
    }
