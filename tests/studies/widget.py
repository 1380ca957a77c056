"""How soon the chat is there: its size, first paint, first word and whole answer, on a page of another origin.

Run: `python -m tests.studies.widget [--home DIR] [--rounds 20]`. A real Chromium, the shipped corpus, no chat model;
without `--home` a fresh one that needs no embedding model. Figures depend on the machine: compare within one run.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from copilot.interfaces.web.widget import widget_script
from copilot.settings import Settings
from tests.browser.site import served
from tests.doubles.widget_host import widget_host

_QUESTIONS = ("什么是客户成功?", "成功计划是什么?", "客户成功有哪几个层次?", "What is customer success?")
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
_READY = "performance.getEntriesByType('resource').find((one) => one.name.endsWith('/widget.js'))?.duration ?? 0"
_ASK = """(one, question) => new Promise((resolve) => {
  const seen = {};
  const begun = performance.now();
  const log = one.shadowRoot.querySelector('.log');
  const watch = new MutationObserver(() => {
    const reply = [...log.querySelectorAll('.reply')].at(-1);
    if (!seen.first && reply?.querySelector('.text')?.textContent) seen.first = performance.now() - begun;
    if (reply?.querySelector('.rating')) {
      watch.disconnect();
      resolve({...seen, whole: performance.now() - begun});
    }
  });
  watch.observe(log, {subtree: true, childList: true, characterData: true});
  const box = one.shadowRoot.querySelector('textarea');
  box.value = question;
  box.form.requestSubmit();
})"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    script = widget_script()
    print(f"widget.js: {len(script.text.encode()):,} bytes, {len(script.zipped):,} gzip")
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as made, widget_host() as host, sync_playwright() as playwright:
        home = asked.home or Path(made) / "home"
        with served(home, Settings(home=home, widget_origins=(host.origin,))) as site:
            if site.application.store.count() == 0:
                site.application.indexing.ingest([], corpus=True)
            host.api, host.key = site.address, site.application.access.run_token
            browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
            loads, paints, firsts, wholes = [], [], [], []
            for round in range(asked.rounds):
                page = browser.new_context().new_page()
                page.goto(f"{host.origin}/?mode=inline")
                chat = page.locator("copilot-chat")
                chat.locator(".chip").first.wait_for()
                loads.append(page.evaluate(_READY))
                paints.append(page.evaluate(_PAINT))
                told = chat.evaluate(_ASK, _QUESTIONS[round % len(_QUESTIONS)])
                firsts.append(told["first"])
                wholes.append(told["whole"])
                page.context.close()
            browser.close()
    named = {"script loaded": loads, "first paint": paints, "first word": firsts, "whole": wholes}
    for name, values in named.items():
        print(f"{name:14} p50 {statistics.median(values):6.0f} ms   worst {max(values):6.0f} ms   n={len(values)}")


if __name__ == "__main__":
    main()
