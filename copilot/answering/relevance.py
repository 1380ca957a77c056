"""Is the question about anything the knowledge covers?

Cosines of one model differ by language and by index, so no fixed threshold holds. What an index gives to questions
that are certainly about something else (the background, in the language asked) is measured on the index itself; how far
a question stands above that, counted in the spread of the background, means the same for any model and index.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from statistics import mean, pstdev

from copilot.answering.question import Language, Question
from knowledge.passage import Passage
from knowledge.reader import EVERYTHING, AccessLabel, Reader
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


#: The spread of a background is never taken for smaller: sixteen questions may lie close together by chance.
_LEAST_SPREAD = 0.004


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How much nearer than the background the index comes to a question, in spreads (standard deviations) of it."""

    chunk: float  #: by the best chunk; about -1 to 6
    question: float | None  #: by the best written question; None where the index has none


@dataclass(frozen=True, kw_only=True)
class _Level:
    mean: float
    spread: float

    def above(self, cosine: float) -> float:
        return (cosine - self.mean) / self.spread


@dataclass(frozen=True, kw_only=True)
class _Background:
    chunk: _Level
    question: _Level | None


class Relevance:
    """Measures the background once per state of the index and language."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._lock = threading.Lock()
        self._revision: str | None = None
        self._labels: Collection[AccessLabel] = ()
        self._known: dict[tuple[Language, frozenset[AccessLabel], date | None], _Background] = {}

    def standing(self, question: Question, passages: list[Passage]) -> Standing:
        """Return how the passages of a question stand against the background in its language."""
        if not passages:
            return Standing(chunk=_NOTHING, question=None)
        background = self._background(question.language, question.reader)
        asked = [passage.question_similarity for passage in passages if passage.question_similarity is not None]
        return Standing(
            chunk=background.chunk.above(max(passage.similarity for passage in passages)),
            question=background.question.above(max(asked)) if asked and background.question else None,
        )

    def warm_up(self) -> None:
        """Measure the background for our own staff in both languages, so that no question waits for it."""
        for language in BACKGROUND:
            self._background(language, EVERYTHING)

    def _background(self, language: Language, reader: Reader) -> _Background:
        """Return the background of those who may read the same documents as this reader."""
        revision = self._retriever.revision()
        with self._lock:
            if revision != self._revision:
                self._labels, self._known, self._revision = self._retriever.labels(), {}, revision
            key = (language, frozenset(filter(reader.may_read_label, self._labels)), reader.verified_on)
            if key not in self._known:
                near = self._retriever.nearness(BACKGROUND[language], reader)
                asked = [one.question for one in near if one.question is not None]
                self._known[key] = _Background(
                    chunk=_level([one.chunk if one.chunk is not None else 0.0 for one in near]),
                    question=_level(asked) if asked else None,
                )
            return self._known[key]


#: Where nothing was found at all.
_NOTHING = -10.0


def _level(cosines: list[float]) -> _Level:
    return _Level(mean=mean(cosines), spread=max(_LEAST_SPREAD, pstdev(cosines)))
