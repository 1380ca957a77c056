// Builds an answer from the server's sanitised HTML, through an allow-list of its own: tags that are not on it vanish,
// attributes are never taken over.
const PLAIN = new Set("p br strong em s code pre ul ol li blockquote hr table thead tbody tr th td".split(" "));
const EMPTY = new Set(["br", "hr"]);
const PIECE = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>|([^<]+|<)/g;
const SIGNS = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: "\u00a0", "#39": "'" };

// `cite(n)` returns the element that stands for a mark.
export function build(html, cite) {
  const root = document.createDocumentFragment();
  const open = [root];
  let marked = false;
  for (const [, closing, name, attributes, text] of html.matchAll(PIECE)) {
    const parent = open.at(-1);
    if (text !== undefined) {
      if (!marked) parent.append(text.replace(/&([a-z]+|#39);/g, (whole, sign) => SIGNS[sign] ?? whole));
    } else if (name === "button") {
      const number = /\bdata-cite="(\d{1,3})"/.exec(attributes)?.[1];
      marked = !closing;
      if (number && !closing) parent.append(cite(Number(number)));
    } else if (!PLAIN.has(name)) {
      continue;
    } else if (closing) {
      if (open.length > 1 && parent.localName === name) open.pop();
    } else {
      const made = document.createElement(name);
      if (name === "p" && attributes.includes("data-heading")) made.className = "head";
      const start = name === "ol" && /\bstart="(\d{1,4})"/.exec(attributes)?.[1];
      if (start) made.start = Number(start);
      parent.append(name === "table" ? wide(made) : made);
      if (!EMPTY.has(name)) open.push(made);
    }
  }
  return root;
}

// A wide table scrolls by itself, by keyboard too; the page around it does not.
function wide(table) {
  const box = document.createElement("div");
  box.className = "wide";
  box.tabIndex = 0;
  box.append(table);
  return box;
}
