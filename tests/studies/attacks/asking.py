"""Questions: an attack as the question, as history, as a note of the account that is asked about, in a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.studies.attacks.house import RECORD, House, Tally
from tests.studies.attacks.judge import answered, changed
from tests.studies.attacks.strings import Attack

_HARMLESS = "续约提前多久开始准备"


def asked(house: House, attacks: Sequence[Attack]) -> list[Tally]:
    """Ask in every way."""
    documents = house.documents()
    as_question, in_document = Tally("ask: question"), Tally("ask: poisoned document")
    as_history, as_note = Tally("ask: history"), Tally("ask: account note")
    end = house.end_of_audit()
    for number, attack in enumerate(attacks):
        as_question.note(attack, *_ask(house, attack, documents, question=attack.text))
        about = f"资料 {number} {attack.question or attack.storable[:24]}".strip()
        in_document.note(attack, *_ask(house, attack, documents, question=about))
        turns = [{"role": "user", "content": attack.text}, {"role": "assistant", "content": attack.text}]
        as_history.note(attack, *_ask(house, attack, documents, question=f"那{_HARMLESS}", history=turns))
        noted = house.call("owner", "PUT", "/v1/accounts/a1", json=RECORD | {"notes": attack.text})
        ways, ended = _ask(house, attack, documents, question=_HARMLESS, account_id="a1")
        as_note.note(attack, [*noted.ways, *ways], f"{noted.status} {ended}")
    _, actions = house.audited(end)
    as_question.through += [("all", "audit", ways)] if (ways := changed(actions)) else []
    return [as_question, in_document, as_history, as_note]


def _ask(house: House, attack: Attack, documents: dict[str, str], **body: Any) -> tuple[list[str], str]:
    """Ask as somebody who may read everything but what is of the board; a refusal with a reason is no way through."""
    reply = house.call("li", "POST", "/v1/ask", json=body | {"clarify": False})
    if reply.status != 200:
        return reply.ways, str(reply.status)
    echo = "\n".join([body["question"], *(turn["content"] for turn in body.get("history", ()))])
    answer = reply.json()
    ways = reply.ways + answered(answer, attack.order, documents, house.secrets, echo)
    return ways, f"{answer['status']} {answer['composer'].partition(':')[0]}"
