"""The words of the pages, Chinese and English side by side; what every page says stands here."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.interfaces.web.language import Language

#: Key → (Chinese, English). Values are put in as `{name}`.
Words = Mapping[str, tuple[str, str]]

SHARED: Words = {
    "product": ("前线副驾", "Frontline Copilot"),
    "skip": ("跳到正文", "Skip to the content"),
    "menu": ("菜单", "Menu"),
    "main_navigation": ("主导航", "Main navigation"),
    "nav.chat": ("提问", "Ask"),
    "nav.map": ("知识地图", "Map"),
    "nav.accounts": ("客户", "Accounts"),
    "nav.drafts": ("草稿", "Drafts"),
    "nav.knowledge": ("知识", "Knowledge"),
    "nav.gaps": ("缺口", "Gaps"),
    "nav.handovers": ("找真人", "Handovers"),
    "nav.evaluations": ("评测", "Evaluation"),
    "nav.insight": ("洞察", "Insight"),
    "nav.audit": ("审计", "Audit"),
    "nav.people": ("成员", "People"),
    "nav.settings": ("我的设置", "My settings"),
    "sign_out": ("退出登录", "Sign out"),
    "other_language": ("English", "中文"),
    "theme": ("外观", "Appearance"),
    "theme.system": ("跟随系统", "As the system"),
    "theme.light": ("浅色", "Light"),
    "theme.dark": ("深色", "Dark"),
    "previous": ("上一页", "Previous"),
    "next": ("下一页", "Next"),
    "page_of": ("第 {page} / {pages} 页,共 {count} 条", "Page {page} of {pages}, {count} in all"),
    "search": ("搜索", "Search"),
    "filter": ("筛选", "Filter"),
    "clear": ("清除", "Clear"),
    "cancel": ("取消", "Cancel"),
    "save": ("保存", "Save"),
    "close": ("关闭", "Close"),
    "back": ("返回", "Back"),
    "none": ("无", "none"),
    "not_found": ("没有这一页", "There is no such page"),
    "not_found.detail": ("它可能被删除了,或链接不完整。", "It may have been deleted, or the link is not complete."),
    "cross_site_request.detail": (
        "这个请求是别的网站发来的,所以没有执行。请在本站打开页面再操作一次。",
        "Another site sent this request, so it was not carried out. Open the page here and do it again.",
    ),
    "not_permitted": ("没有权限", "Not permitted"),
    "failed": ("没有成功", "That did not work"),
    "go_home": ("回到提问页", "Back to asking"),
}


class Speaker:
    """Says words in one language."""

    def __init__(self, language: Language, *areas: Words) -> None:
        self._at = 0 if language == "zh" else 1
        self._areas = (*areas, SHARED)

    def __call__(self, key: str, **values: object) -> str:
        """Return the words of a key with its values put in.

        Raises:
            KeyError: no area has the key, or a value is missing.
        """
        found = next((area[key] for area in self._areas if key in area), None)
        if found is None:
            raise KeyError(f"no words for {key!r}")
        return found[self._at].format(**values) if values else found[self._at]

    def has(self, key: str) -> bool:
        """Tell whether there are words for a key: values from outside may be ones nobody foresaw."""
        return any(key in area for area in self._areas)
