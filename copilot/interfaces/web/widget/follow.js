// One question from asking to its end, over as many connections as it takes. The server keeps what was told, so a
// connection that breaks loses nothing and repeats nothing.
import { readEvents } from "./events.js";
import { Problem } from "./session.js";

const SILENCE_MS = 35_000; // three signs of life that did not come
const TRIES = 7;
const WAITS_MS = [300, 1000, 2000, 4000, 8000, 8000, 8000];

// Yields events; `told(state)` hears of "connected" and "reconnecting". Throws what cannot be mended by trying again.
export async function* follow(session, body, signal, told) {
  let last = null;
  for (let tries = 0; ; ) {
    const connection = new AbortController();
    const end = () => connection.abort();
    let timer;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(end, SILENCE_MS);
    };
    let broke = new Problem(0, "unreachable", "");
    signal.addEventListener("abort", end);
    // A page that is put aside for going back must hold no connection; it goes on when the page is shown again.
    addEventListener("pagehide", end);
    try {
      alive();
      const headers = last ? { "Last-Event-ID": last } : {};
      const response = await session.open("/v1/ask/stream", { method: "POST", body, headers, signal: connection.signal });
      told("connected");
      for await (const event of readEvents(response.body)) {
        alive();
        tries = 0;
        if (event.id) last = event.id;
        if (event.name === "ping") continue;
        yield event;
        if (event.name === "done" || event.name === "error") return;
      }
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof Problem) {
        if (error.status < 500) throw error;
        broke = error;
      }
    } finally {
      clearTimeout(timer);
      connection.abort();
      signal.removeEventListener("abort", end);
      removeEventListener("pagehide", end);
    }
    if (tries >= TRIES && navigator.onLine) throw broke;
    told("reconnecting");
    await pause(WAITS_MS[Math.min(tries, WAITS_MS.length - 1)] * (0.8 + Math.random() * 0.4), signal);
    tries += 1;
  }
}

// Waits, but not when the network has just come back, and for as long as there is none.
function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const timer = navigator.onLine ? setTimeout(done, ms) : null;
    addEventListener("online", done);
    signal.addEventListener("abort", gone);
    function done() {
      clear();
      resolve();
    }
    function gone() {
      clear();
      reject(new DOMException("stopped", "AbortError"));
    }
    function clear() {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", gone);
    }
  });
}
