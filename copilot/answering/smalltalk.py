"""Greetings and thanks: said to be polite, not to be looked up."""

from __future__ import annotations

import re

from knowledge.text import fold

_SMALLTALK = re.compile(
    r"(?:你好|您好|哈喽|嗨|早上好|早安|下午好|晚上好|晚安|在吗|在不在|谢谢|谢了|多谢|感谢|辛苦了|好的|好嘞|收到|明白了?|知道了|再见|拜拜|"
    r"没事了?|不用了|太好了|厉害|hi|hello|hey|good(?:morning|afternoon|evening)|thanks?|"
    r"thankyou|"
    r"thx|ty|ok|okay|gotit|great|cool|perfect|bye|goodbye|nevermind|你|您|呀|啊|哈|啦|了|verymuch|somuch|alot|"
    r"again|there|all|everyone|大家|各位|copilot|助手)+"
)
_GREETING = re.compile(
    r"你好|您好|哈喽|嗨|早上好|早安|下午好|晚上好|在吗|在不在|^(?:hi|hello|hey)\b|good (?:morning|afternoon|evening)"
)
_SEPARATORS = re.compile(r"[\s,，.。!！?？~～、;；:：]+")


def is_smalltalk(text: str) -> bool:
    """Tell whether a text is nothing but a greeting, thanks or an acknowledgement."""
    if len(text) > 60:
        return False
    return bool(_SMALLTALK.fullmatch(_SEPARATORS.sub("", fold(text))))


def is_greeting(text: str) -> bool:
    """Tell a greeting from thanks, acknowledgements and farewells."""
    return bool(_GREETING.search(fold(text)))
