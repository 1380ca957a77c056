"""A gap and the answer an expert writes for it: the answer is an attack, which a curator even approves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.studies.attacks.house import House, Tally
from tests.studies.attacks.judge import active, answered, changed
from tests.studies.attacks.strings import Attack

_ASKED = "续费时发票的税率是多少"
_APPROVE_EVERY = 10


def filled(house: House, attacks: Sequence[Attack]) -> list[Tally]:
    """Write every attack as the answer to a gap, look at it, reject most, approve some and ask again."""
    written, published = Tally("gap: written answer"), Tally("gap: approved, asked again")
    gap = _gap(house)
    session = house.signed_in("shen")
    ours: Any = None
    for number, attack in enumerate(attacks):
        end = house.end_of_audit()
        text = f"续费发票的税率是 6%。{attack.storable}"[:3000]
        reply = house.call("shen", "POST", f"/v1/gaps/{gap}/draft", json={"answer": text.replace("\x00", "")})
        ways = reply.ways
        if reply.status != 201:
            written.note(attack, ways, str(reply.status))
            continue
        id = reply.json()["id"]
        page = session.get(f"/app/drafts/{id}")
        ours = active(page.text) if ours is None and attack.family == "prompt_leak" else ours
        ways += [
            f"active: {one}" for one in active(page.text, ours) if "to " in one or one.endswith("=") or "script:" in one
        ]
        _, actions = house.audited(end)
        written.note(attack, ways + changed(actions), "201")
        if number % _APPROVE_EVERY:
            body = {"decision": "reject", "revision": 1, "reason": "study"}
            house.call("owner", "POST", f"/v1/drafts/{id}/decisions", json=body)
            continue
        decided = house.call("owner", "POST", f"/v1/drafts/{id}/decisions", json={"decision": "approve", "revision": 1})
        again = house.call("li", "POST", "/v1/ask", json={"question": _ASKED, "clarify": False})
        ways = [*decided.ways, *again.ways]
        if again.status == 200:
            ways += answered(again.json(), attack.order, house.documents(), house.secrets, _ASKED)
        published.note(attack, ways, f"{decided.status} {again.status}")
        gap = _gap(house, f"{_ASKED}{number}")
    session.close()
    return [written, published]


def _gap(house: House, question: str = _ASKED) -> str:
    """Return the gap of a question; everything is answered here, so a bad mark makes one."""
    reply = house.call("li", "POST", "/v1/ask", json={"question": question, "clarify": False}).json()
    house.call(
        "li", "POST", f"/v1/answers/{reply['answer_id']}/feedback", json={"helpful": False, "reason": "incomplete"}
    )
    house.application.worker.step()
    gaps = house.call("owner", "GET", "/v1/gaps").json()["gaps"]
    return str(next(one["id"] for one in gaps))
