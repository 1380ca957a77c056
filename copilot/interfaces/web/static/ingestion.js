// How far an ingestion is, asked for again and again until it has ended; the page then tells what became of each item.
const run = document.getElementById("run");
const overall = document.getElementById("overall");
const last = document.getElementById("last");
const said = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
let told = "";

async function look() {
  const reply = await fetch(`/v1/ingestions/${encodeURIComponent(run.dataset.id)}`).catch(() => null);
  if (reply && !reply.ok) return location.reload(); // forgotten, or signed out: the page says so
  const state = reply ? await reply.json() : null;
  if (state && state.status !== "running") return location.reload();
  if (state) show(state);
  setTimeout(look, 1000);
}

function show(state) {
  const progress = state.total ? said(run.dataset.progress, state) : told;
  if (progress && progress !== told) overall.textContent = told = progress;
  if (state.source) last.textContent = said(run.dataset.last, state);
  for (const stage of state.stages) {
    const bar = run.querySelector(`[data-stage="${stage.name}"]`);
    bar.max = stage.total || 1;
    bar.value = stage.done;
    bar.nextElementSibling.textContent = stage.eta_s === null ? "" : said(run.dataset.left, { seconds: Math.round(stage.eta_s) });
  }
}

setTimeout(look, 500);
