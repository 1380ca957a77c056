"""What the pages of the audit log say."""

from __future__ import annotations

from copilot.interfaces.web.words import Words

AUDIT: Words = {
    "audit": ("审计", "Audit"),
    "audit.lead": (
        "谁在什么时候做了什么。每条都和前一条相扣,改动或删除会被发现。",
        "Who did what, and when. Each entry is chained to the one before, so that a change or a hole is found.",
    ),
    "action": ("动作", "Action"),
    "actor": ("人", "Person"),
    "subject": ("对象", "Subject"),
    "since": ("从", "From"),
    "until": ("到", "To"),
    "any": ("不限", "Any"),
    "when": ("时间", "Time"),
    "surface": ("入口", "Surface"),
    "number": ("编号", "Number"),
    "details": ("详情", "Details"),
    "previous_hash": ("前一条的校验值", "Hash of the entry before"),
    "hash": ("校验值", "Hash"),
    "entry": ("第 {number} 条", "Entry {number}"),
    "none_found": ("没有符合的记录", "No entry fits"),
    "none_found.do": ("放宽条件再找。", "Loosen the filters."),
    "older": ("更早的记录", "Older entries"),
    "newest": ("最新的记录", "Newest entries"),
    "check": ("检查完整性", "Check that it is whole"),
    "whole": (
        "{entries} 条记录前后相扣,没有缺失或改动。",
        "All {entries} entries are chained; none is missing or changed.",
    ),
    "broken": ("审计日志被改动过,请恢复备份:", "The audit log was changed; restore a backup:"),
    "same_subject": ("同一对象的记录", "Entries about the same"),
    "same_actor": ("同一个人的记录", "Entries of the same person"),
}
