"""Errors in Chinese, by their code. In English, an error speaks for itself: its message is written for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from copilot.interfaces.web.language import Language

#: Where the message names values that the sentence does not, `{detail}` stands for it.
_CHINESE: Mapping[str, str] = {
    "not_permitted": "你的角色不能这样做,请管理员给你相应的角色。({detail})",
    "stale_revision": "草稿已经有更新的一版,请打开最新的一版再决定或修改。",
    "expired": "这一版超过了确认的期限。保存为新的一版,再请人确认。",
    "already_decided": "这一版已经有人作出了相反的决定。要重新决定,请先保存为新的一版。({detail})",
    "approval_required": "这一版还没有批准,不能发送。先批准,再发送。",
    "audience_mismatch": "收件的人不能看其中引用的资料,所以不能发到那里。({detail})",
    "invalid_destination": "收件处的写法不对,或没有人允许发到那里。({detail})",
    "channel_not_configured": "这种发送方式还没有设置,请管理员按 README 设置。",
    "channel_unavailable": "现在连不上收件的系统,请稍后再试。",
    "invalid_draft": "正文是空的、太长,或含有不能保存的字符。({detail})",
    "invalid_account": "这条记录不能用。({detail})",
    "lead_not_ready": "线索还不能转为商机:缺联系人或业务需求。({detail})",
    "invalid_signal": "这条记录不完整或写法不对。({detail})",
    "reason_required": "请写明原因。",
    "idempotency_key_reused": "这个表单已经用过了。请打开页面重新填写。",
    "upload_too_large": "内容太大。({detail})",
    "too_many_requests": "请求太频繁,请稍等片刻再试。({detail})",
    "too_many_questions": "你有太多问题正在回答,请等一个结束或停止它。",
    "server_busy": "现在提问的人太多,请几秒后再试。",
    "request_too_large": "发送的内容太大。({detail})",
    "request_too_slow": "内容没有及时送达,请换更好的网络再发一次。",
    "font_missing": "这台机器没有能显示中文的字体,请导出 Word 或 Markdown,或请管理员安装中文字体。",
    "unknown_account": "没有这个客户。",
    "unknown_draft": "没有这份草稿,或者它不对你开放。",
    "unknown_delivery": "没有这次发送,或者它不对你开放。",
    "unknown_suggestion": "没有这条建议。请打开客户页面,从那里选择。",
    "nothing_ingested": "知识库还是空的。请管理员导入资料。",
    "index_unavailable": "知识库现在打不开,请稍后再试。",
    "database_unavailable": "数据库现在连不上,请稍后再试。重试之前,请先看看上一次是否已经完成。",
    "database_busy": "数据库正忙,这一次什么都没有改动。请稍后再试。",
    "not_enough_space": "磁盘满了,这一次没有保存。请管理员腾出空间,然后再试。",
    "blobs_unavailable": "存放文件的地方现在打不开,请稍后再试。",
    "process_ended": "处理它的进程已经结束。已完成的都保留着,请再试一次。",
    "internal_error": "我们这边出了意外,已记入日志。请再试一次;还是不行,请把编号发给管理员。",
}


def explained_in(language: Language) -> Callable[[str, str], str]:
    """Return what says errors in a language, for templates: code and message in, sentence out."""
    return lambda code, detail: told(code, detail, language)


def told(code: str, detail: str, language: Language) -> str:
    """Return what went wrong in the reader's language, where we have it; else as it was told."""
    text = _CHINESE.get(code) if language == "zh" else None
    return detail if text is None else text.format(detail=detail)
