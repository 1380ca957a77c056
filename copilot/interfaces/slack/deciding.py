"""Who gets what answer where, as one table: the first row that fits decides (REFERENCE §2 #2).

A situation is told in two steps. What the event itself tells (`AT_ONCE`) is decided before anything is asked of Slack;
where the message stands and who wrote it is looked up for the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Via(StrEnum):
    """How somebody spoke to us."""

    MENTION = "mention"
    DIRECT = "direct"  #: a direct message
    ENGAGED = "engaged"  #: a reply in a thread where we have answered
    CLICK = "click"  #: a button below a message of ours
    SLASH = "slash"
    SHORTCUT = "shortcut"
    OVERHEARD = "overheard"  #: said in a channel, to nobody or to others


class Form(StrEnum):
    """What the event is about."""

    MESSAGE = "message"
    OWN = "own"  #: written by us
    BOT = "bot"
    CHANGED = "changed"  #: `message_changed`: edited, unfurled, given a thread
    DELETED = "deleted"
    OTHER = "other"  #: joined, renamed, pinned…


class Seen(StrEnum):
    """Whether the same message has come before."""

    FIRST = "first"
    RETRY = "retry"  #: the same event once more
    TWIN = "twin"  #: another event about the same message: `app_mention` and `message` both come


class Where(StrEnum):
    """Who reads along."""

    DIRECT = "direct"
    PUBLIC = "public"
    PRIVATE = "private"
    EXTERNAL = "external"  #: shared with another organisation, or about to be


class Who(StrEnum):
    """Who speaks."""

    MEMBER = "member"
    GUEST = "guest"  #: restricted to some channels
    STRANGER = "stranger"  #: of another organisation
    INACTIVE = "inactive"  #: let go here, whatever Slack says


class Outcome(StrEnum):
    """What becomes of it."""

    IGNORE = "ignore"  #: silence; the reason is logged
    THREAD = "thread"  #: answer in the thread, from what every member may see
    DIRECT = "direct"  #: answer in the direct message
    PREVIEW = "preview"  #: answer the asker alone; sharing is another step
    REFUSE = "refuse"  #: say why not


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What is known; None: not looked up yet."""

    via: Via
    form: Form = Form.MESSAGE
    seen: Seen = Seen.FIRST
    edited: bool = False  #: an event about a message that was edited before it reached us
    to_others: bool = False  #: it mentions somebody, and not us
    has_words: bool = True
    where: Where | None = None
    who: Who | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row: what it asks for (empty: anything), what follows, and the reason as it is logged."""

    reason: str
    outcome: Outcome
    via: frozenset[Via] = frozenset()
    form: frozenset[Form] = frozenset()
    seen: frozenset[Seen] = frozenset()
    where: frozenset[Where] = frozenset()
    who: frozenset[Who] = frozenset()
    edited: bool | None = None
    to_others: bool | None = None
    has_words: bool | None = None

    def fits(self, situation: Situation) -> bool:
        """Tell whether everything asked for is known and so."""
        sets: Iterable[tuple[frozenset[StrEnum], StrEnum | None]] = (
            (frozenset(self.via), situation.via),
            (frozenset(self.form), situation.form),
            (frozenset(self.seen), situation.seen),
            (frozenset(self.where), situation.where),
            (frozenset(self.who), situation.who),
        )
        flags = (
            (self.edited, situation.edited),
            (self.to_others, situation.to_others),
            (self.has_words, situation.has_words),
        )
        return all(not wanted or known in wanted for wanted, known in sets) and all(
            wanted is None or wanted is known for wanted, known in flags
        )


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What becomes of a message, and why."""

    outcome: Outcome
    reason: str


#: Decided from the event alone.
AT_ONCE: tuple[Row, ...] = (
    Row(reason="own_message", outcome=Outcome.IGNORE, form=frozenset({Form.OWN})),
    Row(reason="bot_message", outcome=Outcome.IGNORE, form=frozenset({Form.BOT})),
    Row(reason="message_changed", outcome=Outcome.IGNORE, form=frozenset({Form.CHANGED})),
    Row(reason="message_deleted", outcome=Outcome.IGNORE, form=frozenset({Form.DELETED})),
    Row(reason="no_message", outcome=Outcome.IGNORE, form=frozenset({Form.OTHER})),
    Row(reason="retry", outcome=Outcome.IGNORE, seen=frozenset({Seen.RETRY})),
    Row(reason="twin", outcome=Outcome.IGNORE, seen=frozenset({Seen.TWIN})),
    Row(reason="not_addressed", outcome=Outcome.IGNORE, via=frozenset({Via.OVERHEARD})),
    # An edit that adds a mention comes as a new `app_mention`: the person waits for an answer to it.
    Row(reason="edited", outcome=Outcome.IGNORE, via=frozenset({Via.ENGAGED}), edited=True),
    Row(reason="to_others", outcome=Outcome.IGNORE, via=frozenset({Via.ENGAGED}), to_others=True),
    # Thumbs and laughter among people who talk to each other.
    Row(reason="no_words", outcome=Outcome.IGNORE, via=frozenset({Via.ENGAGED}), has_words=False),
)
#: Decided once place and person are known.
LOOKED_UP: tuple[Row, ...] = (
    Row(
        reason="external_channel",
        outcome=Outcome.REFUSE,
        via=frozenset({Via.SLASH, Via.SHORTCUT}),
        where=frozenset({Where.EXTERNAL}),
    ),
    Row(reason="external_channel", outcome=Outcome.IGNORE, where=frozenset({Where.EXTERNAL})),
    Row(reason="stranger", outcome=Outcome.REFUSE, who=frozenset({Who.STRANGER})),
    Row(reason="guest", outcome=Outcome.REFUSE, who=frozenset({Who.GUEST})),
    Row(reason="inactive", outcome=Outcome.REFUSE, who=frozenset({Who.INACTIVE})),
    Row(reason="no_words", outcome=Outcome.REFUSE, has_words=False),
    Row(reason="private_preview", outcome=Outcome.PREVIEW, via=frozenset({Via.SLASH, Via.SHORTCUT})),
    Row(reason="direct_message", outcome=Outcome.DIRECT, where=frozenset({Where.DIRECT})),
    Row(
        reason="channel",
        outcome=Outcome.THREAD,
        via=frozenset({Via.MENTION, Via.ENGAGED, Via.CLICK}),
        where=frozenset({Where.PUBLIC, Where.PRIVATE}),
    ),
)


def decide_at_once(situation: Situation) -> Decision | None:
    """Return what the event alone decides; None: place and person have to be known."""
    return _first(AT_ONCE, situation)


def decide(situation: Situation) -> Decision:
    """Return what becomes of a message whose place and person are known."""
    found = _first((*AT_ONCE, *LOOKED_UP), situation)
    return found or Decision(outcome=Outcome.IGNORE, reason="no_row")


def _first(rows: Iterable[Row], situation: Situation) -> Decision | None:
    for row in rows:
        if row.fits(situation):
            return Decision(outcome=row.outcome, reason=row.reason)
    return None
