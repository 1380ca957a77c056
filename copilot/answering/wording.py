"""How the answer is wanted: in which language, how long, for which place. It changes the words, never the evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from copilot.answering.question import Language
from copilot.answering.scaffolding import subject_han, subject_words
from knowledge.text import fold

_ENGLISH = re.compile(
    r"(?:写成|翻译?成|译成|转成|换成|改成|用|给[我个]*|说|出|要)(?:一?[份段句版个]|点)?(?:英文|英语)|英文版|写[一]?[句段份]英文|"
    r"\b(?:in|into|to) english\b|\benglish (?:version|please)\b"
)
_CHINESE = re.compile(
    r"(?:写成|翻译?成|译成|转成|换成|改成|用|给[我个]*|说|出|要)(?:一?[份段句版个]|点)?(?:中文|汉语|简体)|中文版|写[一]?[句段份]中文|"
    r"\b(?:in|into|to) chinese\b|\bchinese (?:version|please)\b"
)
_SHAPE = re.compile(
    r"(?:写|改|整理|总结|压缩|精简|缩|列|做)成?(?:得|的)?(?:一?[句段份封条张个]|[两三]句)?(?:话|邮件|短信|微信|消息|群消息|表格?|清单|列表|要点|短点|短一点|简短)|"
    r"(?:短|简单|简洁|精简|正式|口语|委婉|客气)一?[点些]$|再?(?:短|简洁)[点些]|换[个种](?:说法|语气)|重写一?[遍下]|(?:发|转)(?:到|给|进)?[^,，。?？]{0,6}群里?|"
    r"^(?:make it |a bit |much |even )?(?:shorter|longer|simpler|more formal|less formal|friendlier)(?: please)?[.!]*$|"
    r"\b(?:rewrite|rephrase|reword|summari[sz]e|shorten) (?:it|that|this|them|these|those|the above)\b|"
    r"\bas (?:a table|bullets|bullet points|an email|a message|a list)\b|\bin one sentence\b|\bbullet points\b"
)
_NUMBERS = {
    "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "四": 4, "五": 5, "two": 2, "three": 3, "four": 4, "five": 5,
}  # fmt: skip
_COUNT = re.compile(
    r"(?P<where>前|上面|以上|最后|后|\bfirst |\blast |\babove )的?这?(?P<n>[一二两俩三四五2-5]|two|three|four|five)"
    r"(?:[点条个句段项]| (?:points?|answers?|items?|ones?)|\b)|\b(?P<n_en>two|three|four) above\b"
)
_COMMAND = re.compile(
    r"^(?:请|麻烦|帮我|帮忙|给我|再|把|能不能|可以|please |can you |could you |now )*"
    r"(?:写|改|翻|译|转|换|整理|总结|压缩|精简|缩|列|发|用|短|简|上面|前|这|那|以上|刚才|in |into |make |rewrite|"
    r"rephrase|reword|summari|shorten|translate|as |put |send |shorter|longer|english|chinese|英文|中文)"
)
_WISH_WORDS = re.compile(
    r"英文|英语|中文|汉语|简体|写成?|翻译成?|翻成|译成|转成|换成|改成|整理|总结|压缩|精简|发给?|转给?|群里?|邮件|短信|微信|消息|表格?|清单|列表|要点|版|句|份|封|"
    r"话|说明|领导|经理|老板|客户|同事|区域|大家|上面|以上|前面|刚才|处理|正在|"
    r"\b(?:english|chinese|translate|rewrite|rephrase|reword|summari[sz]e|shorten|shorter|longer|simpler|formal|make|put|"
    r"send|write|version|table|bullets?|points?|email|message|list|sentence|above|first|last|two|three|into|as|customer|"
    r"client|team|boss|manager|group|answers?|now)\b"
)


@dataclass(frozen=True, kw_only=True)
class WordingWish:
    """What a turn says about the wording."""

    language: Language | None = None  #: the language asked for by name
    bare: bool = False  #: the turn asks for nothing but other words: its evidence is that of the turns before it
    first: int | None = None  #: "前两点": this many from the start
    last: int | None = None  #: "上面两条": this many from the end

    @property
    def present(self) -> bool:
        """Whether the turn says anything about the wording."""
        return self.bare or self.language is not None


def wording_wish(text: str) -> WordingWish:
    """Read the wish; an empty one for an ordinary question."""
    turn = " ".join(fold(text).split())
    if len(turn) > 200:
        # A wish behind a long text is still one; the text itself is not searched for commands.
        return WordingWish(language=_language(turn[-60:]))
    language = _language(turn)
    shaped = bool(_SHAPE.search(turn))
    if language is None and not shaped:
        return WordingWish()
    rest = _WISH_WORDS.sub(" ", _COUNT.sub(" ", turn))
    bare = bool(_COMMAND.match(turn)) and len(subject_han(rest)) <= 2 and not subject_words(rest)
    first = last = None
    if bare and (count := _COUNT.search(turn)):
        n = _number(count["n"] or count["n_en"])
        first, last = (n, None) if (count["where"] or "").strip() in ("前", "first") else (None, n)
    return WordingWish(language=language, bare=bare, first=first, last=last)


def _language(turn: str) -> Language | None:
    if _ENGLISH.search(turn):
        return "en"
    return "zh" if _CHINESE.search(turn) else None


def _number(word: str) -> int:
    return _NUMBERS.get(word) or int(word)
