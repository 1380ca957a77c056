// The conversation: what is shown, what is asked, and where the keyboard is.
import { Reply } from "./answer.js";
import { h, icon, iconButton } from "./dom.js";
import { follow } from "./follow.js";
import { personForm, personNotice } from "./handover.js";
import { historyList } from "./history.js";
import { Problem } from "./session.js";

const NEAR_END = 80; // pixels from the end in which the log goes on scrolling by itself

export class Chat {
  // `host` is the element: its attributes, its shadow root, its events.
  constructor(host, session, memory, say) {
    Object.assign(this, { host, session, memory, say, root: host.shadowRoot });
    this.conversation = null;
    this.handover = null;
    this.wentOn = false;
    this.running = null;
    this.draw();
  }

  draw() {
    const { say, host } = this;
    this.live = h("p", { class: "sr", role: "status" });
    this.notice = h("div", { class: "notice", role: "status", hidden: true });
    this.log = h("div", { class: "log", tabindex: 0, role: "region", "aria-label": say("log") });
    this.input = h("textarea", { rows: 1, "aria-label": say("placeholder"), placeholder: say("placeholder"), enterkeyhint: "send", maxlength: 8000 });
    this.button = h("button", { class: "main send", "aria-label": say("send"), title: say("send") }, icon("send"));
    this.form = h("form", { class: "composer", onsubmit: (event) => this.submit(event) }, this.input, this.button);
    this.input.addEventListener("keydown", (event) => this.typed(event));
    const person = h("button", { type: "button", class: "link", onclick: () => this.openPerson() }, icon("person"), say("person"));
    const customer = host.staff && this.#customerSwitch();
    this.foot = h("div", { class: "foot" }, customer || h("span", { class: "soft hint" }, say("hint")), person);
    const tools = h(
      "div",
      { class: "tools" },
      iconButton("fresh", say("fresh"), () => this.fresh()),
      iconButton("history", say("history"), () => this.openHistory()),
      host.closes ? iconButton("close", say("close"), () => host.close()) : "",
    );
    this.head = h("div", { class: "bar" }, h("p", { class: "title", id: "title" }, host.heading || say("name")), tools);
    const name = host.getAttribute("account-name") || this.account;
    const about = name ? h("p", { class: "about" }, say("about", { account: name })) : "";
    this.element = h("div", { class: "chat" }, this.head, this.notice, this.log, about, this.form, this.foot, this.live);
    this.welcome();
  }

  get knowledge() {
    return this.host.getAttribute("knowledge");
  }

  get account() {
    return this.host.getAttribute("account");
  }

  get audience() {
    return this.customer?.checked ? "customer" : null;
  }

  pageOf(action, payload) {
    return this.host.pageOf(action, payload);
  }

  emit(name, detail) {
    this.host.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  // Says a failure in the reader's words; what the server says of a problem is for programs and people who run it.
  explain(error) {
    const { say } = this;
    const known = {
      unconfigured: "unconfigured", not_authenticated: "expired", expired_token: "expired", bad_token: "expired",
      token_refused: "expired", too_many_questions: "too_many", cancelled: "stopped",
    };
    if (error instanceof Problem && known[error.code]) return say(known[error.code]);
    if (error instanceof Problem && error.status >= 400 && error.message && this.host.staff) return error.message;
    return say(error instanceof Problem && error.status >= 400 && error.status < 500 ? "failed" : "unreachable");
  }

  #customerSwitch() {
    this.customer = h("input", { type: "checkbox", onchange: () => this.fresh() });
    return h("label", { class: "switch" }, this.customer, this.say("customer_view"));
  }

  // ---- the beginning

  welcome() {
    const { say } = this;
    const chips = h("ul", { class: "chips", "aria-label": say("begin") });
    this.log.replaceChildren(
      h(
        "div",
        { class: "welcome" },
        h("p", { class: "hello" }, say("hello")),
        h("p", { class: "soft" }, say("promise")),
        chips,
        h("slot", { name: "welcome" }),
      ),
    );
    this.#shortcuts(chips, this.host.getAttribute("account-name") || this.account);
  }

  async #shortcuts(chips, account) {
    const { host, say } = this;
    const query = new URLSearchParams({ language: say.language });
    const given = { role: host.userRole, stage: host.getAttribute("stage"), account: this.audience ? null : account, audience: this.audience };
    for (const [key, value] of Object.entries(given)) if (value) query.set(key, value);
    try {
      const { shortcuts } = await this.session.json(`/v1/shortcuts?${query}`);
      chips.append(
        ...shortcuts
          .filter((one) => one.action === "ask")
          .map((one) => h("li", {}, h("button", { type: "button", class: "chip", onclick: () => this.ask(one.payload.question) }, one.label))),
      );
    } catch (error) {
      if (error.name !== "AbortError") chips.replaceWith(h("p", { class: "trouble" }, this.explain(error)));
      this.emit("copilot-error", { code: error.code ?? "unreachable" });
    }
  }

  // The element goes away or is drawn anew: what is under way is picked up again, not stopped.
  leave() {
    this.left = true;
    this.running?.abort();
  }

  fresh() {
    this.running?.abort();
    this.conversation = null;
    this.#person(null);
    this.memory.keep({ conversation: null, pending: null });
    this.closePerson();
    this.welcome();
    this.input.focus();
  }

  // Goes on where this tab was: a conversation, and a question under way.
  async restore() {
    const { conversation, pending } = this.memory.read();
    if (conversation) await this.resume(conversation, true);
    if (pending) this.#follow(pending);
  }

  async resume(id, quiet = false) {
    try {
      const found = await this.session.json(`/v1/conversations/${encodeURIComponent(id)}`);
      this.closeHistory();
      this.conversation = id;
      this.memory.keep({ conversation: id });
      this.log.replaceChildren();
      for (const answer of found.answers) {
        const reply = new Reply(this, answer.question);
        this.log.append(reply.element);
        reply.finish(answer, answer.html);
      }
      this.#person(found.handover);
      this.#toEnd(true);
      if (!quiet) this.input.focus();
    } catch (error) {
      if (error.status === 404) this.memory.keep({ conversation: null });
      else if (!quiet) this.live.textContent = this.explain(error);
    }
  }

  // ---- asking

  typed(event) {
    // While characters are being put together from several keys, Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (!this.running) this.submit(event);
  }

  submit(event) {
    event.preventDefault();
    if (this.running) return this.stop();
    const question = this.input.value.trim();
    if (question) {
      this.input.value = "";
      this.ask(question);
    }
  }

  ask(question) {
    if (this.running || !question) return;
    if (this.handover?.waiting && !this.wentOn) {
      this.input.value = question;
      this.notice.querySelector("button:last-of-type")?.focus();
      return;
    }
    this.#follow({
      request_id: requestId(),
      question,
      conversation_id: this.conversation ?? undefined,
      account_id: (!this.audience && this.account) || undefined,
      audience: this.audience ?? undefined,
      go_on: this.wentOn || undefined,
      html: true,
    });
  }

  async stop() {
    const body = this.memory.read().pending;
    this.running?.abort();
    if (!body) return;
    const stopping = this.session.open(`/v1/ask/stream/${body.request_id}`, { method: "DELETE" });
    await stopping.then((reply) => reply.text()).catch(() => {}); // read to its end, so that the connection is free
  }

  async #follow(body) {
    const { say } = this;
    const running = (this.running = new AbortController());
    this.memory.keep({ pending: body });
    this.log.querySelector(".welcome")?.remove();
    const reply = new Reply(this, body.question);
    this.log.append(reply.element);
    reply.stage("asking");
    this.#busy(true);
    this.#toEnd(true);
    let html = null;
    try {
      for await (const { name, data } of follow(this.session, body, running.signal, (state) => this.#connection(reply, state))) {
        if (name === "status") {
          if (data.stage === "withdrawn") reply.withdraw();
          reply.stage(data.stage);
          if (data.stage === "searching") this.live.textContent = say("searching");
        }
        if (name === "delta") reply.add(data.text);
        if (name === "html") html = data.html;
        if (name === "error") throw new Problem(data.status ?? 500, data.code, data.detail);
        if (name === "done") this.#done(reply, data, html ?? "");
        else this.#toEnd();
      }
    } catch (error) {
      this.#failed(reply, body, error, running.signal.aborted);
    } finally {
      if (this.running === running) {
        this.running = null;
        if (!this.left) this.memory.keep({ pending: null });
        this.#busy(false);
      }
    }
  }

  #done(reply, answer, html) {
    this.conversation = answer.conversation_id;
    this.memory.keep({ conversation: this.conversation });
    reply.finish(answer, html);
    this.#toStart(reply);
    this.live.textContent = `${this.say("new_answer")}:${answer.answer}`;
    this.emit("copilot-answer", { answer });
    this.host.answered();
  }

  #failed(reply, body, error, stopped) {
    if (stopped || error.code === "cancelled") {
      reply.fail(this.say("stopped"));
      this.live.textContent = this.say("stopped");
      return;
    }
    if (error.code === "handover_open") {
      reply.element.remove();
      this.input.value = body.question;
      this.resume(this.conversation);
      return;
    }
    if (error.code === "unknown_conversation") this.conversation = null;
    const again = () => {
      reply.element.remove();
      this.#follow({ ...body, conversation_id: this.conversation ?? undefined });
    };
    const mendable = !["invalid_question", "unconfigured"].includes(error.code);
    const message = this.explain(error);
    reply.fail(message, mendable && again);
    this.live.textContent = message;
    this.emit("copilot-error", { code: error.code ?? "unreachable" });
    if (error.code === "not_authenticated") this.host.signedOut();
  }

  #connection(reply, state) {
    if (state === "connected") return reply.stage(reply.reached);
    const reached = reply.reached;
    reply.stage(navigator.onLine ? "reconnecting" : "offline");
    reply.reached = reached;
  }

  #busy(busy) {
    const label = this.say(busy ? "stop" : "send");
    this.button.replaceChildren(icon(busy ? "stop" : "send"));
    this.button.setAttribute("aria-label", label);
    this.button.title = label;
    this.button.classList.toggle("busy", busy);
    this.element.toggleAttribute("data-busy", busy);
  }

  #toEnd(always = false) {
    const { log } = this;
    const left = log.scrollHeight - log.scrollTop - log.clientHeight;
    if (always || left < NEAR_END + log.clientHeight / 3) log.scrollTop = log.scrollHeight;
  }

  // The answer comes first: a long one is read from its beginning.
  #toStart(reply) {
    const { log } = this;
    const tall = reply.element.offsetHeight > log.clientHeight;
    log.scrollTop = tall ? reply.element.offsetTop - 12 : log.scrollHeight;
  }

  // ---- earlier conversations

  async openHistory() {
    if (this.past) return this.closeHistory();
    this.closePerson();
    this.past = await historyList(this);
    this.log.hidden = true;
    this.log.after(this.past);
    this.past.querySelector("button")?.focus();
  }

  closeHistory() {
    this.past?.remove();
    this.past = null;
    this.log.hidden = false;
  }

  // ---- a person

  openPerson() {
    if (this.personForm) return;
    this.closeHistory();
    this.personForm = personForm(this, this.handover?.status === "open" ? this.handover : null);
    this.form.before(this.personForm);
    this.#compose();
    this.personForm.querySelector("input").focus();
  }

  closePerson() {
    if (!this.personForm) return;
    this.personForm.remove();
    this.personForm = null;
    this.#compose();
    if (!this.form.hidden) this.input.focus();
  }

  personAsked(there) {
    this.conversation = there.conversation_id;
    this.memory.keep({ conversation: this.conversation });
    this.closePerson();
    this.#person(there);
    this.emit("copilot-handover", { id: there.id, conversation_id: there.conversation_id });
  }

  goOn() {
    this.wentOn = true;
    this.#person({ ...this.handover, waiting: false });
    this.wentOn = true;
    this.input.focus();
  }

  #person(there) {
    this.handover = there;
    this.wentOn = false;
    this.notice.hidden = !there;
    this.notice.replaceChildren(...(there ? [personNotice(this, there)] : []));
    this.#compose();
  }

  // Nothing is typed to the copilot while a person is asked for, or waited for.
  #compose() {
    this.form.hidden = Boolean(this.personForm || this.handover?.waiting);
    this.foot.hidden = Boolean(this.personForm);
  }
}

function requestId() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}
