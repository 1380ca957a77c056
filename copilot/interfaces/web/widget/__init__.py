"""The chat as one custom element for any page: its parts here are modules, and one file is made of them.

No build step: the parts are put one behind the other, their imports of each other left out, when the server starts.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent
#: Each needs only those before it.
PARTS = (
    "words.js",
    "dom.js",
    "markup.js",
    "events.js",
    "session.js",
    "follow.js",
    "memory.js",
    "feedback.js",
    "quote.js",
    "answer.js",
    "handover.js",
    "history.js",
    "chat.js",
    "element.js",
)
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./[a-z]+\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.MULTILINE)
_COMMENT = re.compile(r"^\s*//[^\n]*\n", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Script:
    """The one file."""

    text: str
    zipped: bytes  #: gzip, the same for the same text
    digest: str


@lru_cache(maxsize=1)
def widget_script() -> Script:
    """Put the file together."""
    style = (_FOLDER / "widget.css").read_text(encoding="utf-8")
    parts = [f"const STYLE = {json.dumps(_style(style), ensure_ascii=False)};\n"]
    parts += [_part((_FOLDER / name).read_text(encoding="utf-8")) for name in PARTS]
    text = "".join(parts)
    return Script(
        text=text,
        zipped=gzip.compress(text.encode(), 9, mtime=0),
        digest=hashlib.sha256(text.encode()).hexdigest()[:16],
    )


def _part(text: str) -> str:
    return _COMMENT.sub("", _EXPORT.sub("", _IMPORT.sub("", text)))


def _style(text: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).strip()
