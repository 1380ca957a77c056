// A question and its answer in the log: text while it comes, the checked whole when it is there.
import { h } from "./dom.js";
import { feedbackRow } from "./feedback.js";
import { build } from "./markup.js";
import { showQuote } from "./quote.js";

// The quote without the signs of Markdown; opened, it stands as it is in the document.
function preview(quote) {
  return quote.replace(/^\s*(#{1,6}|[-*>]|\|)\s+|\*\*/gm, "");
}

export class Reply {
  constructor(chat, question) {
    this.chat = chat;
    this.text = "";
    this.status = h("p", { class: "status" }, h("span", { class: "dots", "aria-hidden": "true" }), h("span", {}));
    this.body = h("div", { class: "text" });
    this.answer = h("div", { class: "reply" }, this.status, this.body);
    const asked = h("p", { class: "asked" }, h("span", { class: "sr" }, `${chat.say("you")}:`), question);
    this.element = h("article", { "aria-label": question.slice(0, 80) }, asked, this.answer);
  }

  stage(name) {
    const { say } = this.chat;
    this.reached = name;
    this.status.lastChild.textContent = say.has(name) ? say(name) : "";
    this.status.hidden = false;
  }

  add(text) {
    this.text += text;
    this.body.textContent = this.text;
    this.body.classList.add("coming");
  }

  withdraw() {
    this.text = "";
    this.body.textContent = "";
  }

  finish(answer, html) {
    const { chat } = this;
    const { say } = chat;
    this.status.hidden = true;
    this.text = answer.answer;
    const cite = (n) => this.#mark(answer, n);
    this.body.classList.remove("coming");
    this.body.replaceChildren(build(html, cite));
    this.answer.classList.toggle("abstained", answer.status === "abstained");
    const state = { abstained: "no_answer", partial: "partial" }[answer.status];
    const label = answer.reason === "out_of_scope" ? null : state;
    if (label) this.answer.prepend(h("p", { class: "state" }, say(label)));
    if (answer.citations.length) this.answer.append(this.#sources(answer));
    if (answer.explanation) {
      const details = h("details", {}, h("summary", {}, say("why")), h("p", {}, answer.explanation));
      details.open = Boolean(answer.degraded?.length); // what is missing is said, not to be looked for
      this.answer.append(details);
    }
    const picks = answer.choices.map((choice) => this.#choice(choice)).filter(Boolean);
    if (picks.length) this.answer.append(h("ul", { class: "chips" }, picks.map((one) => h("li", {}, one))));
    if (!answer.withheld && answer.composer !== "rules") this.answer.append(feedbackRow(chat, answer, () => this.text));
  }

  fail(message, retry) {
    const { say } = this.chat;
    this.status.hidden = true;
    this.answer.classList.add("failed");
    const again = retry && h("button", { type: "button", class: "plain", onclick: retry }, say("retry"));
    this.answer.append(h("p", {}, message), again || "");
  }

  #mark(answer, n) {
    const citation = answer.citations.find((one) => one.n === n);
    if (!citation) return `[${n}]`;
    const label = this.chat.say("cite", { n, title: citation.title });
    return h("button", { type: "button", class: "cite", "aria-label": label, title: label, onclick: () => showQuote(this.chat, answer, citation) }, String(n));
  }

  #sources(answer) {
    const { say } = this.chat;
    const rows = answer.citations.map((citation) => {
      const place = [citation.title, ...citation.heading_path.filter((name) => name !== citation.title)].join(" › ");
      return h(
        "li",
        {},
        h(
          "button",
          { type: "button", class: "source", onclick: () => showQuote(this.chat, answer, citation) },
          h("span", { class: "number" }, String(citation.n)),
          h("span", { class: "place" }, place, citation.stale ? h("em", {}, ` · ${say("stale")}`) : "", h("q", {}, preview(citation.quote))),
        ),
      );
    });
    return h("ul", { class: "sources", "aria-label": say("sources") }, rows);
  }

  // Other actions are carried out by pages that the chat may not know.
  #choice({ label, action, payload }) {
    if (action === "ask") {
      return h("button", { type: "button", class: "chip", onclick: () => this.chat.ask(payload.question) }, label);
    }
    const href = this.chat.pageOf(action, payload);
    return href ? h("a", { class: "chip", href }, label) : null;
  }
}
