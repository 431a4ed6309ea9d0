// Forms: one press is one post, and a card shows the fields that the picked option asks for.

import { fetched } from "./errors.js";

export function startForms() {
  document.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    if (event.target.dataset.sent) return event.preventDefault();
    event.target.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => document.querySelectorAll("[data-sent]").forEach((form) => delete form.dataset.sent));
  for (const here of document.querySelectorAll("[data-here]")) here.value = location.pathname;
  document.addEventListener("morphed", () => {
    for (const here of document.querySelectorAll("[data-here]")) here.value = location.pathname;
  });
  startCard(document.getElementById("choose"));
  startApproval(document.querySelector("[data-recount]"));
  startThemes();
  startMenus();
}

function startCard(form) {
  if (!form) return;
  const fields = [...form.querySelectorAll("[data-for]")];
  const commit = form.querySelector(".commit button");
  const words = commit.textContent;
  const pick = () => {
    const option = form.querySelector('[name="option"]:checked');
    for (const field of fields) field.hidden = !option || !field.dataset.for.split(" ").includes(option.value);
    for (const word of form.querySelectorAll("[data-word]")) word.hidden = word.dataset.word !== option?.value;
    for (const radio of form.querySelectorAll('[name^="item-"]')) radio.disabled = option?.value !== "confirm";
    const needs = option ? option.dataset.needs.split(" ") : [];
    for (const name of ["instructions", "reason"]) form.elements[name].required = needs.includes(name);
    form.querySelector("[data-reason-note]").textContent = needs.includes("reason") ? "needed, kept in the record" : "kept in the record";
    const label = option?.closest("label").querySelector("b").textContent;
    commit.textContent = label ? `${words}: ${label}` : words;
  };
  form.addEventListener("change", pick);
  pick();
}

// Ticking a step recounts the whole plan, and the receipt that approving it would bind. Until the new receipt is here
// nothing can be approved: what is sent is what was read.
function startApproval(form) {
  if (!form) return;
  let asked = 0;
  const recount = async () => {
    const mine = ++asked;
    const total = document.getElementById("region-total");
    for (const button of total.querySelectorAll("button")) button.disabled = true;
    const query = new URLSearchParams(new FormData(form));
    for (const name of ["csrfmiddlewaretoken", "digest"]) query.delete(name);
    query.set("region", "total");
    const html = await fetched(`${form.dataset.recount}?${query}`, total);
    if (html !== null && mine === asked) total.innerHTML = html;
  };
  form.addEventListener("change", recount);
  addEventListener("pageshow", recount); // a browser that goes back restores the ticks, but not what they came to
}

function startThemes() {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.addEventListener("click", () => {
      remember("theme", button.dataset.themeChoice);
      document.documentElement.dataset.theme = button.dataset.themeChoice;
    });
  }
}

export function remember(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`;
}

function startMenus() {
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => close(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) (close(), menu.querySelector("summary").focus());
  });
}
