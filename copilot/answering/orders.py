"""Text that gives orders to whoever words an answer: told by whom it speaks to and about what, not by known sentences.

A document for people speaks about customers, contracts and products. One that wants to steer a chat model speaks to it:
about its answer, its instructions, its role, what it keeps secret. Such a passage is quoted as the source it is, and a
model's wording may not rest on it.
"""

from __future__ import annotations

import re

from knowledge.text import fold

_THINGS = (
    r"(?:instructions?|prompts?|rules?|guidelines?|directions?|programming|training|polic(?:y|ies)|restrictions?|"
    r"above|previous|everything|been told|function|resume)"
)
_SECRETS = (
    r"(?:passwords?|pass ?codes?|secrets?|(?:api|secret) keys?|credentials|prompts?|instructions|entire conversation)"
)
_REPLY = r"(?:responses?|repl(?:y|ies)|answers?|outputs?|completions?)"
_UNLEASHED = (
    r"\b(?:stay in character|never refus\w+|(?:can|could) not refus\w+|do anything now|always comply|until i say)\b",
    r"\bwithout (?:any )?(?:warnings?|disclaimers?|restrictions?|filter\w*|censor\w*)\b",
    r"\b(?:ethic\w*|moral\w*)\b.{0,20}\b(?:guidelines?|restrictions?|limit\w*|constraints?)\b",
    r"\b(?:amoral|nonmoral|unmoral|unfiltered|uncensored)\b",
    r"\b(?:developer|override|god|jailbreak|sudo|dan|evil|unrestricted) mode\b|\bsystem override\b",
)
_ITS_INSTRUCTIONS = (
    rf"\b(?:ignor\w*|disregard\w*|forget\w*|overrid\w+|bypass\w*|violat\w+|bound by|free of)\b.{{0,40}}\b{_THINGS}\b",
    r"\bforget (?:all|everything|anything|what)\b",
    r"\b(?:system|initial|starting|hidden|original|prior|previous|preceding|secret)[ _-]"
    r"(?:prompts?|instructions?|messages?|configuration)\b",
    r"\b(?:can|could|would|will) you\b.{0,30}\b(?:confirm|tell|give|share|reveal|say|provide)\b.{0,30}"
    rf"\b{_SECRETS}\b|\bwhat(?:'s| is) (?:your|our) (?:\w+ )?{_SECRETS}\b",
    r"\b(?:show|display|share|confirm|say|what(?:'s| is| are)|opposite of)\b.{0,30}"
    r"\b(?:your|the|our) (?:\w+ )?(?:prompts?|instructions)\b",
    rf"\b(?:reveal|print|repeat|output|tell me|give me|disclose|recite)\b.{{0,60}}"
    rf"\b(?:your|the|our|this)\b.{{0,20}}\b{_SECRETS}\b",
    r"\b(?:instructions?|text|prompt) you (?:were|are) given\b|\bnot supposed to (?:tell|say|reveal)\b",
    r"\b(?:output|repeat|print|recite|translate|copy|quote)\b.{0,20}"
    r"\b(?:everything|text|words|messages?|lines?|content|it all)\b.{0,20}\b(?:above|before|preceding|so far)\b",
    r"\b(?:this|our|the) (?:entire|whole) conversation\b",
    r"\b(?:output|print|emit)\b.{0,20}\b(?:the following|exactly|verbatim)\b",
    r"\bi(?:'m| am) your (?:developer|creator|programmer|administrator|operator)\b",
    r"\blet(?:'s| us) (?:state|claim|pretend) that\b",
)
_ITS_ANSWER = (
    rf"(?<!for )\byour(?: (?:own|next|entire|final|whole))? {_REPLY}\b",
    rf"\b(?:all|every|each|both|two|following|these|this) {_REPLY}\b.{{0,40}}"
    r"\b(?:must|should|will|with|as|start|begin)\b",
    r"\b(?:in|using|with|to|into) base ?(?:16|32|64|85)\b",
    r"\b(?:rot13|caesar cipher|substitution cipher|homophon\w+|leetspeak|pig latin|morse code)\b",
    r"\b(?:scrambl|jumbl|revers|substitut|swap|capitali[sz]|translat|encod|remov|rearrang)\w*\b.{0,40}"
    rf"\b(?:letters|words|vowels|spaces|characters|sentences)\b.{{0,40}}\b(?:your|{_REPLY}|messages?)\b",
    rf"\b(?:your|the) (?:message|{_REPLY})(?:'s)? (?:to|in|into|with|using|as) (?:\w+ )?"
    r"(?:emoji\w*|[a-z]+ (?:language|cipher|code)|italian|spanish|french|german|chinese|japanese|latin|symbols|"
    r"uppercase|lowercase)\b",
)
_ITS_ROLE = (
    r"\b(?:you are|you're|you will be|you shall be|assistant is|assistant now|you must be)\b.{0,60}\b(?:ai|a\.i\.|"
    r"assistant|chat ?bot|(?:chat|gp)t\w*|bot|language model|llm|simulat\w+|persona\w*|character|unfiltered|"
    r"jailbr\w+|terminal|mode|dan)\b",
    r"\byou are now (?:an?|the|in|called|free|going|acting|under)\b",
    r"\bfrom now on,? (?:you|i|we|whenever|every|all)\b|\bfor the rest of this (?:conversation|chat)\b",
    r"\b(?:act|behave|respond|reply|answer|pretend\w*|role ?-?play\w*|simulat\w+|emulat\w+|speak|talk)\b"
    r"(?: only| always| now| just)? (?:as|like|to be|being|that you|in the (?:voice|style)|using|with only|"
    r"in (?:base64|morse|rot13|json|emoji\w*|code))\b",
    r"\b(?:chat ?gpt\w*|chatbot|language model|llm|openai|anthropic|gpt-?\d)\b.{0,60}"
    r"\b(?:you|must|will|rules?|answer|respond|refus\w+|respons\w+)\b",
)
_CHINESE = (
    r"(?:忽略|无视|無視|忘记|忘掉|不要理会|不理会|抛开|违反|绕过).{0,16}"
    r"(?:指令|指示|说明|提示|规则|要求|设定|上文|之前|以上|前面|准则|限制|函数)",
    r"(?:你的|初始|最初|原始|隐藏的?)(?:系统)?(?:提示词?|指令|设定)|系统提示词",
    r"(?:告诉我|说出|透露|复述|给我|念出).{0,16}(?:密码|口令|提示词?|指令|密钥|机密)",
    r"(?:输出|打印|重复|显示).{0,16}(?:提示词|指令)|请(?:直接|只|原样)?(?:输出|打印|复述)(?:以下|如下|下列)",
    r"你现在是|从现在(?:起|开始).{0,4}你|(?:请|你).{0,4}(?:假装|扮演)|角色扮演|(?:开发者|上帝|越狱)模式",
    r"你是.{0,16}(?:人工智能|\bai\b|助手|机器人|模型|gpt)|你必须(?:回答|服从|遵守|听)",
    r"(?:你的|您的|本次|每次|每个|所有)(?:回答|回复|回应|答复|输出)(?:中|里|时|都|必须|要|应|以|用)",
)
_OTHER_LANGUAGES = (
    r"(?:以前|前|これまで)の指示|指示を(?:無視|忘)|今何でもする|あなたは.{0,12}(?:ai|bot|モード|アシスタント)|プロンプト|と言おう|のふりを",
    r"(?:이전|위의) (?:지시|명령)|무시하고|당신은 이제",
    r"\b(?:ignor\w*|olvid\w*|olvíd\w*|desconsider\w*|oubli\w*|vergiss|vergessen sie|ignorier\w*)\b.{0,40}"
    r"\b(?:instruc\w+|consignes?|anweisung\w*|reglas|règles|regeln|regras|anterior\w*|précédent\w*)",
    r"\b(?:tu respuesta|sua resposta|votre réponse|deiner antwort|ihre antwort)\b",
    r"(?:игнорир\w*|забудь\w*).{0,40}(?:инструкц\w+|правил\w+)|تجاهل|अनदेखा",
)
_ORDER = re.compile(
    "|".join(
        f"(?:{one})"
        for one in (*_UNLEASHED, *_ITS_INSTRUCTIONS, *_ITS_ANSWER, *_ITS_ROLE, *_CHINESE, *_OTHER_LANGUAGES)
    )
)
#: Of a text this much is read: a chunk has 600 characters, a title or heading may add to it.
_MOST = 4_000


def gives_orders(text: str) -> bool:
    """Tell whether a text speaks to a machine that answers, in one of its sentences."""
    return bool(_ORDER.search(" ".join(fold(text[:_MOST]).split())))
