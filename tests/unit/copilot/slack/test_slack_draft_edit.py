"""A draft goes through a modal and comes back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.interfaces.slack import draft_views
from copilot.interfaces.slack.draft_edit import MOST_FIELDS, edited_content, metadata, pieces_of
from copilot.interfaces.slack.limits import INPUT_TEXT, checked, length
from tests.doubles import slack_samples as samples

plain_lines = st.text(alphabet=st.characters(exclude_categories=("Cs",), exclude_characters="\r"), max_size=200)
line = st.one_of(
    plain_lines, st.sampled_from(["# 标题", "## Part", "", "  ", "- 一", "| a | b |", "字" * 3_500, "word " * 900])
)
drafts = st.lists(line, max_size=12).map("\n".join)


def state_of(view: dict[str, object]) -> dict[str, dict[str, dict[str, object]]]:
    """Return what Slack sends back when nothing was changed, trimmed as Slack may do it."""
    return {
        block["block_id"]: {
            "value": {"type": "plain_text_input", "value": block["element"].get("initial_value") or None}
        }
        for block in view["blocks"]  # type: ignore[attr-defined]
        if block["type"] == "input"
    }


@given(drafts)
def test_an_untouched_draft_comes_back_character_for_character(content: str) -> None:
    view = draft_views.edit_view(samples.draft("zh", content=content), "zh")
    assert checked(view) == []
    if "submit" not in view:
        assert pieces_of(content) is None
        return
    id, revision = draft_views.edited(state_of(view), view["private_metadata"])
    assert (id, revision.based_on) == ("d-1a2b3c4d", 2)
    assert revision.content == content or not content.strip()


@given(drafts)
def test_pieces_fit_and_have_no_white_space_at_their_ends(content: str) -> None:
    pieces = pieces_of(content)
    for piece in pieces.pieces if pieces else ():
        assert length(piece.text) <= INPUT_TEXT
        assert piece.text == piece.text.strip()


def test_every_section_has_its_field() -> None:
    view = draft_views.edit_view(samples.draft("zh"), "zh")
    labels = [block["label"]["text"] for block in view["blocks"] if block["type"] == "input"]
    assert labels == ["客户成功计划", "场景与预期成果", "第一价值", "里程碑", "待确认"]


def test_an_emptied_field_deletes_its_section_and_nothing_else() -> None:
    content = "# A\n\none\n\n## B\n\ntwo\n\n## C\n\nthree\n"
    pieces = pieces_of(content)
    assert pieces is not None
    texts = [piece.text for piece in pieces.pieces]
    assert pieces.joined([texts[0], None, texts[2]]) == "# A\n\none\n\n## C\n\nthree\n"
    assert pieces.joined([None, texts[1], texts[2]]) == "## B\n\ntwo\n\n## C\n\nthree\n"
    assert pieces.joined([texts[0], texts[1], " "]) == "# A\n\none\n\n## B\n\ntwo\n"


def test_a_change_is_the_only_change() -> None:
    view = draft_views.edit_view(samples.draft("en"), "en")
    state = state_of(view)
    field = next(iter(state.values()))["value"]
    field["value"] = "# Another title"
    content = samples.draft("en").content
    assert draft_views.edited(state, view["private_metadata"])[1].content == content.replace(
        "# Success plan", "# Another title", 1
    )


def test_a_draft_that_is_too_long_says_what_to_do_instead() -> None:
    view = draft_views.edit_view(samples.draft("zh", content="很长的一段话。\n\n" * 9_000), "zh")
    assert "submit" not in view
    assert "网页" in view["blocks"][0]["text"]["text"]


def test_many_sections_share_fields() -> None:
    pieces = pieces_of("\n\n".join(f"## {n}\n\ntext {n}" for n in range(400)))
    assert pieces is not None
    assert len(pieces.pieces) <= MOST_FIELDS


def test_metadata_of_others_are_refused() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        edited_content({}, "not ours")


def test_metadata_fit_for_a_plan_of_many_parts() -> None:
    pieces = pieces_of("\n\n".join(f"## {n}\n\n{'字' * 2_900}" for n in range(6)))
    assert pieces is not None
    assert len(metadata("d", 1, pieces)) < 200
