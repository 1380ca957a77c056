// A quote in the text it stands in, above everything else.
import { h, iconButton, webLink } from "./dom.js";

export async function showQuote(chat, answer, citation) {
  const { say } = chat;
  const dialog = h("dialog", { class: "quote", "aria-label": say("cite", { n: citation.n, title: citation.title }) });
  const close = iconButton("close", say("close"), () => dialog.close());
  const place = [citation.title, ...citation.heading_path.filter((name) => name !== citation.title)].join(" › ");
  const body = h("div", { class: "text", tabindex: 0, role: "document" }, h("p", { class: "soft" }, "…"));
  const foot = h("div", { class: "links" });
  dialog.append(h("div", { class: "bar" }, h("p", { class: "title" }, `${citation.n} · ${place}`), close), body, foot);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  chat.root.append(dialog);
  dialog.showModal();
  try {
    const found = await chat.session.json(`/v1/answers/${answer.answer_id}/citations/${citation.n}`);
    fill(chat, body, foot, citation, found);
  } catch (error) {
    body.replaceChildren(h("p", {}, error.status === 404 ? say("gone") : chat.explain(error)));
  }
}

function fill(chat, body, foot, citation, found) {
  const { say } = chat;
  const mark = h("mark", {}, found.quote);
  body.replaceChildren(
    found.status === "current" ? "" : h("p", { class: "note" }, say(found.status)),
    h("div", { class: "original" }, found.cut_before ? "… " : "", found.before, mark, found.after, found.cut_after ? " …" : ""),
  );
  const due = found.stale ? ` · ${say("stale")}` : "";
  const inside = chat.knowledge
    ? h("a", { href: `${chat.knowledge}/${encodeURIComponent(found.document_id)}?version=${found.version}&quote=${citation.start}-${citation.end}` }, say("in_knowledge"))
    : null;
  const links = [webLink(found.url, say("web_page")), inside].filter(Boolean);
  foot.append(h("span", { class: "soft" }, say("version", { n: found.version }) + due), ...links);
  // Only the text moves, not the page behind it.
  body.scrollTop = Math.max(0, mark.offsetTop - body.clientHeight / 3);
}
