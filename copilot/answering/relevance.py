"""Is the question about anything the knowledge covers?

Cosines of one model differ by language and by index, so no fixed threshold holds. What an index gives to questions
that are certainly about something else (the background, in the language asked) is measured on the index itself; a
question has to come nearer than that.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from statistics import mean

from copilot.answering.question import Language, Question
from knowledge.document import Audience
from knowledge.passage import Passage
from knowledge.retriever import Retriever

#: Everyday questions no sales or service knowledge answers, one subject each.
BACKGROUND: dict[Language, tuple[str, ...]] = {
    "zh": (
        "今天天气怎么样",
        "红烧肉怎么做",
        "怎么用代码给列表排序",
        "推荐一部电影",
        "感冒了吃什么药",
        "高铁票怎么买",
        "猫不吃东西怎么办",
        "比赛谁赢了",
        "首都是哪里",
        "怎么做瑜伽",
        "房贷利率多少",
        "圆的面积怎么算",
        "旅游去哪里好",
        "这首歌是谁唱的",
        "怎么种番茄",
        "手机屏幕碎了怎么修",
    ),
    "en": (
        "what is the weather today",
        "how do I cook pasta",
        "how to sort a list in code",
        "recommend a movie",
        "what medicine for a cold",
        "where to buy train tickets",
        "my cat does not eat",
        "who won the game",
        "what is the capital",
        "how to do yoga",
        "current mortgage rate",
        "area of a circle",
        "best place to travel",
        "who sings this song",
        "how to grow tomatoes",
        "how to fix a broken phone screen",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Margins over the background, in cosine; where they come from: decisions/0005."""

    related: float = 0.016  #: from here on the question is answered
    other_subject: float = 0.004  #: below this it is about something else altogether


@dataclass(frozen=True, kw_only=True)
class _Background:
    chunk: float
    question: float | None


class Relevance:
    """Measures the background once per state of the index and language."""

    def __init__(self, retriever: Retriever, thresholds: Thresholds | None = None) -> None:
        self._retriever = retriever
        self.thresholds = thresholds or Thresholds()
        self._lock = threading.Lock()
        self._known: dict[tuple[str, Language, Audience], _Background] = {}

    def margin(self, question: Question, passages: list[Passage]) -> float:
        """Return how much nearer the best passage is than the background, in cosine; about -0.1 to 0.15."""
        if not passages:
            return -1.0
        background = self._background(question.language, question.audience)
        margin = max(passage.similarity for passage in passages) - background.chunk
        asked = [passage.question_similarity for passage in passages if passage.question_similarity is not None]
        if asked and background.question is not None:
            margin = max(margin, max(asked) - background.question)
        return margin

    def warm_up(self) -> None:
        """Measure the background for our own staff in both languages, so that no question waits for it."""
        for language in BACKGROUND:
            self._background(language, Audience.INTERNAL)

    def _background(self, language: Language, audience: Audience) -> _Background:
        key = (self._retriever.revision(), language, audience)
        with self._lock:
            if key not in self._known:
                near = self._retriever.nearness(BACKGROUND[language], audience)
                asked = [one.question for one in near if one.question is not None]
                self._known = {k: v for k, v in self._known.items() if k[0] == key[0]}
                self._known[key] = _Background(
                    chunk=mean(one.chunk if one.chunk is not None else 0.0 for one in near),
                    question=mean(asked) if asked else None,
                )
            return self._known[key]
