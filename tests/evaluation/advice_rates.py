"""How much of what should be advised is advised, and whether anything that should not be is.

Run: `python -m tests.evaluation.advice_rates [FILE]`. Records are invented by us (`accounts.jsonl`) and name
actions and warnings by key. An action violates a warning when the warning forbids it (`avoids.yaml`).
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from copilot.suggesting.rule_files import shipped_rules
from tests.unit.copilot.suggesting.suggesting_standins import advice, avoided, keys, lines

RECORDS = Path(__file__).with_name("accounts.jsonl")


@dataclass(frozen=True, kw_only=True)
class Rates:
    """Counts over all records, and what was missing or wrong, a line each."""

    wanted: int
    found: int
    unwanted: int
    violated: int
    warned: int
    told: tuple[str, ...]


def rates(path: Path = RECORDS) -> Rates:
    """Advise on every record and compare."""
    counts = dict.fromkeys(("wanted", "found", "unwanted", "violated", "warned"), 0)
    told: list[str] = []
    for record in lines(path):
        expected = record.pop("expected")
        reply = advice(record)
        actions, warnings = keys(reply), avoided(reply)
        for want in expected["must_have_actions"]:
            counts["wanted"] += 1
            counts["found"] += want["key"] in actions
            if want["key"] not in actions:
                told.append(f"{record['id']} lacks {want['key']}: {', '.join(actions)}")
        for key in expected["must_not"]:
            wrong = set(shipped_rules().avoids[key].forbids) & set(actions)
            counts["unwanted"] += 1
            counts["violated"] += bool(wrong)
            counts["warned"] += key in warnings
            if wrong or key not in warnings:
                told.append(f"{record['id']} {key}: advised {sorted(wrong)}, warned of {', '.join(warnings)}")
    return Rates(**counts, told=tuple(told))


def main() -> None:
    """Print the rates."""
    found = rates(Path(sys.argv[1]) if len(sys.argv) > 1 else RECORDS)
    print("\n".join(found.told))
    print(f"found {found.found}/{found.wanted}, violated {found.violated}/{found.unwanted}, warned {found.warned}")


if __name__ == "__main__":
    main()
