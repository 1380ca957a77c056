"""The facts of an account as rules see them: those of the record, and those that follow from them."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.accounts.account import Account
from copilot.accounts.segment import Segment
from copilot.suggesting.notes import matching_form
from copilot.suggesting.rules import Comparison, Condition, Operator
from copilot.suggesting.standing import Standing


def facts_for_rules(account: Account, segment: Segment, standing: Standing) -> Mapping[str, object]:
    """Return all facts by name; what is not known is missing, so that no comparison holds by accident.

    Derived: segment, type, stage, health_band, health_score, first_value (delivered, in_time, due_soon, late),
    handoff_incomplete, last_contact_overdue, contact_limit_days, kp_first, kp_titles, kp_count, note, milestones_text,
    features_text.
    """
    people = [one for one in _list(account.facts.get("kp")) if isinstance(one, Mapping)]
    names = [one["name"].strip() for one in people if isinstance(one.get("name"), str) and one["name"].strip()]
    titles = [one["title"].strip() for one in people if isinstance(one.get("title"), str) and one["title"].strip()]
    derived = {
        "segment": segment.value.value if segment.value else None,
        "type": account.type.value,
        "stage": standing.stage.value if standing.stage else None,
        "health_band": standing.health.band.value,
        "health_score": standing.health.score,
        "first_value": standing.first_value,
        "handoff_incomplete": bool(standing.handoff_missing) if "handoff" in account.facts else None,
        "last_contact_overdue": standing.contact_overdue,
        "contact_limit_days": standing.contact_limit_days,
        "kp_first": names[0] if names else None,
        "kp_titles": "、".join(titles) or None,
        "kp_count": len(people) if "kp" in account.facts else None,
        "note": account.text("notes"),
        "milestones_text": "、".join(_texts(account.facts.get("milestones"))) or None,
        "features_text": "、".join(_texts(account.facts.get("key_features_used"))) or None,
        "name": account.name,
    }
    known = dict(account.facts) | derived
    return {name: value for name, value in known.items() if value is not None}


def condition_holds(condition: Condition[Comparison], facts: Mapping[str, object]) -> bool:
    """Tell whether facts fulfil a condition."""
    return (
        all(comparison_holds(one, facts) for one in condition.all)
        and (not condition.any or any(comparison_holds(one, facts) for one in condition.any))
        and not any(comparison_holds(one, facts) for one in condition.none)
    )


def comparison_holds(comparison: Comparison, facts: Mapping[str, object]) -> bool:
    """Tell whether a fact passes all its tests; an unknown one passes only `known: false`."""
    value = facts.get(comparison.fact)
    return all(
        _passes(operator, value, wanted, facts.get(comparison.of or "")) for operator, wanted in comparison.tests
    )


def _passes(operator: Operator, value: object, wanted: object, base: object) -> bool:
    if operator is Operator.KNOWN:
        return (value is not None) == wanted
    if value is None:
        return False
    if operator is Operator.IS:
        return _same(value, wanted)
    if operator is Operator.ONE_OF:
        return any(_same(value, one) for one in _list(wanted))
    if operator is Operator.COUNT_AT_LEAST:
        return isinstance(value, list) and len(value) >= _number(wanted, 0)
    if operator is Operator.CONTAINS:
        return any(str(wanted) in text for text in _folded(value))
    if operator is Operator.WORDS:
        return any(str(word) in text for text in _folded(value) for word in _list(wanted))
    return _compares(operator, value, wanted, base)


def _compares(operator: Operator, value: object, wanted: object, base: object) -> bool:
    if not _is_number(value):
        return False
    found, limit = _number(value, 0), _number(wanted, 0)
    if operator in (Operator.SHARE_BELOW, Operator.SHARE_ABOVE):
        if not _is_number(base) or _number(base, 0) <= 0:
            return False
        found /= _number(base, 0)
    if operator is Operator.AT_LEAST:
        return found >= limit
    if operator is Operator.AT_MOST:
        return found <= limit
    return found > limit if operator in (Operator.ABOVE, Operator.SHARE_ABOVE) else found < limit


def _same(value: object, wanted: object) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return matching_form(value) == matching_form(wanted)
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted


def _folded(value: object) -> list[str]:
    texts = [value] if isinstance(value, str) else _texts(value)
    return [matching_form(text) for text in texts]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []


def _texts(value: object) -> list[str]:
    return [one for one in _list(value) if isinstance(one, str)]
