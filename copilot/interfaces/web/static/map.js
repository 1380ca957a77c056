// The map of the knowledge: lifecycle stage, then topic and its documents.
import { element } from "./answer.js";
import { language, words } from "./words.js";

const chinese = language.startsWith("zh");
const titled = (node) => (chinese ? node.title : (node.title_en ?? node.title));

export async function drawMap(target, open) {
  const response = await fetch("/v1/navigation");
  if (!response.ok) return;
  const { stages } = await response.json();
  target.querySelectorAll("details").forEach((old) => old.remove());
  target.append(...stages.map((stage) => drawStage(stage, open)));
  target.hidden = stages.length === 0;
}

function drawStage(stage, open) {
  const count = new Set(stage.topics.flatMap((topic) => topic.documents.map((one) => one.id))).size;
  const summary = element(
    "summary",
    {},
    element("b", { textContent: titled(stage) }),
    element("span", { className: "soft", textContent: ` ${words.documents.replace("{n}", count)}` }),
  );
  return element("details", { name: "stage" }, summary, ...stage.topics.map((topic) => drawTopic(topic, open)));
}

function drawTopic(topic, open) {
  const list = element("ul");
  for (const one of topic.documents) {
    const button = element("button", { type: "button", className: "leaf", textContent: titled(one) });
    button.title = (chinese ? one.summary : one.summary_en) ?? "";
    button.addEventListener("click", () => open(one));
    list.append(element("li", {}, button));
  }
  return element("section", {}, element("h4", { textContent: titled(topic) }), list);
}
