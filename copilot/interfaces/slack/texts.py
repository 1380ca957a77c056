"""Which language a person reads, and what more than one message says in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Literal

from copilot.accounts.health import Band
from copilot.accounts.lifecycle import Stage
from copilot.accounts.segment import Size
from copilot.suggesting.advice import Urgency
from knowledge.navigation import STAGES

Language = Literal["zh", "en"]
#: One thing to say, in both languages.
Texts = Mapping[Language, str]

CANCEL: Texts = {"zh": "取消", "en": "Cancel"}
CLOSE: Texts = {"zh": "关闭", "en": "Close"}
MORE: Texts = {"zh": "还有 {count} 项", "en": "and {count} more"}

URGENCIES: Mapping[Urgency, Texts] = {
    Urgency.NOW: {"zh": "今天", "en": "today"},
    Urgency.WEEK: {"zh": "本周", "en": "this week"},
    Urgency.MONTH: {"zh": "本月", "en": "this month"},
    Urgency.ROUTINE: {"zh": "例行", "en": "routine"},
}
SIZES: Mapping[Size, Texts] = {
    Size.LARGE: {"zh": "大型客户", "en": "large account"},
    Size.MEDIUM: {"zh": "中型客户", "en": "medium account"},
    Size.SMALL: {"zh": "中小客户", "en": "small account"},
    Size.MICRO: {"zh": "小微客户", "en": "micro account"},
}
BANDS: Mapping[Band, Texts] = {
    Band.HEALTHY: {"zh": "🟢 健康", "en": "🟢 healthy"},
    Band.WATCH: {"zh": "🟡 需留意", "en": "🟡 to watch"},
    Band.RISK: {"zh": "🔴 有风险", "en": "🔴 at risk"},
    Band.UNKNOWN: {"zh": "⚪ 无法判断", "en": "⚪ not known"},
}


def language_of(locale: str | None) -> Language:
    """Return the language for a locale of Slack, as `zh-CN`, `zh-TW` or `en-US`; without one, English."""
    return "zh" if (locale or "").lower().replace("_", "-").split("-")[0] == "zh" else "en"


def stage_name(stage: Stage | str, language: Language) -> str:
    """Return how people call a stage; what is none stays as it is."""
    titles = STAGES.get(str(stage))
    return str(stage) if titles is None else titles[0 if language == "zh" else 1]


def day(on: date) -> str:
    """Return a day as every surface writes it."""
    return on.isoformat()


def moment(at: datetime) -> str:
    """Return a moment as mrkdwn that Slack shows in the reader's own time zone (messaging/formatting-message-text)."""
    utc = at.astimezone(UTC)
    return f"<!date^{int(utc.timestamp())}^{{date_num}} {{time}}|{utc.strftime('%Y-%m-%d %H:%M')} UTC>"
