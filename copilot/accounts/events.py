"""What can happen to an account: a closed set, each with what it does to the facts (`current.py`)."""

from __future__ import annotations

from enum import StrEnum


class AccountEvent(StrEnum):
    """Names of signals that are no field. Most take a text that says more, or nothing."""

    FIRST_VALUE_DELIVERED = "first_value_delivered"  #: the switch to onboarded (C7)
    CONTRACT_SIGNED = "contract_signed"  #: days since signing begin anew
    HANDOFF_DONE = "handoff_done"  #: sales has handed over everything (B5)
    KP_CHANGED = "kp_changed"  #: the text is the new person's name (D8)
    KP_LEFT = "kp_left"  #: the text is the name of who left (D8)
    COMPLAINT = "complaint"  #: counts in `complaints`
    OUTAGE = "outage"  #: our service failed them
    DEPLOYMENT_DONE = "deployment_done"  #: gone live; the timers of B3 run from here
    MILESTONE_REACHED = "milestone_reached"  #: the text names it, and joins `milestones` (C8)
    CONTACTED = "contacted"  #: days since the last contact begin anew (B11)
    VISITED = "visited"  #: a contact in person
    RENEWAL_SIGNED = "renewal_signed"  #: the text is the new end as YYYY-MM-DD, else the old end is forgotten
    EXPANSION_SIGNED = "expansion_signed"
    CHURNED = "churned"
    PAYMENT_LATE = "payment_late"


#: These have a field of the record of their own.
_COUNTED_ELSEWHERE = {
    AccountEvent.CONTRACT_SIGNED: "days_since_signing",
    AccountEvent.CONTACTED: "last_contact_days",
}
#: Event → the field that counts the days since it happened last.
DAYS_SINCE = {event: _COUNTED_ELSEWHERE.get(event, f"days_since_{event.value}") for event in AccountEvent}
#: In Chinese, for people and for columns of tables.
EVENT_NAMES = {
    AccountEvent.FIRST_VALUE_DELIVERED: "首次价值交付",
    AccountEvent.CONTRACT_SIGNED: "签约",
    AccountEvent.HANDOFF_DONE: "交接完成",
    AccountEvent.KP_CHANGED: "关键人变更",
    AccountEvent.KP_LEFT: "关键人离开",
    AccountEvent.COMPLAINT: "客诉",
    AccountEvent.OUTAGE: "故障",
    AccountEvent.DEPLOYMENT_DONE: "上线",
    AccountEvent.MILESTONE_REACHED: "里程碑达成",
    AccountEvent.CONTACTED: "联系",
    AccountEvent.VISITED: "拜访",
    AccountEvent.RENEWAL_SIGNED: "续约签署",
    AccountEvent.EXPANSION_SIGNED: "增购签署",
    AccountEvent.CHURNED: "流失",
    AccountEvent.PAYMENT_LATE: "逾期付款",
}
