// Whether an answer helped, and why not.
import { field, h, icon } from "./dom.js";

const REASONS = ["incorrect", "incomplete", "outdated", "inappropriate", "other"];

export function feedbackRow(chat, answer, text) {
  const { say } = chat;
  const told = h("span", { class: "soft", role: "status" });
  const up = toggle("up", say("helpful"), () => rate(true));
  const down = toggle("down", say("unhelpful"), () => (form ? fold() : unfold()));
  const copy = toggle("copy", say("copy"), copied);
  const row = h("div", { class: "rating" }, up, down, copy, told);
  const box = h("div", {}, row);
  copy.removeAttribute("aria-pressed");
  let form = null;

  async function send(body) {
    try {
      await chat.session.json(`/v1/answers/${answer.answer_id}/feedback`, { method: "POST", body });
      return true;
    } catch (error) {
      told.textContent = chat.explain(error);
      return false;
    }
  }

  async function rate(helpful, reason, comment) {
    if (!(await send({ helpful, reason, comment }))) return false;
    up.setAttribute("aria-pressed", String(helpful));
    down.setAttribute("aria-pressed", String(!helpful));
    told.textContent = say("thanks");
    chat.emit("copilot-feedback", { answer_id: answer.answer_id, helpful, reason });
    if (helpful) fold();
    return true;
  }

  async function copied() {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      return;
    }
    told.textContent = say("copied");
    send({ copied: true });
  }

  function unfold() {
    const name = `r${answer.answer_id}`;
    const comment = h("textarea", { rows: 2, maxlength: 4000 });
    const radios = REASONS.map((reason, at) =>
      h("label", {}, h("input", { type: "radio", name, value: reason, required: true, checked: at === 0 }), say(reason)),
    );
    form = h(
      "form",
      { class: "card", onsubmit: submit },
      h("fieldset", {}, h("legend", {}, say("what_wrong")), radios),
      field(say("comment"), comment),
      h(
        "div",
        { class: "row" },
        h("button", { class: "main" }, say("submit")),
        h("button", { type: "button", class: "plain", onclick: () => fold(true) }, say("cancel")),
      ),
    );
    down.setAttribute("aria-expanded", "true");
    box.append(form);
    form.querySelector("input").focus();
    form.scrollIntoView({ block: "nearest" });

    async function submit(event) {
      event.preventDefault();
      const reason = new FormData(form).get(name);
      if (await rate(false, reason, comment.value.trim() || undefined)) fold(true);
    }
  }

  function fold(back = false) {
    form?.remove();
    form = null;
    down.setAttribute("aria-expanded", "false");
    if (back) down.focus();
  }

  down.setAttribute("aria-expanded", "false");
  return box;
}

function toggle(name, label, onclick) {
  return h("button", { type: "button", class: "icon small", "aria-label": label, title: label, "aria-pressed": "false", onclick }, icon(name));
}
