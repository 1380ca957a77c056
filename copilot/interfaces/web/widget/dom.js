// Elements are made one by one, never from text: text of others cannot become markup, and pages that demand
// Trusted Types or forbid inline styles have nothing to object to.
export function h(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((one) => one !== null && one !== undefined && one !== false));
  return made;
}

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  chat: "M4 5h16v11H10l-5 4v-4H4z",
  close: "M6 6l12 12M18 6L6 18",
  fresh: "M12 5v14M5 12h14",
  history: "M12 7v5l3 2M4 12a8 8 0 1 0 2.500-5.800M4 4v4h4",
  send: "M5 12h14M13 6l6 6-6 6",
  stop: "M7 7h10v10H7z",
  up: "M7 11v9H4v-9zM7 11l4-8c1.500 0 2.500 1 2.200 2.500L12.500 9H19c1 0 1.700 1 1.400 2l-2 7.500c-.2.900-1 1.500-1.900 1.500H7",
  down: "M17 13V4h3v9zM17 13l-4 8c-1.500 0-2.500-1-2.200-2.500l.700-3.500H5c-1 0-1.700-1-1.400-2l2-7.500C5.800 4.600 6.600 4 7.500 4H17",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.500-6 8-6s8 2 8 6",
  back: "M19 12H5M11 6l-6 6 6 6",
};

export function icon(name) {
  const drawn = document.createElementNS(SVG, "svg");
  drawn.setAttribute("viewBox", "0 0 24 24");
  drawn.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  drawn.append(path);
  return drawn;
}

export function iconButton(name, label, onclick, attributes = {}) {
  return h("button", { type: "button", class: "icon", "aria-label": label, title: label, onclick, ...attributes }, icon(name));
}

export function field(label, control, note) {
  const id = `f${Math.random().toString(36).slice(2)}`;
  control.id = id;
  return h("div", { class: "field" }, h("label", { for: id }, label), control, note);
}

// Only addresses of the web become links, and they learn nothing of where the reader came from.
export function webLink(url, label) {
  if (!/^https?:\/\//i.test(url ?? "")) return null;
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}
