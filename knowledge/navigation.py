"""The navigation map: lifecycle stage × topic → documents, so that every document is two steps away (K4, K9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from knowledge.document import Metadata

#: Stages in the order a customer passes them; titles in Chinese and English.
STAGES: dict[str, tuple[str, str]] = {
    "lead": ("线索", "Lead"),
    "opportunity": ("商机", "Opportunity"),
    "onboarding": ("上手", "Onboarding"),
    "adoption": ("用起来", "Adoption"),
    "growth": ("成长", "Growth"),
    "renewal": ("续费", "Renewal"),
    "expansion": ("增购", "Expansion"),
    "advocacy": ("口碑", "Advocacy"),
    "management": ("管理", "Management"),
}

#: A topic is the area of the first rule a document serves: the letter of REQUIREMENTS A-L.
TOPICS: dict[str, tuple[str, str]] = {
    "A": ("客群与资源", "Segments and resources"),
    "B": ("旅程与交接", "Journey and handoff"),
    "C": ("成功计划与上手", "Success plans and onboarding"),
    "D": ("健康度与流失", "Health and churn"),
    "E": ("客户关系", "Relationships"),
    "F": ("服务与知识", "Service and knowledge"),
    "G": ("销售打法", "Selling"),
    "H": ("测算与闸门", "Calculators and gates"),
    "I": ("续费与增购", "Renewal and expansion"),
    "J": ("数据推送", "Insight"),
    "K": ("AI 与产品", "AI and product"),
    "L": ("观点分歧", "Where sources disagree"),
    "O": ("组织与团队", "Organisation and teams"),
}
#: Documents that serve no rule by number stand where their owner's do.
_OF_OWNER = {
    "sales-enablement": "G",
    "customer-success": "C",
    "support": "F",
    "marketing": "G",
    "product": "K",
    "finance": "H",
    "management": "O",
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A document on the map."""

    id: str
    title: str
    metadata: Metadata


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A topic within a stage."""

    key: str
    title: str
    title_en: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True)
class StageMap:
    """A stage and what there is for it."""

    key: str
    title: str
    title_en: str
    topics: tuple[Topic, ...]


def topic_of(metadata: Metadata) -> str:
    """Return the key of a document's topic; pages about a disagreement always stand together."""
    areas = [requirement[0] for requirement in metadata.requirements if requirement[:1] in TOPICS]
    if "L" in areas:
        return "L"
    return areas[0] if areas else _OF_OWNER.get(metadata.owner or "", "O")


def navigation_map(entries: Iterable[Entry]) -> tuple[StageMap, ...]:
    """Place every document that names a stage under each of its stages; stages and topics without one are left out."""
    placed: dict[str, dict[str, list[Entry]]] = {stage: {} for stage in STAGES}
    for entry in sorted(entries, key=lambda entry: (entry.metadata.kind, entry.title)):
        for stage in entry.metadata.stages:
            if stage in placed:
                placed[stage].setdefault(topic_of(entry.metadata), []).append(entry)
    return tuple(
        StageMap(
            key=stage,
            title=STAGES[stage][0],
            title_en=STAGES[stage][1],
            topics=tuple(
                Topic(key=key, title=TOPICS[key][0], title_en=TOPICS[key][1], entries=tuple(topics[key]))
                for key in TOPICS
                if key in topics
            ),
        )
        for stage, topics in placed.items()
        if topics
    )
