// Turns an answer into elements. Text from outside only ever becomes text nodes, never markup.
import { words } from "./words.js";

const MARK = /(\[\d{1,2}\]|\*\*[^*]+\*\*)/;

export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const ITEM = /^\s*(?:[-*]|(\d{1,2})[.)、])\s+(.*)$/;

export function renderText(target, text, citations, open) {
  target.replaceChildren();
  let list = null;
  for (const line of text.split("\n").filter((part) => part.trim())) {
    const item = line.match(ITEM);
    const kind = item && (item[1] ? "ol" : "ul");
    if (kind && list?.localName !== kind) {
      list = element(kind);
      if (kind === "ol") list.start = Number(item[1]);
      target.append(list);
    }
    if (!item) list = null;
    const block = element(item ? "li" : "p");
    fill(block, item ? item[2] : line, citations, open);
    (list ?? target).append(block);
  }
}

function fill(block, line, citations, open) {
  for (const part of line.split(MARK)) {
    const citation = MARK.test(part) && citations.find((one) => `[${one.n}]` === part);
    if (part.startsWith("**") && part.endsWith("**")) {
      block.append(element("strong", { textContent: part.slice(2, -2) }));
      continue;
    }
    if (!citation) {
      block.append(part);
      continue;
    }
    const button = element("button", { type: "button", className: "cite", textContent: part });
    button.setAttribute("aria-label", `${words.sources} ${citation.n}: ${citation.title}`);
    button.addEventListener("click", () => open(citation));
    block.append(button);
  }
}

export function sourceList(citations, open) {
  const list = element("ul", { className: "sources" });
  list.setAttribute("aria-label", words.sources);
  for (const citation of citations) {
    const place = [citation.title, ...citation.heading_path.filter((name) => name !== citation.title)].join(" › ");
    const button = element(
      "button",
      { type: "button", className: "source" },
      element("b", { textContent: `[${citation.n}] ${place}` }),
      citation.stale ? ` · ${words.stale}` : "",
      element("q", { textContent: citation.quote }),
    );
    button.addEventListener("click", () => open(citation));
    list.append(element("li", {}, button, ...webPage(citation)));
  }
  return list;
}

// A page of the web opens beside this one, and learns nothing of where the reader came from.
function webPage({ url }) {
  if (!/^https?:\/\//.test(url ?? "")) return [];
  return [element("a", { href: url, textContent: words.page, className: "page", target: "_blank", rel: "noopener noreferrer" })];
}

export function whyBox(explanation) {
  return element("details", {}, element("summary", { textContent: words.why }), element("p", { textContent: explanation }));
}
