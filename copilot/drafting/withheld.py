"""Documents that would have been used, had customers been allowed to read them: named to the author, never quoted."""

from __future__ import annotations

from collections.abc import Mapping

from copilot.drafting.composer import Language
from copilot.drafting.draft import Finding
from copilot.drafting.sources import Sources
from knowledge.document import DocumentKind
from knowledge.reader import CUSTOMERS, STAFF, Reader

_MOST_NAMED = 5


class Withheld:
    """Collects them for one draft."""

    def __init__(self, sources: Sources, reader: Reader) -> None:
        self._sources, self._reader = sources, reader
        self._titles: dict[str, str] = {}
        self._unnamed: set[str] = set()

    def look(self, asked: str, kinds: frozenset[DocumentKind] | None) -> None:
        """Look a question up among all that the author may read, and remember what customers may not."""
        found = self._sources.find(asked, self._reader, kinds=kinds)
        if found is None or CUSTOMERS.may_read(found.passage.metadata):
            return
        if STAFF.may_read(found.passage.metadata):
            self._titles[found.passage.source] = found.passage.title
        else:  # other readers of the draft may not know that it exists
            self._unnamed.add(found.passage.source)

    def findings(self, language: Language) -> tuple[Finding, ...]:
        """Return one finding that names them; none when nothing was withheld."""
        if not self._titles and not self._unnamed:
            return ()
        named = [f"{title} ({source})" for source, title in list(self._titles.items())[:_MOST_NAMED]]
        more = len(self._titles) - len(named) + len(self._unnamed)
        text = _TEXTS[language]
        listed = ("、" if language == "zh" else ", ").join(named)
        if more:
            listed += (text["more"] if named else text["only"]).format(n=more)
        message = text["message"].format(named=listed)
        return (Finding(code="withheld_from_customers", severity="warning", message=message),)


_TEXTS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "message": "这些内部资料说到了要点,但客户不能看,所以没有引用:{named}。要用就自己的话写,或请负责人开放给客户。",
        "more": ",另有 {n} 份",
        "only": "{n} 份(限组内)",
    },
    "en": {
        "message": "Not quoted, since customers may not read them: {named}. Say it in your own words, or have "
        "their owner "
        "open them to customers.",
        "more": " and {n} more",
        "only": "{n} of a group",
    },
}
