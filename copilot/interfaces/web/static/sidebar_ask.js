// Asks about the account. The one place to put another way of asking into.
import { element, renderText } from "./answer.js";
import { Failure, account, api, finished, newKey, say } from "./sidebar.js";

const form = document.getElementById("ask");
const answer = document.getElementById("answer");
let conversation = null;

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const question = form.question.value.trim();
  if (!question || form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  say("working");
  try {
    const body = { question, account_id: account(), conversation_id: conversation };
    const work = await finished(await api("/v1/sidebar/questions", body, { key: newKey() }));
    conversation = work.answer.conversation_id;
    render(question, work.answer);
    form.reset();
    document.getElementById("said").hidden = true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(error.message, true);
  } finally {
    form.removeAttribute("aria-busy");
  }
});

function render(question, reply) {
  const text = element("div");
  const quotes = reply.citations.map((one) => {
    const place = [one.title, ...one.heading_path.filter((name) => name !== one.title)].join(" › ");
    return element("li", { id: `quote-${one.n}`, tabIndex: -1 }, element("b", { textContent: `[${one.n}] ${place}` }), element("q", { textContent: one.quote }));
  });
  answer.replaceChildren(element("p", {}, element("strong", { textContent: question })), text);
  renderText(text, reply.answer, reply.citations, (one) => document.getElementById(`quote-${one.n}`).focus());
  if (quotes.length) answer.append(element("ul", { className: "quotes" }, ...quotes));
  for (const choice of reply.choices.filter((one) => one.action === "ask")) {
    const button = element("button", { type: "button", className: "plain small", textContent: choice.label });
    button.addEventListener("click", () => {
      form.question.value = choice.payload.question;
      form.requestSubmit();
    });
    answer.append(button);
  }
}
