"""Who a user of a CRM is here."""

from __future__ import annotations

from pathlib import Path

import pytest

from copilot.errors import ConfigurationError, CrmUserUnknown
from copilot.people.crm_user import OURS, CrmUser, CrmUsers, read_crm_people
from copilot.people.person import OWNER, Person

PEOPLE = (
    Person(id="lin", name="林晓", email="Lin@Example.com"),
    Person(id="gao", name="高岚", email="gao@example.com"),
    Person(id="gone", name="走了", email="gone@example.com", active=False),
    Person(id="one", name="甲", email="both@example.com"),
    Person(id="two", name="乙", email="both@example.com"),
)
USERS = CrmUsers(lambda: PEOPLE, {"wecom:ZhangSan": "gao", "hubspot:9": "nobody", "hubspot:8": OWNER})


def test_an_address_names_a_person_however_it_is_spelled() -> None:
    assert USERS.person(CrmUser(crm="hubspot", id="7", email=" lin@example.COM ")).id == "lin"


def test_the_mapping_comes_before_the_address() -> None:
    assert USERS.person(CrmUser(crm="wecom", id="zhangsan", email="lin@example.com")).id == "gao"


def test_who_may_say_so_names_a_person_by_id() -> None:
    assert USERS.person(CrmUser(crm=OURS, id="lin")).id == "lin"


@pytest.mark.parametrize(
    "user",
    [
        CrmUser(crm="hubspot", id="7"),
        CrmUser(crm="hubspot"),
        CrmUser(crm="hubspot", email="nobody@example.com"),
        CrmUser(crm="hubspot", email="gone@example.com"),
        CrmUser(crm="hubspot", email="both@example.com"),
        CrmUser(crm="hubspot", id="9", email="lin@example.com"),
        CrmUser(crm="hubspot", id="8"),
        CrmUser(crm=OURS, id=OWNER),
        CrmUser(crm=OURS, id="wecom:zhangsan"),
    ],
    ids=str,
)
def test_nobody_is_let_in_by_guess(user: CrmUser) -> None:
    with pytest.raises(CrmUserUnknown):
        USERS.person(user)


def test_an_admin_is_told_what_to_do() -> None:
    with pytest.raises(CrmUserUnknown) as told:
        USERS.person(CrmUser(crm="hubspot", id="7", email="new@example.com"))
    assert (told.value.user, told.value.email) == ("hubspot:7", "new@example.com")
    assert "new@example.com" in told.value.message
    assert '"hubspot:7" = ' in told.value.message


def test_the_mapping_is_a_table(tmp_path: Path) -> None:
    file = tmp_path / "people.toml"
    file.write_text('[people]\n"wecom:zhangsan" = "gao"\n', encoding="utf-8")
    assert read_crm_people(file) == {"wecom:zhangsan": "gao"}


@pytest.mark.parametrize("text", ["people = 7", '[people]\nzhangsan = "gao"', '[people]\n"wecom:x" = 7', "]["])
def test_a_mapping_that_cannot_be_read_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "people.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="COPILOT_SIDEBAR_PEOPLE"):
        read_crm_people(file)
