"""The export of a wiki, as an archive and unpacked, in the index."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from tests.integration.conftest import Run

ID, SUB = "a" * 32, "b" * 32
FILES = {
    f"手册 {ID}.md": f"# 大客户手册\n\n见[报价](%E6%89%8B%E5%86%8C%20{ID}/%E6%8A%A5%E4%BB%B7%20{SUB}.md)。\n",
    f"手册 {ID}/报价 {SUB}.md": "# 报价\n\n有效三十天,到期重新报批。\n",
    "index.html": f'<html><body><a href="%E6%89%8B%E5%86%8C%20{ID}.html">手册</a></body></html>',
}


def test_an_export_has_titles_without_ids_and_knows_what_lies_under_what(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "exported"
    (folder / f"手册 {ID}").mkdir(parents=True)
    with zipfile.ZipFile(folder / "导出.zip", "w") as archive:
        for name, text in FILES.items():
            (folder / name).write_text(text, encoding="utf-8")
            archive.writestr(name, text)
    report = json.loads(run("ingest", str(folder), "--no-corpus", "--json").stdout)
    within = "导出.zip/"
    told = {line["source"]: line["code"] for top in report["documents"] for line in (top, *top["parts"])}
    pages = {f"{place}{name}": None for place in ("", within) for name in FILES}
    navigation = {"index.html": "navigation_page", f"{within}index.html": "navigation_page"}
    assert told == {"导出.zip": None} | pages | navigation
    shown = json.loads(run("documents", "show", f"{within}手册 {ID}/报价 {SUB}.md", "--json").stdout)
    assert (shown["title"], shown["metadata"]["context"]) == ("报价", "手册")
    found = json.loads(run("search", "手册的报价三十天到期重新报批", "--json").stdout)["passages"]
    # One of the two equal texts is shown; which of them was stored first says nothing about exports.
    assert found[0]["source"] in (f"手册 {ID}/报价 {SUB}.md", f"{within}手册 {ID}/报价 {SUB}.md")
    assert run("documents", "show", f"{within}手册 {ID}.md").stdout.count("%") == 0
