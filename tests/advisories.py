"""Fails when a package of the lock has a known hole. Run by `make lint`; without an advisory database it says so.

`pip-audit` and the fifteen packages it brings stay out of the lock: they live in an environment of their own, made when
there is none, so that what checks the product is no part of it.
"""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
VERSION = "2.10.1"
#: Of the whole question; a lint that hangs is not run.
WITHIN_S = 120
#: Where the advisories may come from, in this order; the first that answers decides.
DATABASES = ("pypi", "osv")
#: Known, looked at, and why they do not touch us: `id: reason`. Empty is how it should be.
ACCEPTED: dict[str, str] = {}
#: What pip-audit says when nothing answers.
_UNREACHABLE = (
    "ConnectionError",
    "ServiceError",
    "Max retries",
    "Failed to establish",
    "Could not connect",
    "HTTPError",
)


def main() -> int:
    """Ask about every package of the lock."""
    python = _installed(ROOT / ".venv" / "audit")
    if python is None:
        print("known holes: skipped: no advisory database reachable (pip-audit cannot be installed)")
        return 0
    for database in DATABASES:
        code, told = _asked(python, database)
        if code is not None:
            print(told)
            return code
    print("known holes: skipped: no advisory database reachable")
    return 0


def _installed(folder: Path) -> Path | None:
    python = folder / "bin" / "python"
    if not (folder / "bin" / "pip-audit").exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"pip-audit=={VERSION}"]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
    return python


def _asked(python: Path, database: str) -> tuple[int | None, str]:
    """Return the exit code and what there is to read; None: this database does not answer."""
    command = [
        *(str(python), "-m", "pip_audit", "--requirement", str(ROOT / "requirements.lock"), "--no-deps"),
        *("--disable-pip", "--progress-spinner", "off", "--vulnerability-service", database, "--timeout", "10"),
        *(part for id in ACCEPTED for part in ("--ignore-vuln", id)),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        return None, ""
    return read(done.returncode, done.stdout, done.stderr)


def read(code: int, out: str, error: str) -> tuple[int | None, str]:
    """Tell findings from a database that is not there: pip-audit ends with 1 for both, and lists only findings."""
    if code == 0:
        return 0, "known holes: none"
    if not out.strip() and any(word in error for word in _UNREACHABLE):
        return None, ""
    return 1, f"{out}\n{error}".strip()


if __name__ == "__main__":
    sys.exit(main())
