"""Orders that a chat model copied out of its sources: shown as the quotes they are, or not at all.

What is known to speak to a machine never reaches the model (`copilot/answering/orders.py`). An order in a form that
nobody has thought of does, and a source bears it out word by word. Said as our own it is advice; in quotation marks,
with its number, it is what stands in a document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from copilot.answering.question import Language
from knowledge.text import fold

#: Asks somebody for something, in any of its sentences; also a question, and what is in neither of our scripts.
_ASKS = re.compile(
    r"\b(?:you|your|you're|please|let's|let us|must|should|need|want|can|could|would|do not|don't|never|always|i'm|"
    r"ignor\w*|disregard\w*|forget\w*|reveal\w*|print|say|repeat|output|respond|reply|answer|write|translate|tell|"
    r"show|pretend|act|encode|decode|remove|insert|use|include|append|generate|summari[sz]e|state|confirm|click|send|"
    r"visit|open|call|log in|sign in|approve|substitute|swap|replace|reverse|give|provide|complete|continue|start|"
    r"begin|end|make|add|change|imagine|suppose|help|set|switch|enter|execute|run|import|return|answers?)\b|[?]"
    r"|[你您请勿写说问]|不要|必须|务必|应当|输出|打印|翻译|告诉|假装|扮演|忽略|无视|显示|回答|回复|重复|生成|总结|发送"
    r"|点击|批准|透露|泄露|声明|承认|执行|运行|登录"
    r"|[^\W\d_a-z\u3000-\u303f\u3400-\u9fff]"
)
#: Is about answers, machines that give them, what those keep secret, or where a reader is led.
_ABOUT_ANSWERS = re.compile(
    r"respon[ds]|repl(?:y|ies)|answer|output|messag|prompt|instruct|\brules?\b|system|password|secret|credential|"
    r"\bkeys?\b|\bmodes?\b|\bai\b|gpt|llm|language model|assistant|\bbots?\b|chat|persona|character|\brole|jailbreak|"
    r"developer|ignor|disregard|forget|pretend|act as|letter|symbol|language|german|french|spanish|translat|encod|"
    r"base64|emoji|\bcode\b|function|www\.|https?:|@|click|link|bank|card|account number|[<>{}]|print|say\b"
    r"|回答|回复|答复|输出|打印|提示|指令|指示|规则|系统|密码|口令|密钥|机密|忽略|无视|忘记|扮演|假装|角色|模型|助手|机器人"
    r"|人工智能|翻译|编码|代码|函数|链接|点击|银行|卡号|邮件"
    r"|[^\W\d_a-z\u3000-\u303f\u3400-\u9fff]"
)
_SENTENCE = re.compile(r"[^.!?。！？;；\n]+")
#: Fewer letters in a row are a phrase that anybody might use.
_FEWEST_LETTERS = 10
_QUOTED: dict[Language, str] = {"zh": "原文:“{}”", "en": "The source says: “{}”"}


def copied(text: str, cited: Sequence[str], shown: Sequence[str], language: Language) -> str | None:
    """Return a sentence as it may be shown: as it is, as a quote where it is an order of its source, or not at all.

    `cited` are the texts that it cites, `shown` all that the model was given. None: it repeats an order of a text that
    it does not cite, or says more than the order, so that it is no quote.
    """
    said = letters(text)
    if may_order(text):
        if any(said in letters(source) for source in cited):
            return _QUOTED[language].format(text)
        if any(said in letters(source) for source in shown):
            return None
    orders = (letters(one) for source in shown for one in _SENTENCE.findall(source) if may_order(one))
    return None if any(len(one) >= _FEWEST_LETTERS and one in said for one in orders) else text


def may_order(text: str) -> bool:
    """Tell whether a text may ask a machine, or a reader on somebody's behalf, for something: rather too often."""
    plain = fold(text)
    plain = f"{plain}\n{''.join(plain.split())}"  # in Chinese, blanks between characters change nothing for a reader
    return bool(_ASKS.search(plain) and _ABOUT_ANSWERS.search(plain))


def letters(text: str) -> str:
    """Return the letters and digits of the normal form: what spaces, marks and width do not change."""
    return "".join(character for character in fold(text) if character.isalnum())
