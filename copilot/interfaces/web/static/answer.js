// Turns an answer into elements. Text from outside only ever becomes text nodes, never markup.
const MARK = /(\[\d{1,2}\]|\*\*[^*]+\*\*)/;
const ITEM = /^\s*(?:[-*]|(\d{1,2})[.)、])\s+(.*)$/;

export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

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
    } else if (citation) {
      const button = element("button", { type: "button", className: "cite", textContent: part });
      button.setAttribute("aria-label", `[${citation.n}] ${citation.title}`);
      button.addEventListener("click", () => open(citation));
      block.append(button);
    } else {
      block.append(part);
    }
  }
}
