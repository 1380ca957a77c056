"""Text to the space-separated words that full text indexes: folded, segmented by jieba."""

from __future__ import annotations

import logging
import re
import threading
import warnings
from pathlib import Path
from types import ModuleType

from knowledge.text import fold

_KEPT = re.compile(r"[a-z0-9]+(?:[._/-][a-z0-9]+)*%?|[\u3400-\u9fff]+")
_loading = threading.Lock()
_jieba: ModuleType | None = None


def segment(text: str, cache_folder: Path) -> list[str]:
    """Return the words of `text` by dictionary, and every pair of neighbouring Chinese characters besides.

    Words alone miss what the dictionary does not know or cuts differently on the two sides (健康度, 服续一体).
    `cache_folder` is where jieba keeps its compiled dictionary, so that nothing is written elsewhere.
    """
    jieba = loaded_jieba(cache_folder)
    words: list[str] = []
    for run in _KEPT.findall(fold(text)):
        if run[0].isascii():
            words.append(run)
        else:
            words.extend(word for word in jieba.lcut_for_search(run) if len(word) != 2)
            words.extend(run[i : i + 2] for i in range(len(run) - 1))
    return words


def loaded_jieba(cache_folder: Path) -> ModuleType:
    """Return jieba with its dictionary loaded, once per process."""
    global _jieba
    with _loading:
        if _jieba is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # its regular expressions predate raw strings
                import jieba
            jieba.setLogLevel(logging.WARNING)
            cache_folder.mkdir(parents=True, exist_ok=True)
            jieba.dt.tmp_dir = str(cache_folder)
            jieba.initialize()
            _jieba = jieba
        return _jieba
