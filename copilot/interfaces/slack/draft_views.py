"""The modals of a draft: editing, rejecting with a reason, delivering."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from copilot.approval.decision import Verdict
from copilot.delivery.delivery import ChannelName
from copilot.drafting.kinds import KINDS
from copilot.interfaces.delivery_contract import DeliverBody
from copilot.interfaces.draft_contract import DraftDecisionBody, DraftReply, RevisionBody
from copilot.interfaces.slack import ids
from copilot.interfaces.slack.draft_edit import edited_content, field_id, metadata, pieces_of
from copilot.interfaces.slack.elements import context, modal, section, select, submitted, text_input
from copilot.interfaces.slack.limits import Block
from copilot.interfaces.slack.mrkdwn import fitted
from copilot.interfaces.slack.texts import Language, Texts

ViewState = Mapping[str, Mapping[str, Mapping[str, object]]]

_EDIT: Texts = {"zh": "修改草稿", "en": "Edit draft"}
_PART: Texts = {"zh": "第 {number} 部分", "en": "Part {number}"}
_SAVE: Texts = {"zh": "存为新版本", "en": "Save as revision"}
_EDIT_TOLD: Texts = {
    "zh": "从第 {revision} 版改起,保存为新的一版,之前的版本都在。清空一格就是删掉那一段。",
    "en": "Starts from revision {revision} and is kept as a new one; the others stay. An emptied field is deleted.",
}
_TOO_LONG: Texts = {
    "zh": "这份草稿太长,不能在这里整篇修改。说一句要改什么(如「里程碑一推迟一周」),或在网页上改。",
    "en": "This draft is too long to edit here. Say what to change (“move the first milestone by a week”), or edit it "
    "on the web.",
}
_REJECT: Texts = {"zh": "驳回草稿", "en": "Reject draft"}
_REASON: Texts = {"zh": "为什么驳回", "en": "Why"}
_REASON_HINT: Texts = {"zh": "写给作者看,也会记录在案。", "en": "The author reads it, and it is kept."}
_REJECT_NOW: Texts = {"zh": "驳回", "en": "Reject"}
_DELIVER: Texts = {"zh": "发送草稿", "en": "Deliver draft"}
_DELIVER_NOW: Texts = {"zh": "发送", "en": "Deliver"}
_DELIVER_TOLD: Texts = {
    "zh": "发送已批准的第 {revision} 版。发送前再查一遍:收件方能不能看引用的资料。",
    "en": "The approved revision {revision} is sent. Before it leaves it is checked once more that the receiver may "
    "see what it cites.",
}
_CHANNEL: Texts = {"zh": "怎么发", "en": "How"}
_DESTINATION: Texts = {"zh": "发到哪里", "en": "Where to"}
_DESTINATION_HINT: Texts = {
    "zh": "邮箱地址、频道、网址或文件名,看上面选了什么;文件名可以不填。",
    "en": "An address, a channel, a web address or a file name, as chosen above; a file needs no name.",
}
_CHANNELS: Mapping[ChannelName, Texts] = {
    ChannelName.EMAIL: {"zh": "邮件", "en": "E-mail"},
    ChannelName.SLACK: {"zh": "Slack 频道", "en": "Slack channel"},
    ChannelName.CRM: {"zh": "写入 CRM", "en": "CRM"},
    ChannelName.WEBHOOK: {"zh": "Webhook", "en": "Webhook"},
    ChannelName.FILE: {"zh": "存成文件", "en": "File"},
}


def edit_view(draft: DraftReply, language: Language) -> Block:
    """Return the modal with the draft in fields; where that cannot be, it says what to do instead."""
    kind = KINDS[draft.kind].title[language]
    pieces = pieces_of(draft.content)
    if pieces is None:
        return modal(_EDIT[language], ids.DRAFT_EDIT_VIEW, [section(_TOO_LONG[language])], language)
    told = context([f"*{fitted(kind, 200)}* · {_EDIT_TOLD[language].format(revision=draft.revision)}"])
    inputs = [
        text_input(
            piece.title or _PART[language].format(number=number + 1),
            field_id(number),
            initial=piece.text,
            optional=True,
        )
        for number, piece in enumerate(pieces.pieces)
    ]
    kept = metadata(draft.id, draft.revision, pieces)
    return modal(
        _EDIT[language], ids.DRAFT_EDIT_VIEW, [*told, *inputs], language, submit=_SAVE[language], metadata=kept
    )


def edited(view_state: ViewState, private_metadata: str) -> tuple[str, RevisionBody]:
    """Read the edit modal: the id of the draft, and the new text with the revision it was made from."""
    edit = edited_content(view_state, private_metadata)
    return edit.draft_id, RevisionBody(content=edit.content, based_on=edit.based_on)


def reject_view(draft: DraftReply, language: Language) -> Block:
    """Return the modal that asks why."""
    blocks = [text_input(_REASON[language], "reason", hint=_REASON_HINT[language])]
    return modal(
        _REJECT[language],
        ids.DRAFT_REJECT_VIEW,
        blocks,
        language,
        submit=_REJECT_NOW[language],
        metadata=ids.value(draft.id, draft.revision),
    )


def rejection(view_state: ViewState, private_metadata: str) -> tuple[str, DraftDecisionBody]:
    """Read the reject modal: the id of the draft, and the decision."""
    id, revision = ids.named(private_metadata)
    return id, DraftDecisionBody(
        decision=Verdict.REJECT,
        revision=int(revision),
        reason=submitted(view_state, "reason"),
    )


def deliver_view(draft: DraftReply, channels: Sequence[ChannelName], language: Language) -> Block:
    """Return the modal that asks how and where to; `channels` are those set up here."""
    offered = {channel.value: _CHANNELS[channel][language] for channel in channels}
    blocks = [
        section(_DELIVER_TOLD[language].format(revision=draft.revision)),
        select(_CHANNEL[language], "channel", offered, radio=True),
        text_input(
            _DESTINATION[language], "destination", multiline=False, optional=True, hint=_DESTINATION_HINT[language]
        ),
    ]
    return modal(
        _DELIVER[language],
        ids.DRAFT_DELIVER_VIEW,
        blocks,
        language,
        submit=_DELIVER_NOW[language],
        metadata=ids.value(draft.id, draft.revision),
    )


def delivery(view_state: ViewState, private_metadata: str) -> tuple[str, DeliverBody]:
    """Read the deliver modal: the id of the draft, and where it goes.

    Raises:
        ValueError: no channel that we know was chosen.
    """
    id, revision = ids.named(private_metadata)
    channel = ChannelName(submitted(view_state, "channel") or "")
    destination = (submitted(view_state, "destination") or "").strip()
    return id, DeliverBody(channel=channel, destination=destination, revision=int(revision))
