"""What the names of files tell of the pages they hold: their titles, and which page lies under which.

Notion, 飞书 and other wikis write the pages under a page into a folder of its name. The page lies beside that folder
(`手册.docx`, `手册/续费.docx`) or in it (`手册/手册.docx`, `手册/续费.docx`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

#: Notion ends names with the id of the page.
_WITH_ID = re.compile(r"(?P<title>.*\S)[ _-][0-9a-f]{32}(_all)?")


def has_page_id(name: str) -> bool:
    """Tell whether the name of a file ends with the id of a page."""
    return _WITH_ID.fullmatch(PurePosixPath(name).stem) is not None


def page_title(name: str) -> str:
    """Return the title in the name of a file or folder: no folders, no suffix, no id; never empty."""
    return _bare(PurePosixPath(name).stem) or name


def pages_above(names: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Return for each file the titles of the pages it lies under, outermost first; most files lie under none.

    A folder below a page counts as one, whether or not there is a page of its name.
    """
    files = list(names)
    pages = {_place(name) for name in files}
    found: dict[str, tuple[str, ...]] = {}
    for name in files:
        *folders, file = name.split("/")
        above: tuple[str, ...] = ()
        for depth, folder in enumerate(folders):
            title, outer = _bare(folder), tuple(folders[:depth])
            inside = (*outer, folder)
            own = depth == len(folders) - 1 and page_title(file) == title  # the page itself, in its own folder
            if not own and (above or (outer, title) in pages or (inside, title) in pages):
                above = (*above, title)
        found[name] = above
    return found


def _place(name: str) -> tuple[tuple[str, ...], str]:
    *folders, file = name.split("/")
    return tuple(folders), page_title(file)


def _bare(stem: str) -> str:
    """Take the id off; the name of a folder has no suffix, 2.0 版 is one."""
    match = _WITH_ID.fullmatch(stem)
    return match["title"].strip() if match else stem
