"""Why an answer says what it says: the passages it was made from, how sure it is, and where the time went."""

from __future__ import annotations

from copilot.interfaces.contract import AnswerBody, PassageBody
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.citations import place_of
from copilot.interfaces.slack.elements import context, divider, modal, section
from copilot.interfaces.slack.limits import Block
from copilot.interfaces.slack.mrkdwn import fitted, shortened
from copilot.interfaces.slack.texts import Language, Texts

_EXCERPT = 500
_PASSAGES = 10
_TITLE: Texts = {"zh": "为什么这样回答", "en": "Why this answer"}
_ASKED: Texts = {"zh": "*理解成的问题* {question}", "en": "*Understood as* {question}"}
_CONFIDENCE: Texts = {"zh": "*把握* {bar} {share}", "en": "*Confidence* {bar} {share}"}
_PASSAGES_HEAD: Texts = {"zh": "*找到的段落*(最相关的在前)", "en": "*Passages found*, best first"}
_NOTHING: Texts = {"zh": "没有找到相关段落。", "en": "No passage was found."}
_TOOK: Texts = {"zh": "用时 {stages}", "en": "Took {stages}"}
_COMPOSERS: dict[str, Texts] = {
    "extractive": {"zh": "答案由原文句子组成", "en": "made of sentences of the sources"},
    "curated": {"zh": "答案由人写好", "en": "written by a person"},
}
_STAGES: dict[str, Texts] = {
    "understand": {"zh": "理解", "en": "understanding"},
    "retrieve": {"zh": "检索", "en": "searching"},
    "judge": {"zh": "判断", "en": "judging"},
    "calculate": {"zh": "计算", "en": "computing"},
    "evidence": {"zh": "取证", "en": "reading"},
    "compose": {"zh": "成文", "en": "writing"},
}
_MODEL: Texts = {"zh": "由模型 {model} 措辞", "en": "worded by {model}"}
_WITHHELD: Texts = {
    "zh": "🔒 另有 {count} 段没有用上:这里不是每个人都能看。",
    "en": "🔒 {count} more were not used: not everybody here may see them.",
}


def why_view(answer: AnswerBody, language: Language, *, withheld: int = 0) -> Block:
    """Return the modal; `withheld` counts passages that somebody here may not see."""
    blocks = [section(f"*{fitted(answer.question, 600)}*")]
    if answer.standalone_question != answer.question:
        asked = fitted(answer.standalone_question, 600)
        blocks += context([_ASKED[language].format(question=asked)])
    if answer.explanation:
        blocks.append(section(fitted(answer.explanation, 2_500)))
    if answer.confidence is not None:
        bar, share = confidence_bar(answer.confidence), f"{answer.confidence:.0%}"
        blocks.append(section(_CONFIDENCE[language].format(bar=bar, share=share)))
    blocks.append(divider())
    blocks.append(section((_PASSAGES_HEAD if answer.passages else _NOTHING)[language]))
    cited = {citation.document_id for citation in answer.citations}
    for rank, passage in enumerate(answer.passages[:_PASSAGES], start=1):
        blocks += _passage(rank, passage, cited=passage.document_id in cited)
    if withheld > 0:
        blocks += context([_WITHHELD[language].format(count=withheld)])
    blocks += [divider(), *context([_composer(answer.composer, language), _times(answer, language)])]
    return modal(_TITLE[language], ids.WHY_VIEW, blocks, language)


def confidence_bar(share: float) -> str:
    """Draw a share in ten squares."""
    full = round(max(0.0, min(1.0, share)) * 10)
    return "▰" * full + "▱" * (10 - full)


def _passage(rank: int, passage: PassageBody, *, cited: bool) -> list[Block]:
    place = fitted(place_of(passage.title, passage.heading_path), 300)
    text = " ".join(passage.text.split())
    excerpt = fitted(shortened(text, _EXCERPT), 2_400)
    shown = f"*{rank}. {place}*{' ✓' if cited else ''}\n&gt; {excerpt}"
    told = [f"{passage.score:.3f}", fitted(", ".join(passage.found_by), 200), fitted(passage.source, 200)]
    return [section(shown), *context([" · ".join(one for one in told if one)])]


def _composer(composer: str, language: Language) -> str:
    texts = _COMPOSERS.get(composer)
    return texts[language] if texts else _MODEL[language].format(model=fitted(composer.removeprefix("llm:"), 100))


def _times(answer: AnswerBody, language: Language) -> str:
    named = [
        (_STAGES.get(stage, {}).get(language) or fitted(stage, 40), took) for stage, took in answer.timings_ms.items()
    ]
    stages = " · ".join(f"{name} {took} ms" for name, took in named[:12])
    return _TOOK[language].format(stages=stages) if stages else ""
