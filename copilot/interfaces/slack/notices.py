"""What is said when there is no answer: the reason, in the words of a person, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.interfaces.contract import ProblemBody
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.elements import Message, actions, button, section
from copilot.interfaces.slack.mrkdwn import fitted
from copilot.interfaces.slack.notice_blocks import problem_message
from copilot.interfaces.slack.texts import Language, Texts
from knowledge.errors import ReportableError

#: By the reason of a row of the decision table, or what else keeps us from answering.
NOTICES: Mapping[str, Texts] = {
    "guest": {
        "zh": "我只回答本公司的正式成员。你是这个工作区的访客,请找邀请你的同事帮你问。",
        "en": "I answer full members of this company only. You are a guest here; ask the colleague who invited you.",
    },
    "stranger": {
        "zh": "我只回答本公司的成员。",
        "en": "I answer members of this company only.",
    },
    "inactive": {
        "zh": "你的账号在副驾里已停用。请管理员用 `copilot people set` 重新启用。",
        "en": "Your account is switched off here. Ask an admin to switch it on again (`copilot people set`).",
    },
    "external_channel": {
        "zh": "这个频道和外部共享,我在这里不回答。请在私聊里问我。",
        "en": "This channel is shared with others, so I do not answer here. Ask me in a direct message.",
    },
    "no_words": {
        "zh": "我没看到问题。请用一句话说你想知道什么,例如「客户说太贵了怎么回?」",
        "en": "I see no question. Say in a sentence what you want to know, as “The customer says it is too expensive”.",
    },
    "only_files": {
        "zh": "我读不了发到这里的文件。请用一句话提问;要放进知识库的文件,请管理员用 `copilot ingest` 导入。",
        "en": "I cannot read files that are sent here. Ask in a sentence; files for the knowledge are ingested by an "
        "admin (`copilot ingest`).",
    },
    "too_many": {
        "zh": "你问得太快了。{seconds} 秒后再问,我会马上回答。",
        "en": "That was many questions at once. Ask again in {seconds} seconds and I will answer.",
    },
    "unexpected": {
        "zh": "回答时出了意外,已记入日志,编号 `{reference}`。请再问一次;还是不行,请把编号发给管理员。",
        "en": "Something unforeseen happened; the log has it under `{reference}`. Ask once more, and if it stays so, "
        "give the reference to an admin.",
    },
    "interrupted": {
        "zh": "我在回答时被中断了。如果上面没有看到回答,请再问一次。",
        "en": "I was interrupted while answering. If you see no answer above, ask once more.",
    },
    "gave_up": {
        "zh": "Slack 很久没有接受我的回答。请再问一次。",
        "en": "Slack did not take my answer for a long time. Ask once more.",
    },
    "too_old": {
        "zh": "这条消息太旧,我已经不记得它了。请重新提问。",
        "en": "This message is too old; I no longer know what it was about. Ask again.",
    },
    "not_yours": {
        "zh": "只有提问的人可以这样做。你可以自己问一遍。",
        "en": "Only whoever asked can do that. Ask it yourself.",
    },
    "not_shared": {
        "zh": "不能分享:这里有人不能看其中引用的资料({count} 份)。在频道里 @我,会得到一份大家都能看的回答。",
        "en": "Not shared: somebody here may not see what it cites ({count} documents). Mention me here, and I answer "
        "from what all may see.",
    },
    "shared": {"zh": "已分享。", "en": "Shared."},
    "kept_private": {"zh": "好,只留给你自己。", "en": "Kept to yourself."},
    "cannot_write": {
        "zh": "我不能在那个频道里发言({error}),所以发到这里。把我加进频道(`/invite`),以后就在那里回答。",
        "en": "I cannot write in that channel ({error}), so here it is. Invite me (`/invite`) to be answered there.",
    },
    "expert_asked": {
        "zh": "已请教专家,问题记为知识缺口。",
        "en": "An expert is asked, and the question is recorded as a gap.",
    },
    "nobody_asked": {
        "zh": "这个主题还没有负责人。问题已记下,有了答案会告诉你。",
        "en": "Nobody answers for this topic yet. Your question is kept, and you will be told when it has an answer.",
    },
    "knowledge_kept": {
        "zh": "已存为知识草稿,等负责人确认。",
        "en": "Kept as a draft of knowledge; its owner will confirm it.",
    },
    "knowledge_empty": {"zh": "请填写问题和答案。", "en": "Fill in the question and the answer."},
    "said": {"zh": "已记下。", "en": "Noted."},
    "draft_here": {
        "zh": "草稿在我们的私聊里,在那里修改和确认。",
        "en": "The draft is in our direct messages; edit and confirm it there.",
    },
    "delivery_asked": {
        "zh": "已排队发送到 {destination}。发送前会再检查一次权限。",
        "en": "Queued for {destination}. Who may read it is checked once more before it leaves.",
    },
    "file_unread": {"zh": "📎 附件没有读。", "en": "📎 The file was not read."},
    "which_account": {
        "zh": "请写上客户,例如 `/copilot {command} acme`。",
        "en": "Name the account, as `/copilot {command} acme`.",
    },
    "which_case": {
        "zh": "请写行业、城市或客户,例如 `/copilot case 制造业 苏州`。",
        "en": "Name an industry, a city or an account, as `/copilot case manufacturing Suzhou`.",
    },
    "no_pairs": {
        "zh": "{word} 不是「名字=数值」,例如 `/copilot calc ue ltv=3万 cac=1.2万`。",
        "en": "{word} is no NAME=VALUE, as in `/copilot calc ue ltv=30000 cac=12000`.",
    },
}
#: By the code of an error.
_NEXT: Mapping[str, Texts] = {
    "nothing_ingested": {
        "zh": "知识库还是空的,还没有可以回答的资料。请管理员运行 `copilot ingest`。",
        "en": "The knowledge is still empty. Ask an admin to run `copilot ingest`.",
    },
    "not_permitted": {
        "zh": "你的角色不能这样做。请管理员给你相应的角色(`copilot people set`)。",
        "en": "Your role does not allow that. Ask an admin for one that does (`copilot people set`).",
    },
    "index_unavailable": {
        "zh": "知识库现在打不开,请稍后再问。",
        "en": "The knowledge cannot be opened right now. Ask again later.",
    },
    "database_unavailable": {
        "zh": "数据库现在连不上,请稍后再试。",
        "en": "The database cannot be reached right now. Try again later.",
    },
    "database_busy": {
        "zh": "数据库正忙,这一次什么都没有改动。请稍后再试。",
        "en": "The database is busy; nothing was changed. Try again later.",
    },
    "not_enough_space": {
        "zh": "磁盘满了,这一次没有保存。请管理员腾出空间,然后再试。",
        "en": "The disk is full; nothing was saved. Ask an admin to make room, then try again.",
    },
    "message_too_old": NOTICES["too_old"],
    "stale_revision": {
        "zh": "草稿已有更新的一版。请打开最新一版,再决定或修改。",
        "en": "There is a newer revision of this draft. Open it, then decide or edit.",
    },
    "unknown_draft": {
        "zh": "没有这份草稿,或者你不能看。请找它的作者。",
        "en": "There is no such draft that you may see. Ask its author.",
    },
    "unknown_account": {"zh": "没有这个客户。", "en": "There is no such account."},
}
#: Told as they are, whatever the code says: why somebody is not answered at all.
_WHO = frozenset(text for reason in ("guest", "stranger", "inactive") for text in NOTICES[reason].values())
_AGAIN: Texts = {"zh": "再试一次", "en": "Try again"}


def told(reason: str, language: Language, **values: str | int) -> str:
    """Return a notice as safe mrkdwn; values are made so."""
    return NOTICES[reason][language].format(**{name: fitted(str(value), 300) for name, value in values.items()})


def notice(reason: str, language: Language, **values: str | int) -> Message:
    """Return a notice as a message."""
    shown = told(reason, language, **values)
    return Message(text=shown, blocks=(section(shown),))


def detail(error: ReportableError, language: Language) -> str:
    """Return what went wrong and what to do, in the reader's language where we have it."""
    if error.message in _WHO or (language == "en" and error.code == "not_permitted"):  # it names the roles that may
        return error.message
    known = _NEXT.get(error.code)
    return known[language] if known else error.message


def problem(error: ReportableError, language: Language, *, again: str | None = None) -> Message:
    """Return what went wrong; `again` is the claim that a button tries once more."""
    choices = getattr(error, "choices", None)
    body = ProblemBody(
        title=error.code,
        status=503 if error.retryable else 422,
        code=error.code,
        detail=detail(error, language),
        choices=list(choices) if choices else None,
    )
    made = problem_message(body, language)
    if not (again and error.retryable):
        return made
    return Message(text=made.text, blocks=(*made.blocks, *actions([button(_AGAIN[language], ids.ASK_AGAIN, again)])))
