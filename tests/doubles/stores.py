"""The small stores in memory: originals, answers, keys."""

from __future__ import annotations

from datetime import datetime

from copilot.answering.answer import Answer, Outcome
from copilot.answering.question import Turn
from knowledge.document import content_hash


class InMemoryOriginals:
    """Implements `Originals`."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def keep(self, data: bytes) -> str:
        """Store bytes under their hash."""
        name = content_hash(data)
        self.kept[name] = bytes(data)
        return name

    def read(self, content_hash: str) -> bytes:
        """Return the bytes with this hash."""
        return self.kept[content_hash]


class InMemoryAnswerStore:
    """Implements `AnswerStore`; `replies` holds what was saved, in order."""

    def __init__(self) -> None:
        self.replies: list[tuple[Outcome, datetime]] = []
        self._holders: dict[str, str] = {}

    def has_conversation(self, conversation_id: str, person: str) -> bool:
        """Tell whether this person holds this conversation."""
        return self._holders.get(conversation_id) == person

    def save(self, reply: Outcome, at: datetime) -> None:
        """Keep a reply."""
        if any(kept.id == reply.id for kept, _ in self.replies):
            raise ValueError(f"reply {reply.id!r} exists already")
        self._holders.setdefault(reply.conversation_id, reply.question.person)
        self.replies.append((reply, at))

    def turns(self, conversation_id: str, person: str, limit: int) -> list[Turn]:
        """Return the last messages of this person's conversation, oldest first."""
        turns: list[Turn] = []
        for reply, _ in sorted(self.replies, key=lambda kept: kept[1]):
            if reply.conversation_id == conversation_id and self.has_conversation(conversation_id, person):
                said = reply.composition.text if isinstance(reply, Answer) else reply.explanation
                turns += [Turn(role="user", content=reply.question.text), Turn(role="assistant", content=said)]
        return turns[-limit:] if limit else []


class InMemoryKeyStore:
    """Implements `KeyStore`."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}
        self._sessions: dict[str, tuple[str, datetime]] = {}

    def has_keys(self) -> bool:
        """Tell whether any key was ever made."""
        return bool(self._keys)

    def add_key(self, key_hash: str, person: str, at: datetime) -> None:
        """Keep a key."""
        self._keys[key_hash] = person

    def person_of_key(self, key_hash: str) -> str | None:
        """Return the holder, if any."""
        return self._keys.get(key_hash)

    def add_session(self, session_hash: str, person: str, expires_at: datetime) -> None:
        """Keep a session."""
        self._sessions[session_hash] = (person, expires_at)

    def person_of_session(self, session_hash: str, now: datetime) -> str | None:
        """Return the holder of a session that has not expired."""
        person, expires_at = self._sessions.get(session_hash, (None, now))
        return person if expires_at > now else None
