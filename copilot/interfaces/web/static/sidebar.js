// The page beside a record: everything it does goes to the API with the token of this visit, which lives in memory alone.
const spoken = JSON.parse(document.body.dataset.spoken);
const meta = document.querySelector('meta[name="copilot-visit"]');
let token = meta.content;
meta.remove();
// Only the address that carried a token is cleaned: 企业微信 signs the address as it was opened.
if (new URLSearchParams(location.search).has("token")) history.replaceState(null, "", location.pathname);

const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
const view = document.getElementById("view");
const said = document.getElementById("said");
let record = null;
let chosen = null;
let quiet;

export function say(key, wrong = false) {
  said.textContent = spoken[key] ?? key;
  said.classList.toggle("wrong", wrong);
  said.hidden = false;
  clearTimeout(quiet);
  if (!wrong) quiet = setTimeout(() => { said.hidden = true; }, 6000);
}

export async function api(path, body, { method = body ? "POST" : "GET", key } = {}) {
  const headers = { Authorization: `Bearer ${token}` };
  if (body) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  let response;
  try {
    response = await fetch(path, { method, headers, body: body && JSON.stringify(body), credentials: "omit" });
  } catch {
    throw new Failure(spoken.offline, "offline");
  }
  if (response.status === 401) throw new Failure(spoken.over, "over");
  if (response.ok) return response.headers.get("Content-Type")?.includes("json") ? response.json() : response.text();
  const problem = await response.json().catch(() => ({ detail: spoken.offline }));
  throw new Failure(problem.detail, problem.code);
}

export class Failure extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

export const account = () => view.querySelector("[data-account]")?.dataset.account || null;

// Asked again until it is done: the server answers within seconds either way.
export async function finished(begun) {
  let work = begun;
  while (work.status === "working") work = await api(`/v1/sidebar/work/${work.id}`);
  if (work.status === "failed") throw new Failure(work.problem.detail, work.problem.code);
  return work;
}

// Written by our own server, which escapes everything that came from elsewhere.
export async function show(other = record) {
  if (other !== record) chosen = null;
  record = other;
  const query = new URLSearchParams({ language, ...(record ? { record } : {}), ...(chosen ? { account_id: chosen } : {}) });
  const open = new Set([...view.querySelectorAll("details.draft[open]")].map((one) => one.dataset.id));
  const html = await api(`/sidebar/view?${query}`);
  view.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  for (const one of view.querySelectorAll("details.draft")) one.open = open.has(one.dataset.id);
  view.dispatchEvent(new CustomEvent("shown"));
}

export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// One thing at a time per button or form; the outcome is said, and what was typed stays where it was.
async function busy(place, work) {
  if (place.getAttribute("aria-busy") === "true") return;
  place.setAttribute("aria-busy", "true");
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(error.code === "stale_revision" ? "changed_elsewhere" : error.message, true);
  } finally {
    place.removeAttribute("aria-busy");
  }
}

const box = (element) => element.closest("[data-suggestion]");
const draft = (element) => element.closest("details.draft");

async function react(item, reaction, reason) {
  await api(`/v1/suggestions/${encodeURIComponent(item.dataset.suggestion)}/reaction`, { reaction, reason });
  for (const button of item.querySelectorAll("[data-react]")) {
    button.setAttribute("aria-pressed", String(button.dataset.react === reaction));
  }
  item.querySelector("[data-reason]").hidden = true;
  say(`said.${reaction}`);
}

async function compose(kind, button) {
  say("working");
  // The key stays with the button until it has worked, so that a second try makes no second draft.
  button.dataset.key ??= newKey();
  const work = await finished(await api("/v1/sidebar/drafts", { kind, account_id: account(), language }, { key: button.dataset.key }));
  delete button.dataset.key;
  await show();
  const made = view.querySelector(`details.draft[data-id="${CSS.escape(work.draft.id)}"]`);
  if (made) {
    made.open = true;
    made.querySelector("summary").focus();
  }
  say("drafted");
}

async function decide(item, decision, reason) {
  const edited = item.querySelector("[data-edit] textarea");
  if (edited.value !== edited.defaultValue) await save(item);
  const revision = Number(item.dataset.revision);
  const key = `sidebar-${item.dataset.id}-${revision}-${decision}`;
  await api(`/v1/drafts/${encodeURIComponent(item.dataset.id)}/decisions`, { decision, revision, reason }, { key });
  await again(item.dataset.id);
  say(decision === "approve" ? "approved" : "rejected");
}

async function save(item) {
  const text = item.querySelector("[data-edit] textarea");
  const based_on = Number(item.dataset.revision);
  const kept = await api(`/v1/drafts/${encodeURIComponent(item.dataset.id)}/revisions`, { content: text.value, based_on });
  item.dataset.revision = kept.revision;
  text.defaultValue = text.value;
}

async function again(id) {
  await show();
  view.querySelector(`details.draft[data-id="${CSS.escape(id)}"] summary`)?.focus();
}

async function choose(body) {
  const found = await api("/v1/sidebar/account", { record, ...body });
  if (!record) chosen = found.account_id;
  await show();
  view.querySelector("h1")?.setAttribute("tabindex", "-1");
  view.querySelector("h1")?.focus();
  say("bound");
}

view.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button || button.type === "submit") return;
  const { react: reaction, draft: kind, bind } = button.dataset;
  if (reaction === "rejected") {
    const form = box(button).querySelector("[data-reason]");
    form.hidden = !form.hidden;
    if (!form.hidden) form.querySelector("textarea").focus();
  } else if (reaction) busy(button, () => react(box(button), reaction));
  else if (kind) busy(button, () => compose(kind, button));
  else if (bind) busy(button, () => choose({ account_id: bind }));
  else if ("approve" in button.dataset) busy(draft(button), () => decide(draft(button), "approve"));
  else if ("openReject" in button.dataset) {
    const form = draft(button).querySelector("[data-reject]");
    form.hidden = !form.hidden;
    button.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) form.querySelector("textarea").focus();
  } else if ("copy" in button.dataset) busy(button, () => copy(draft(button).querySelector("[data-edit] textarea")));
});

view.addEventListener("input", (event) => {
  const form = event.target.closest("[data-edit]");
  if (form) form.querySelector("button:not([type])").disabled = event.target.value === event.target.defaultValue;
});

view.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  const data = Object.fromEntries(new FormData(form));
  if ("reason" in form.dataset) busy(form, () => react(box(form), "rejected", data.reason));
  else if ("edit" in form.dataset) busy(form, async () => {
    await save(draft(form));
    await again(draft(form).dataset.id);
    say("saved");
  });
  else if ("reject" in form.dataset) busy(form, () => decide(draft(form), "reject", data.reason));
  else if ("bindOther" in form.dataset) busy(form, () => choose(data));
  else if ("create" in form.dataset) busy(form, () => choose(Object.fromEntries(Object.entries(data).filter(([, value]) => value.trim()))));
});

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text.value);
  } catch { // a frame may be forbidden to: then it is selected, and the keyboard copies
    text.focus();
    text.select();
    if (!document.execCommand("copy")) return;
  }
  say("copied");
}

// A page that is looked at goes on; one that was left open ends by itself.
setInterval(async () => {
  if (document.hidden) return;
  try {
    token = (await api("/v1/sidebar/renewal", undefined, { method: "POST" })).token;
  } catch (error) {
    if (error.code === "over") say("over", true);
  }
}, 15 * 60 * 1000);

import("./sidebar_ask.js");
