// The chat page: asks, streams, cites.
import { element, renderText, sourceList, whyBox } from "./answer.js";
import { events } from "./stream.js";
import { drawMap } from "./map.js";
import { label, words } from "./words.js";

const at = (id) => document.getElementById(id);
let conversation = null;
let running = null;

label();
at("question").placeholder = words.placeholder;
at("question").setAttribute("aria-label", words.placeholder);
at("examples").append(...chips(words.examples.map((example) => [example, example])).children);

at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) running.abort();
  else ask(at("question").value);
});
at("question").addEventListener("keydown", (event) => {
  // While an input method composes Chinese, Enter picks a word and must not send.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (!running) ask(at("question").value);
  }
});
at("question").addEventListener("input", grow);
at("close").addEventListener("click", () => at("dialog").close());

async function ask(text) {
  const question = text.trim();
  if (!question || running) return;
  at("welcome").hidden = true;
  at("question").value = "";
  grow();
  const reply = element("div", { className: "reply" }, element("p", { className: "status", textContent: words.searching }));
  at("turns").append(
    element("article", { className: "turn" }, element("p", { className: "asked", textContent: question }), reply),
  );
  reply.scrollIntoView({ block: "end" });
  running = new AbortController();
  at("send").textContent = words.stop;
  try {
    await follow(question, reply, running.signal);
  } catch (error) {
    fail(reply, error.name === "AbortError" ? words.stopped : words.offline);
  } finally {
    running = null;
    at("send").textContent = words.ask;
    at("question").focus();
  }
}

async function follow(question, reply, signal) {
  let text = "";
  for await (const { name, data } of events("/v1/ask/stream", { question, conversation_id: conversation }, signal)) {
    if (name === "status") {
      // Withdrawn: what was shown so far is not the answer; the whole of it follows.
      if (data.stage === "withdrawn") text = "";
      const status = reply.querySelector(".status");
      if (status) status.textContent = words[data.stage] ?? data.stage;
    }
    if (name === "delta") renderText(reply, (text += data.text), [], show);
    if (name === "error") return fail(reply, data.detail);
    if (name === "done") return finish(reply, data);
  }
  return fail(reply, words.offline);
}

function finish(reply, answer) {
  conversation = answer.conversation_id;
  reply.classList.toggle("abstained", answer.status === "abstained");
  renderText(reply, answer.answer, answer.citations, show);
  if (answer.citations.length) reply.append(sourceList(answer.citations, show));
  if (answer.explanation) reply.append(whyBox(answer.explanation));
  // Other actions belong to surfaces that this page does not have.
  const picks = answer.choices.filter((choice) => choice.action === "ask");
  if (picks.length) reply.append(chips(picks.map((choice) => [choice.label, choice.payload.question])));
  at("live").textContent = answer.answer;
  reply.scrollIntoView({ block: "nearest" });
}

function chips(pairs) {
  const list = element("ul", { className: "chips" });
  for (const [name, question] of pairs) {
    const chip = element("button", { type: "button", className: "chip", textContent: name });
    chip.addEventListener("click", () => ask(question));
    list.append(element("li", {}, chip));
  }
  return list;
}

function fail(reply, message) {
  reply.classList.add("failed");
  reply.replaceChildren(element("p", { textContent: message }));
  at("live").textContent = message;
}

async function fetchDocument(id, version) {
  const chosen = version ? `?version=${version}` : "";
  const response = await fetch(`/v1/documents/${encodeURIComponent(id)}${chosen}`);
  return response.ok ? response.json() : null;
}

function entitle(title, version) {
  at("sheet-title").textContent = `${title} · ${words.version.replace("{n}", version)}`;
}

async function browse(entry) {
  const found = await fetchDocument(entry.id);
  if (!found) return;
  entitle(found.title, found.version);
  at("sheet-text").textContent = found.text;
  at("dialog").showModal();
  at("sheet-text").scrollTop = 0;
}

async function show(citation) {
  const found = await fetchDocument(citation.document_id, citation.version);
  entitle(citation.title, citation.version);
  const quote = element("mark", { textContent: citation.quote });
  // Offsets count characters as Python does; JavaScript counts UTF-16 units.
  const characters = found ? [...found.text] : [];
  at("sheet-text").replaceChildren(
    found ? characters.slice(0, citation.start).join("") : "",
    quote,
    found ? characters.slice(citation.end).join("") : "",
  );
  at("dialog").showModal();
  quote.scrollIntoView({ block: "center" });
}

function grow() {
  const box = at("question");
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight + 2}px`;
}

async function watchState() {
  try {
    const state = await (await fetch("/readyz")).json();
    at("state").textContent = state.status === "ready" ? words.ready : `${words[state.status]} · ${state.detail ?? ""}`;
    if (state.status === "ready") return drawMap(at("map"), browse);
  } catch {
    at("state").textContent = words.failed;
  }
  setTimeout(watchState, 1500);
}

watchState();
