"""Notices: in the language somebody asked in, to those who may read the answer, by a channel that may fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copilot.errors import ChannelUnavailable, DeliveryRefused, UnknownNotice
from tests.unit.copilot.publishing.desk import ANSWER, Channel, Publishing


def published(channel: Channel | None = None) -> Publishing:
    desk = Publishing(channels=[channel] if channel else [])
    desk.service.decided(desk.approve(desk.draft()))
    return desk


def test_a_notice_names_the_question_as_it_was_asked_and_the_answer() -> None:
    desk = published()
    (zh,) = desk.telling.of(desk.people["wang"], unseen=True)
    (en,) = desk.telling.of(desk.people["li"], unseen=True)
    assert "您问过:「发票税率是多少」" in zh.text.text
    assert ANSWER in zh.text.text
    assert "You asked: “what is the tax rate of an invoice”" in en.text.text
    assert "faq-g1.md" in en.text.text


def test_a_notice_is_seen_by_its_person_alone() -> None:
    desk = published()
    wang, li = desk.people["wang"], desk.people["li"]
    (shown,) = desk.telling.of(wang, unseen=True)
    with pytest.raises(UnknownNotice):
        desk.telling.see(shown.notice.id, li)
    desk.telling.see(shown.notice.id, wang)
    assert desk.telling.of(wang, unseen=True) == []
    assert len(desk.telling.of(wang, unseen=False)) == 1


def test_whoever_has_an_address_is_told_by_the_channel_once() -> None:
    channel = Channel()
    desk = published(channel)
    assert desk.telling.step()
    assert not desk.telling.step()
    assert [who for who, _ in channel.sent] == ["wang"]


def test_a_channel_that_is_down_is_tried_again_and_given_up() -> None:
    channel = Channel(failures=[ChannelUnavailable("down") for _ in range(9)])
    desk = published(channel)
    tries = 0
    for _ in range(9):
        tries += desk.telling.step()
        desk.wait(minutes=11)
    assert (tries, channel.sent) == (5, [])
    assert len(desk.telling.of(desk.people["wang"], unseen=True)) == 1


def test_a_channel_that_refuses_is_not_asked_again() -> None:
    channel = Channel(failures=[DeliveryRefused("no such address")])
    desk = published(channel)
    assert desk.telling.step()
    desk.wait(hours=1)
    assert not desk.telling.step()


def test_who_left_before_the_mail_went_out_gets_none() -> None:
    channel = Channel()
    desk = published(channel)
    desk.people["wang"] = replace(desk.people["wang"], active=False)
    assert desk.telling.step()
    assert channel.sent == []
