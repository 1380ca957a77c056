"""What counts as a name."""

from __future__ import annotations

import pytest

from copilot.answering.names import names


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("NPS 与 LTV:CAC 都要看", ["nps", "ltv", "cac"]),
        ("用 HubSpot 和 B2B 打法", ["hubspot", "b2b"]),
        ("见《续约手册》", ["续约手册"]),
        ("他说“提前准备”", ["提前准备"]),
        ("王总和李女士都同意", ["王总", "李女士"]),
        ("升级到 3.2.1", ["321"]),
        ("王总是会来的", []),
        ("打开 app 就 ok", []),
        ("The NPS of Tian Yuan is weak", ["nps", "tian", "yuan"]),
        ("Renewals matter. Start early.", []),
        ("In March the CSMs call HubSpot's team", ["csm", "hubspot"]),
        ("plain words only", []),
    ],
)
def test_names_are_told_as_far_as_a_rule_can(text: str, keys: list[str]) -> None:
    assert sorted(name.key for name in names(text)) == sorted(keys)
