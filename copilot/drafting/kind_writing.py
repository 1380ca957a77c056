"""What every kind of draft is written with: facts, inputs, questions, quotes that its readers may see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta

from copilot.accounts.account import RecordType
from copilot.drafting import account_facts, dates
from copilot.drafting.composer import Composed, Language, Order
from copilot.drafting.document import Document, Grid, Line, Open, Origin, Section, written
from copilot.drafting.draft import DraftKind, Finding
from copilot.drafting.findings import shown
from copilot.drafting.fit_for_customers import fit_for_customers, in_common
from copilot.drafting.kinds import KINDS, Kind
from copilot.drafting.plan_facts import facts_of
from copilot.drafting.plan_risks import risks_of
from copilot.drafting.plan_steps import NextSteps
from copilot.drafting.plan_words import OUR_SLOT, SLOT, WORDS
from copilot.drafting.sources import Accept, Numbered, Sources
from copilot.drafting.withheld import Withheld
from copilot.suggesting.advice import Advising
from knowledge.document import Audience, DocumentKind
from knowledge.passage import Citation
from knowledge.reader import CUSTOMERS
from knowledge.text import is_chinese

_PLAYBOOKS = frozenset({DocumentKind.PLAYBOOK})
_SPLIT = re.compile("[;；\n]")
_SIGNED = re.compile(r"签约|签单|签合同|合同签订|(?:contract )?sign(?:ed|ing)", re.IGNORECASE)
#: Writes the parts of one kind.
Author = Callable[["Writing"], None]


class KindComposer:
    """Implements `Composer` for the kinds that are made of parts (`kinds.py`)."""

    def __init__(self, kind: DraftKind, author: Author, sources: Sources, advising: Advising | None = None) -> None:
        self._kind, self._author = kind, author
        self._sources, self._advising = sources, advising

    @property
    def kind(self) -> DraftKind:
        """What it writes."""
        return self._kind

    def compose(self, order: Order) -> Composed:
        """Write a first text."""
        writing = Writing(order, KINDS[self._kind], self._sources, self._advising)
        if KINDS[self._kind].customers_only and order.account.type is not RecordType.ACCOUNT:
            message = {
                "zh": "这还不是客户(线索或商机),这一种稿子是给客户写的。先看是否选错了种类。",
                "en": "This is no customer yet, and this kind is about customers. See whether another kind is meant.",
            }
            writing.find("not_a_customer_yet", message[order.language])
        self._author(writing)
        return writing.composed()


class Writing:
    """One draft under way. Texts are given in both languages, with the phrases of the account in braces."""

    def __init__(self, order: Order, kind: Kind, sources: Sources, advising: Advising | None) -> None:
        self.order, self.kind = order, kind
        self.language: Language = order.language
        self.facts = facts_of(order.account, order.language, order.today)
        self.owner = self.said("owner") or account_facts.our_owner(order.account, order.person.name)
        #: Milestones that are results; to have signed is none.
        self.done = tuple(one for one in self.facts.done if not _SIGNED.fullmatch(one))
        self._words = WORDS[order.language]
        self._sources, self._advising = sources, advising
        self._numbered = Numbered()
        self._withheld = Withheld(sources, order.reader)
        self._quoted: set[str] = set()
        self._bodies: dict[str, list[Line | Grid]] = {}
        self._questions: list[Open] = []
        self._found: list[Finding] = []
        self._opening: list[Line] = []
        self._closing: list[Line] = []
        self.phrases: Mapping[str, str] = {
            **self.facts.phrases(),
            "owner": self.owner,
            "hello": self._hello(),
            "industry": self.fact("industry"),
        }

    def _hello(self) -> str:
        """How somebody is addressed aloud; without a name, without one."""
        name = self.facts.people[0].name if self.facts.people else ""
        return f"{name}您好" if self.language == "zh" else f"Hello {name}".strip()

    # What is said

    def t(self, zh: str, en: str, **more: str) -> str:
        """Return one of two texts, filled."""
        text = self.phrase(zh, en, **more)
        return text[:1].upper() + text[1:]

    def phrase(self, zh: str, en: str, **more: str) -> str:
        """Return one of two texts that stand inside a sentence, filled."""
        return (zh if self.language == "zh" else en).format_map({**self.phrases, **more})

    def said(self, name: str) -> str:
        """Return an input on one line, inert; empty when it was not given."""
        return account_facts.plain(self.order.inputs.get(name, ""))

    def listed(self, name: str) -> tuple[str, ...]:
        """Return an input that is a list separated by semicolons."""
        parts = _SPLIT.split(self.order.inputs.get(name, ""))
        return tuple(dict.fromkeys(text for text in map(account_facts.plain, parts) if text))

    def number(self, name: str) -> float | None:
        """Return an input that is a number above nothing; what is none is told and left out."""
        said = self.said(name)
        try:
            value = float(said.replace(",", "")) if said else 0.0
        except ValueError:
            value = 0.0
        if 0 < value < 1e12:
            return value
        if said:
            self.find("input_unused", f"{name} {said!r} is no number above 0. Write it as 12.5.", name)
        return None

    def day(self, name: str, default: date) -> date:
        """Return an input that is a day; what is none is told, and the default taken."""
        said = self.said(name)
        if not said:
            return default
        try:
            return date.fromisoformat(said)
        except ValueError:
            self.find("input_unused", f"{name} {said!r} is no date. Write it as 2026-12-20.", name)
            return default

    def soon(self, working_days: int) -> date:
        """Return the day after so many working days."""
        return dates.working_days(self.order.today, working_days)[-1]

    def later(self, days: int) -> date:
        """Return a working day so many days from now."""
        return dates.workday(self.order.today + timedelta(days=days))

    def fact(self, name: str) -> str:
        """Return a fact of the record that is a text, as it may stand in Markdown; empty without one."""
        return account_facts.plain(self.order.account.text(name) or "")

    def joined(self, texts: Iterable[str]) -> str:
        """Return texts as one, in the manner of the language."""
        return ("、" if self.language == "zh" else ", ").join(texts)

    # What is open

    def ask(self, part: str, zh: str, en: str, *, ours: bool = False, **more: str) -> int:
        """Add a question and return its number."""
        number = len(self._questions) + 1
        slot = (OUR_SLOT if ours else SLOT)[self.language]
        text = f"{self.t(zh, en, **more)}{'' if self.language == 'zh' else ' '}{slot}"
        self._questions.append(Open(number=number, part=self.title(part), text=text))
        return number

    def pointer(self, part: str, zh: str, en: str, *, ours: bool = False) -> str:
        """Ask, and return the words that point to the question."""
        return self._words["see"].format(n=self.ask(part, zh, en, ours=ours))

    def proposed(self, name: str, proposal: str, part: str, zh: str, en: str) -> str:
        """Return what somebody said, else our proposal with the question that confirms it."""
        return self.said(name) or f"{proposal}{self._words['subject'].format(n=self.ask(part, zh, en))}"

    def find(self, code: str, message: str, place: str | None = None) -> None:
        """Tell the author something that the text does not."""
        self._found.append(Finding(code=code, severity="warning", message=message, place=place))

    # What stands in the draft

    def title(self, part: str) -> str:
        """Return the heading of a part."""
        return self.kind.part(part).title[self.language]

    def opens(self, text: str, origin: Origin = "ours") -> None:
        """Begin the draft with a paragraph."""
        self._opening.append(Line(text=text, origin=origin, shape="paragraph"))

    def closes(self, text: str) -> None:
        """End the draft with a paragraph."""
        self._closing.append(Line(text=text, origin="fact", shape="paragraph"))

    def add(self, part: str, *texts: str) -> None:
        """Add items of ours."""
        lines = (f"{text[:1].upper()}{text[1:]}" if text.startswith("see ") else text for text in texts if text)
        self._body(part).extend(Line(text=text, origin=_origin(text)) for text in lines)

    def tell(self, part: str, *texts: str) -> None:
        """Add items that repeat the record or an input; nobody rewords them."""
        self._body(part).extend(Line(text=text, origin="fact") for text in texts if text)

    def owned(self, part: str, day: date | None = None, *, by: str = "") -> None:
        """Add who is responsible, and the day; a line each, so that each can be changed in words."""
        self.tell(part, self.t("责任人:{by}", "Owner: {by}", by=by or self.owner))
        if day is not None:
            self.tell(part, self.t("日期:{day}", "Date: {day}", day=day.isoformat()))

    def paragraph(self, part: str, text: str) -> None:
        """Add a paragraph of ours."""
        self._body(part).append(Line(text=text, origin=_origin(text), shape="paragraph"))

    def table(self, part: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
        """Add a table, if it has rows."""
        made = tuple(tuple(row) for row in rows)
        if made:
            self._body(part).append(Grid(head=tuple(head), rows=made))

    def cite(
        self,
        part: str,
        zh: str,
        en: str,
        *,
        kinds: frozenset[DocumentKind] | None = _PLAYBOOKS,
        aloud: bool = False,
        accept: Accept = lambda _: True,
    ) -> Citation | None:
        """Add what a document says about a question, word for word; nothing where none does.

        For customers, and for what is said to them aloud, only documents for customers count; those that our own
        people would have been shown are told as withheld.
        """
        asked = zh if self.language == "zh" else en
        asked = asked.format_map(self.phrases)
        to_customers = aloud or self.kind.audience is Audience.CUSTOMER
        if to_customers:
            kinds = None if kinds == _PLAYBOOKS else kinds
            self._withheld.look(asked, kinds)
        fits: Accept = fit_for_customers if to_customers else lambda _: True
        found = self._sources.find(
            asked,
            CUSTOMERS if to_customers else self.order.reader,
            kinds=kinds,
            accept=lambda one: shown(one.quote) not in self._quoted and fits(one) and accept(one),
        )
        if found is None:
            if not to_customers:
                self.find("no_playbook", "No playbook was found for this part; nothing is recommended there.", part)
            return None
        self._quoted.add(shown(found.quote))
        lead = self._lead(found.quote, to_customers)
        text = f"{lead}{shown(found.quote)} [{self._numbered.number(found)}]"
        self._body(part).append(Line(text=text, origin="cited", shape="paragraph"))
        return found

    def peer(self, part: str) -> bool:
        """Add what a peer did that customers may hear of (G1); a case of another trade and city is no peer's."""
        account = self.order.account
        found = self.cite(
            part,
            "{industry}门店和商家的案例做了什么",
            "what did a {industry} client with stores do first",
            kinds=frozenset({DocumentKind.CASE_STUDY}),
            aloud=True,
            accept=lambda one: bool(in_common(one, account)),
        )
        if found is None:
            missing = {
                "zh": "没有客户能看的同行案例:补一个,不要编。",
                "en": "There is no peer case that customers may see: add one, make none up.",
            }
            self.find("no_peer_case", missing[self.language], part)
            return False
        same = ("、" if self.language == "zh" else ", ").join(in_common(found, account))
        self.tell(part, self.t("和{name}相同:{same}", "In common with {name}: {same}", same=same))
        return True

    def advise(self, steps: str, avoid: str | None = None) -> None:
        """Add the next steps that the advice gives, else those that the risks call for (internal kinds)."""
        advice = NextSteps(self.order, self._advising, self._numbered)
        self.tell(steps, *advice.steps(risks_of(self.facts), (), self.owner))
        if avoid is not None:
            self.tell(avoid, *advice.avoid())

    def risks(self, part: str) -> None:
        """Add the risks that the facts show, each with its counter-move."""
        head = (self.t("风险", "Risk"), self.t("依据", "Basis"), self.t("对策", "Counter-move"))
        self.table(part, head, ((one.name, one.basis, one.counter) for one in risks_of(self.facts)))

    def composed(self) -> Composed:
        """Return the draft."""
        letter = self.kind.letter
        title = f"{self.kind.title[self.language]}{':' if self.language == 'zh' else ': '}{self.facts.name}"
        status = "" if letter or self.kind.audience is Audience.CUSTOMER else INTERNAL[self.language]
        opening = (Section(title="", body=tuple(self._opening)),)
        sections = tuple(
            Section(title=part.title[self.language], body=tuple(self._bodies.get(part.key, ())))
            for part in self.kind.parts
        )
        document = Document(
            title="" if letter else title,
            status=status,
            sections=opening + sections,
            questions=tuple(self._questions),
            closing=tuple(self._closing),
        )
        page = written(document, self.language)
        findings = tuple(self._found) + self._withheld.findings(self.language)
        return Composed(content=page.content, quotes=self._numbered.quotes, findings=findings, wordable=page.wordable)

    def _lead(self, quote: str, to_customers: bool) -> str:
        if not to_customers:
            return self._words["recommendation"]
        if self.language == "zh":
            return "供您参考:"
        return "For reference (source in Chinese): " if is_chinese(quote) else "For reference: "

    def _body(self, part: str) -> list[Line | Grid]:
        self.kind.part(part)  # a misspelt part fails here, not silently
        return self._bodies.setdefault(part, [])


#: Stands at the head of what is for our people alone.
INTERNAL: Mapping[Language, str] = {
    "zh": "仅供内部。依据客户记录和手册写成,要人来定的都列在「确认清单」里。",
    "en": "For ourselves only. Written from the record and the playbooks; what people decide is under “To confirm”.",
}
_POINTS = re.compile(r"问题 \d|question \d")


def _origin(text: str) -> Origin:
    return "slot" if _POINTS.search(text) else "ours"
