// What was asked before, the newest first.
import { h, icon } from "./dom.js";

export async function historyList(chat) {
  const { say } = chat;
  const list = h("ul", { class: "past" });
  const more = h("button", { type: "button", class: "plain", hidden: true }, say("more"));
  const box = h(
    "div",
    { class: "history" },
    h("div", { class: "row" }, h("button", { type: "button", class: "plain back", onclick: () => chat.closeHistory() }, icon("back"), say("back"))),
    h("p", { class: "title" }, say("history")),
    list,
    more,
  );
  const moment = new Intl.DateTimeFormat(say.form, { dateStyle: "medium", timeStyle: "short" });

  async function load(page) {
    const found = await chat.session.json(`/v1/conversations?page=${page}`);
    for (const one of found.conversations) {
      const open = h(
        "button",
        { type: "button", class: "source", onclick: () => chat.resume(one.id) },
        h("span", { class: "place" }, one.question, h("span", { class: "soft" }, moment.format(new Date(one.last_at)))),
      );
      list.append(h("li", {}, open));
    }
    if (page === 1 && !found.conversations.length) list.replaceWith(h("p", { class: "soft" }, say("no_history")));
    more.hidden = !found.next;
    more.onclick = () => load(found.next).catch((error) => more.replaceWith(chat.explain(error)));
  }

  try {
    await load(1);
  } catch (error) {
    list.replaceWith(h("p", {}, chat.explain(error)));
  }
  return box;
}
