// <copilot-chat>: a button that opens a panel, a part of a page, or a page of its own.
import { Chat } from "./chat.js";
import { h, icon } from "./dom.js";
import { Memory } from "./memory.js";
import { Session } from "./session.js";
import { speaker } from "./words.js";

const OWN_API = new URL("/", import.meta.url).href;
const SMALL = "(max-width: 30rem)";
let sheet = null;

// The one way to style that a page's Content-Security-Policy does not have to know of.
function styles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
  }
  return sheet;
}

class CopilotChat extends HTMLElement {
  static observedAttributes = ["lang", "mode"];

  // A page may set it to a function that returns a token, instead of an address.
  getToken = null;
  #given = {};
  #chat = null;

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: "open" }).adoptedStyleSheets = [styles()];
    // In HTML these two mean something else: a tooltip over everything, and a role for assistive technology.
    for (const name of ["title", "role"]) {
      if (this.hasAttribute(name)) this.#given[name] = this.getAttribute(name);
      this.removeAttribute(name);
    }
    // A page may have set a property before this script had loaded.
    for (const name of ["token", "getToken"]) this.#upgrade(name);
    this.#draw();
  }

  disconnectedCallback() {
    this.#chat?.leave();
  }

  attributeChangedCallback(name, before, after) {
    if (this.#chat && before !== after) this.#draw();
  }

  get token() {
    return this.getAttribute("token");
  }

  set token(value) {
    if (value) this.setAttribute("token", value);
    else this.removeAttribute("token");
  }

  get mode() {
    const asked = this.getAttribute("mode");
    return ["inline", "page"].includes(asked) ? asked : "launcher";
  }

  get heading() {
    return this.#given.title;
  }

  get userRole() {
    return this.getAttribute("user-role") ?? this.#given.role;
  }

  get staff() {
    return this.mode === "page";
  }

  get closes() {
    return this.mode === "launcher";
  }

  // Beside an account there is a conversation of its own.
  #about(api) {
    const account = this.getAttribute("account");
    return account ? `${api}:${account}` : api;
  }

  pageOf(action, payload) {
    if (!this.staff) return null;
    const account = this.getAttribute("account");
    const about = account ? `&account=${encodeURIComponent(account)}` : "";
    if (action === "create_draft") return `/app/drafts/new?kind=${encodeURIComponent(payload.kind)}${about}`;
    if (action === "open_draft") return `/app/drafts/${encodeURIComponent(payload.draft_id)}`;
    if (action === "show_advice") return account ? `/app/accounts/${encodeURIComponent(account)}` : "/app/accounts";
    if (action === "match_cases") return "/app/knowledge?kind=case_study";
    return null;
  }

  open() {
    this.#show(true);
  }

  close() {
    if (!this.closes || !this.panel.open) return;
    this.panel.close();
    this.launcher.setAttribute("aria-expanded", "false");
    this.launcher.focus();
    this.memory.keep({ open: false });
    this.#chat.emit("copilot-close", {});
  }

  answered() {
    if (this.closes && !this.panel.open) this.launcher.toggleAttribute("data-news", true);
  }

  signedOut() {
    if (this.mode === "page") location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  }

  #upgrade(name) {
    if (!Object.hasOwn(this, name)) return;
    const value = this[name];
    if (name === "token") {
      delete this[name];
      this.token = value;
    }
  }

  #draw() {
    this.#chat?.leave();
    const api = new URL(this.getAttribute("api") || OWN_API, location.href).href;
    const tag = this.lang || this.parentElement?.closest("[lang]")?.lang || navigator.language;
    const say = speaker(tag);
    this.memory ??= new Memory(this.#about(api));
    this.session ??= new Session(() => ({
      api,
      token: this.token,
      tokenUrl: this.getAttribute("token-url"),
      getToken: this.getToken,
    }));
    this.#chat = new Chat(this, this.session, this.memory, say);
    const label = this.heading || say("name");
    const start = this.getAttribute("ask");
    if (start) this.#chat.input.value = start;
    if (this.closes) this.#drawLauncher(say, label);
    else this.shadowRoot.replaceChildren(h("section", { class: "panel", lang: say.form, "aria-label": label }, this.#chat.element));
    if (!this.closes) this.#chat.restore();
    else if (this.memory.read().open) this.#show(false);
  }

  #drawLauncher(say, label) {
    this.panel = h("dialog", { class: "panel", lang: say.form, "aria-label": label }, this.#chat.element);
    this.panel.addEventListener("keydown", (event) => {
      // A dialog that is not modal does not close by itself; a quote above it does, and is not meant here.
      if (event.key !== "Escape" || event.isComposing || event.defaultPrevented) return;
      event.preventDefault();
      this.close();
    });
    this.launcher = h(
      "button",
      { type: "button", class: "launcher", "aria-label": `${say("open")}:${label}`, "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => this.#toggle() },
      icon("chat"),
    );
    this.shadowRoot.replaceChildren(h("section", { class: "corner", lang: say.form, "aria-label": label }, this.launcher), this.panel);
  }

  #toggle() {
    if (this.panel.open) this.close();
    else this.#show(true);
  }

  #show(focus) {
    if (!this.closes || this.panel.open) return;
    // On a phone it covers the page, so the page behind it is out of reach for everybody.
    if (focus && matchMedia(SMALL).matches) this.panel.showModal();
    else this.panel.show();
    this.launcher.setAttribute("aria-expanded", "true");
    this.launcher.removeAttribute("data-news");
    this.memory.keep({ open: true });
    if (focus) this.#chat.input.focus();
    if (!this.restored) this.#chat.restore();
    this.restored = true;
    this.#chat.emit("copilot-open", {});
  }
}

if (!customElements.get("copilot-chat")) customElements.define("copilot-chat", CopilotChat);
