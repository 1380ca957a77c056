// How far work in the background is, asked for again and again until it has ended; the page then tells what came of it.
const run = document.getElementById("run");
const overall = document.getElementById("overall");
const last = document.getElementById("last");
const said = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
let told = "";

async function look() {
  const reply = await fetch(run.dataset.address).catch(() => null);
  if (reply && !reply.ok) return location.reload(); // forgotten, or signed out: the page says so
  const state = reply ? await reply.json() : null;
  if (state && state.status !== "running") return location.reload();
  if (state) show(state);
  setTimeout(look, 1000);
}

function show(state) {
  const progress = state.total ? said(run.dataset.progress, state) : told;
  if (progress && progress !== told) overall.textContent = told = progress;
  const at = state.question || state.source;
  if (at && state.total) last.textContent = said(run.dataset.last, { source: at });
  const whole = run.querySelector("progress[data-whole]");
  if (whole) fill(whole, state);
  for (const stage of state.stages ?? []) {
    const bar = run.querySelector(`[data-stage="${stage.name}"]`);
    fill(bar, stage);
    bar.nextElementSibling.textContent = stage.eta_s === null ? "" : said(run.dataset.left, { seconds: Math.round(stage.eta_s) });
  }
}

function fill(bar, { done, total }) {
  bar.max = total || 1;
  bar.value = done;
}

setTimeout(look, 500);
