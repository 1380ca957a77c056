// Asking for a person: a form, and afterwards what happens next, said as it is.
import { field, h } from "./dom.js";

export function personForm(chat, there) {
  const { say } = chat;
  const contact = h("input", { type: "text", maxlength: 200, autocomplete: "email", value: there?.contact });
  const message = h("textarea", { rows: 3, maxlength: 4000 });
  message.value = there?.message ?? "";
  const trouble = h("p", { class: "trouble", role: "alert" });
  const form = h(
    "form",
    { class: "card person", "aria-label": say("person_title"), onsubmit: send },
    h("p", { class: "title" }, say("person_title")),
    h("p", { class: "soft" }, say("person_promise")),
    field(say("contact"), contact),
    field(say("message"), message),
    trouble,
    h(
      "div",
      { class: "row" },
      h("button", { class: "main" }, say("submit")),
      h("button", { type: "button", class: "plain", onclick: () => chat.closePerson() }, say("cancel")),
    ),
  );

  async function send(event) {
    event.preventDefault();
    trouble.textContent = "";
    const body = { contact: contact.value.trim(), message: message.value.trim() };
    try {
      const path = `/v1/conversations/${chat.conversation ?? "new"}/handover`;
      chat.personAsked(await chat.session.json(path, { method: "POST", body }));
    } catch (error) {
      trouble.textContent = chat.explain(error);
    }
  }

  return form;
}

export function personNotice(chat, there) {
  const { say } = chat;
  if (there.status === "done") return h("p", {}, say("person_done"));
  const key = !there.contact ? "person_no_contact" : there.told === "told" ? "person_told" : "person_list";
  const more = !there.contact && h("button", { type: "button", class: "plain", onclick: () => chat.openPerson() }, say("leave_contact"));
  const on = there.waiting && h("button", { type: "button", class: "plain", onclick: () => chat.goOn() }, say("go_on"));
  return h(
    "div",
    {},
    h("p", {}, h("b", {}, say("person_asked")), " · ", say(key, { contact: there.contact })),
    more || on ? h("div", { class: "row" }, more || "", on || "") : "",
  );
}
