"""Pictures of every message, modal and Home, to be looked at: light in Chinese, dark in English, or all four.

Run: `python -m tests.studies.slack_pictures --out DIR [--all] [NAME…]`; needs Chromium and a Chinese font.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

from copilot.interfaces.slack.texts import Language
from tests.doubles.block_kit_page import Theme, page
from tests.doubles.slack_gallery import gallery

#: Messages on one picture: a browser takes seconds to start.
_ON_ONE = 6
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_LOOKS: tuple[tuple[Language, Theme], ...] = (("zh", "light"), ("en", "dark"))
_OTHERS: tuple[tuple[Language, Theme], ...] = (("zh", "dark"), ("en", "light"))


def picture(browser: str, source: Path, target: Path) -> None:
    """Make a picture of a page."""
    command = [
        browser,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--force-device-scale-factor=1",
    ]
    subprocess.run(
        [*command, "--window-size=1500,1700", f"--screenshot={target}", source.as_uri()],
        check=True,
        capture_output=True,
        timeout=120,
    )


def main() -> None:
    """Write the pictures, and say what is on each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--all", action="store_true", help="both languages in both themes")
    parser.add_argument("names", nargs="*", help="only these")
    options = parser.parse_args()
    browser = next((found for name in _BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        parser.error("no Chromium is installed")
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for language, theme in (*_LOOKS, *(_OTHERS if options.all else ())):
            payloads = gallery(language)
            names = [name for name in payloads if not options.names or name in options.names]
            for at in range(0, len(names), _ON_ONE):
                source = Path(folder) / "page.html"
                shown = {name: payloads[name] for name in names[at : at + _ON_ONE]}
                source.write_text(page(shown, theme), encoding="utf-8")
                target = options.out / f"{at // _ON_ONE + 1}.{language}.{theme}.png"
                picture(browser, source, target)
                print(target, *shown)


if __name__ == "__main__":
    main()
