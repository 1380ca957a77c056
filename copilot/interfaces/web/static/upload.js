// Says what cannot be sent before it is sent, and takes files that are dropped.
const form = document.getElementById("upload");
const input = document.getElementById("files");
const chosen = document.getElementById("chosen");
const send = form.querySelector("button");
const drop = form.querySelector(".drop");
const { mostBytes, mostFiles, formats } = form.dataset;
const known = new Set(formats.split(" "));
const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
const size = (bytes) => (bytes < 1048576 ? `${number.format(bytes / 1024)} kB` : `${number.format(bytes / 1048576)} MB`);
const said = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
const ending = (name) => name.slice(name.lastIndexOf(".")).toLowerCase();
const names = (files) => files.map((one) => one.name).slice(0, 5).join(", ");

function line(text, kind) {
  const shown = document.createElement("p");
  shown.className = kind;
  shown.textContent = text;
  chosen.append(shown);
}

function look() {
  const files = [...input.files];
  const bytes = files.reduce((sum, one) => sum + one.size, 0);
  const words = form.dataset;
  chosen.replaceChildren();
  if (!files.length) return;
  line(said(words.chosen, { count: files.length, size: size(bytes) }), "soft");
  const unread = files.filter((one) => !known.has(ending(one.name)));
  const empty = files.filter((one) => one.size === 0);
  const large = bytes > Number(mostBytes);
  const many = files.length > Number(mostFiles);
  if (large) line(said(words.large, { size: size(bytes), most: size(Number(mostBytes)) }), "failure");
  if (many) line(said(words.many, { most: mostFiles }), "failure");
  if (unread.length) line(said(words.unread, { names: names(unread) }), "notice");
  if (empty.length) line(said(words.empty, { names: names(empty) }), "notice");
  send.disabled = large || many;
}

input.addEventListener("change", look);
drop.addEventListener("dragover", (event) => { event.preventDefault(); drop.classList.add("over"); });
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  input.files = event.dataTransfer.files;
  look();
});
look();
