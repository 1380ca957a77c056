// Lists what /openapi.json describes. A small page of our own: the usual ones need inline scripts or a CDN.
function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const schema = await (await fetch("/openapi.json")).json();
const routes = document.getElementById("routes");

function resolve(node) {
  return node?.$ref ? schema.components.schemas[node.$ref.split("/").pop()] : node;
}

function shape(node, depth = 0) {
  const found = resolve(node);
  if (found?.type === "array") return [shape(found.items, depth)];
  if (!found?.properties || depth > 2) return found?.enum?.join("|") ?? found?.type ?? found?.anyOf?.map((one) => one.type ?? "…").join("|") ?? "…";
  return Object.fromEntries(Object.entries(found.properties).map(([name, value]) => [name, shape(value, depth + 1)]));
}

for (const [path, verbs] of Object.entries(schema.paths)) {
  for (const [verb, route] of Object.entries(verbs)) {
    const box = element(
      "section",
      { className: "route" },
      element("h2", {}, element("code", { className: "verb", textContent: verb.toUpperCase() }), element("code", { textContent: path })),
      element("p", { textContent: route.description ?? "" }),
    );
    const parameters = (route.parameters ?? []).map((one) => `${one.name}${one.required ? "" : "?"}`).join(", ");
    if (parameters) box.append(element("p", { className: "soft", textContent: `parameters: ${parameters}` }));
    const body = route.requestBody?.content?.["application/json"]?.schema;
    if (body) box.append(element("pre", { textContent: JSON.stringify(shape(body), null, 1) }));
    const reply = Object.entries(route.responses).find(([status]) => status.startsWith("2"))?.[1].content?.["application/json"]?.schema;
    if (reply) box.append(element("details", {}, element("summary", { textContent: "response" }), element("pre", { textContent: JSON.stringify(shape(reply), null, 1) })));
    routes.append(box);
  }
}
