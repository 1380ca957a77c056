// Comfort around drafts: a preview while typing, a warning before unsaved text is left, a button to print.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

for (const field of document.querySelectorAll("textarea[data-preview]")) {
  const shown = document.getElementById(field.dataset.preview);
  let waiting = 0;
  let newest = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const turn = ++newest;
      const answer = await fetch("/app/drafts/preview", { method: "POST", body: new URLSearchParams({ content: field.value }) }).catch(() => null);
      // An answer that comes after a later one, or is an error page, would show something else than the field.
      if (!answer?.ok || answer.redirected || turn !== newest) return;
      // Parsed apart from the page: nothing in it runs or loads before it stands there, and the server has cleaned it.
      shown.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
    }, 300);
  });
}

for (const form of document.querySelectorAll("form[data-keeps]")) {
  let changed = "changed" in form.dataset;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}
