"""Who may read what."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.document import Audience, Metadata
from knowledge.reader import CUSTOMERS, NOBODY, STAFF, AccessLabel, Reader, access_label, group_name, wider

groups = st.lists(st.sampled_from(["finance", "legal", "east"]), max_size=3)
audiences = st.sampled_from(list(Audience))


def test_staff_read_everything_outside_groups_and_customers_only_what_is_theirs() -> None:
    internal, customer = Metadata(), Metadata(audience=Audience.CUSTOMER)
    assert STAFF.may_read(internal)
    assert STAFF.may_read(customer)
    assert not CUSTOMERS.may_read(internal)
    assert CUSTOMERS.may_read(customer)


def test_a_group_is_for_its_members_alone_whatever_the_audience_says() -> None:
    restricted = Metadata(groups=("finance",), audience=Audience.CUSTOMER)
    assert Reader(groups=frozenset({"finance", "east"})).may_read(restricted)
    assert Reader(everything=True).may_read(restricted)
    assert not STAFF.may_read(restricted)
    assert not CUSTOMERS.may_read(restricted)


@given(audiences, groups, groups)
def test_a_document_and_its_label_have_the_same_readers(audience: Audience, of: list[str], member: list[str]) -> None:
    metadata = Metadata(audience=audience, groups=tuple(of))
    reader = Reader(groups=frozenset(member))
    assert reader.may_read(metadata) == reader.may_read_label(access_label(audience, of))


@given(audiences, groups)
def test_a_label_does_not_depend_on_order_or_repetition(audience: Audience, of: list[str]) -> None:
    assert access_label(audience, of) == access_label(audience, [*reversed(of), *of])


@given(audiences, groups)
def test_customers_never_read_more_than_staff_who_read_everything(audience: Audience, of: list[str]) -> None:
    label = access_label(audience, of)
    assert Reader(everything=True).may_read_label(label)
    assert not CUSTOMERS.may_read_label(label) or STAFF.may_read_label(label)


@given(audiences, groups)
def test_a_label_is_read_back_from_its_text(audience: Audience, of: list[str]) -> None:
    label = access_label(audience, of)
    assert AccessLabel.read(str(label)) == label


@given(audiences, groups, audiences, groups)
def test_a_label_is_wider_when_somebody_gains(
    audience: Audience, of: list[str], later: Audience, others: list[str]
) -> None:
    before, after = access_label(audience, of), access_label(later, others)
    readers = [CUSTOMERS, STAFF, *(Reader(groups=frozenset({name})) for name in {*of, *others})]
    gains = any(one.may_read_label(after) and not one.may_read_label(before) for one in readers)
    assert wider(before, after) == gains


def test_the_group_of_nobody_cannot_be_given_to_anybody() -> None:
    assert group_name(NOBODY) == ""
