// Keyboard shortcuts. They move, open, and take an answer back; none gives one. A person can switch them off.

import { remember } from "./forms.js";

let first = "";

export function startKeys() {
  const help = document.getElementById("help");
  const on = document.getElementById("keys-on");
  on?.addEventListener("change", () => {
    remember("keys", on.checked ? "on" : "off");
    if (on.checked) delete document.documentElement.dataset.keys;
    else document.documentElement.dataset.keys = "off";
  });
  document.querySelector("[data-help]")?.addEventListener("click", () => help.showModal());
  document.addEventListener("keydown", (event) => press(event, help));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-finding-by]");
    if (button) jump(Number(button.dataset.findingBy));
  });
  document.addEventListener("input", (event) => "filter" in event.target.dataset && filter(event.target.value));
}

function press(event, help) {
  const closed = event.target.closest("dialog:not([open])"); // it keeps the focus for a moment
  const busy = !closed && event.target.closest("input, textarea, select, dialog, [contenteditable]");
  if (busy || event.ctrlKey || event.metaKey || event.altKey || document.documentElement.dataset.keys === "off") return;
  const go = { i: "/", p: "/plans/", r: "/runs/" }[event.key];
  if (first === "g" && go) location.assign(go);
  else if (event.key === "?") help?.showModal();
  else if (event.key === "/") search(event);
  else if (event.key === "z") undo();
  else if (event.key === "[" || event.key === "]") document.querySelector(`[data-key="${event.key}"]`)?.click();
  else if (event.key === "j" || event.key === "k") move(event.key === "j" ? 1 : -1);
  else if (event.key === "n" || event.key === "N") jump(event.key === "n" ? 1 : -1);
  else if (event.key === "Enter" && event.target === document.body) here()?.querySelector("a")?.click();
  first = event.key === "g" ? "g" : "";
}

function search(event) {
  const box = document.querySelector("[data-filter]");
  if (!box) return;
  event.preventDefault();
  box.focus();
}

// The answer that was given last, while it has not applied.
function undo() {
  [...document.querySelectorAll("[data-undo]")].at(-1)?.click();
}

const rows = () => [...document.querySelectorAll("[data-rows] [data-row]:not([hidden])")];
const here = () => document.querySelector("[data-row].is-here");

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(here());
  all[at]?.classList.remove("is-here");
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  next.classList.add("is-here");
  next.scrollIntoView({ block: "nearest" });
  next.querySelector("a")?.focus({ preventScroll: true });
}

// The finding after, or before, the one that was jumped to last; from the last one to the first.
function jump(by) {
  const all = [...document.querySelectorAll("[data-finding]")];
  if (!all.length) return;
  const at = all.findIndex((finding) => finding.classList.contains("is-here"));
  const next = all[(at + (at < 0 && by < 0 ? 0 : by) + all.length) % all.length];
  all[at]?.classList.remove("is-here");
  next.classList.add("is-here");
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center" });
}

function filter(words) {
  for (const row of document.querySelectorAll("[data-rows] [data-row]")) {
    row.hidden = !row.textContent.toLowerCase().includes(words.toLowerCase());
  }
}
