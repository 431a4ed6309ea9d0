// Sockets carry news, HTTP carries HTML. The socket says that a run stands at a number; what changed is asked for over
// HTTP, and each stale region is fetched from the URL that made it and morphed into place.

import { tell, title } from "./announce.js";

const page = document.body.dataset;
const run = page.run ? Number(page.run) : null;
let seq = Number(page.seq || 0);
let socket = null;
let tries = 0;
let heard = new Date();

export function startLive() {
  setNeeds();
  connect();
  addEventListener("online", () => socket?.readyState > 1 && connect());
  document.addEventListener("visibilitychange", () => document.hidden || (around(), lists()));
  document.addEventListener("pointerout", (event) => {
    const region = event.target.closest?.("[data-hold]");
    if (region && !region.contains(event.relatedTarget) && held.has(region)) show(region, held.get(region));
  });
}

// -- the socket --------------------------------------------------------------------------------------------------

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/live/${run ? `?run=${run}` : ""}`);
  socket.onopen = () => {
    tries = 0;
    banner("live", "Live");
    missed(); // on the first open too: something may have happened between the render and now
    lists();
    around();
  };
  socket.onmessage = ({ data }) => receive(JSON.parse(data));
  socket.onclose = ({ code }) => (code === 4401 ? out() : retry());
}

function receive(news) {
  heard = new Date();
  if ("dispatch" in news) return document.dispatchEvent(new CustomEvent("log-news", { detail: news }));
  if (news.run === run && news.seq > seq) missed();
  lists();
  around();
}

function retry() {
  tries += 1;
  const wait = Math.min(15, 2 ** Math.min(tries, 4) / 2) * (0.8 + Math.random() * 0.4);
  let left = Math.ceil(wait);
  const say = () =>
    tries > 4 ? banner("offline", `Offline, data from ${clock(heard)}`) : banner("retry", `Reconnecting (${left} s)`);
  say();
  const timer = setInterval(() => ((left -= 1), left > 0 && say()), 1000);
  setTimeout(() => (clearInterval(timer), connect()), wait * 1000);
}

const clock = (date) => date.toTimeString().slice(0, 5);

function banner(state, words) {
  const live = document.getElementById("live");
  if (live.dataset.state !== state) tell(words);
  live.dataset.state = state;
  live.querySelector(".live-word").textContent = words;
}

// -- fetching ----------------------------------------------------------------------------------------------------

// Never two at once; whoever asks meanwhile is served by one more turn. `gap` is the shortest time between turns. What
// could not be fetched is told, and asked for again.
function paced(act, gap) {
  let going = false;
  let again = false;
  return async function turn() {
    if (going) return void (again = true);
    going = true;
    do {
      again = false;
      const done = await act().then(() => true, () => false);
      refreshed(turn, done);
      if (!done && !signedOut) setTimeout(turn, AGAIN);
      if (gap) await new Promise((done) => setTimeout(done, gap * (0.8 + Math.random() * 0.4)));
    } while (again);
    going = false;
  };
}

const AGAIN = 5000;
const failing = new Set();
let signedOut = false;

function refreshed(turn, done) {
  if (done) failing.delete(turn);
  else failing.add(turn);
  if (signedOut || socket?.readyState !== WebSocket.OPEN) return; // the banner says that already
  if (failing.size) banner("offline", `Not refreshed, data from ${clock(heard)}`);
  else banner("live", "Live");
}

const missed = paced(async () => {
  if (!run) return;
  const { seq: now, regions } = await (await asked(`${page.changes}?since=${seq}`)).json();
  const stale = [...document.querySelectorAll("[data-region]")].filter((region) => isStale(region, regions));
  await Promise.all(stale.map(refresh));
  seq = Math.max(seq, now);
}, 0);

const isStale = (region, words) => {
  const on = region.dataset.on.split("\n").filter(Boolean);
  return on.length > 0 && (words.includes("*") || on.some((word) => words.includes(word)));
};

const lists = paced(
  () => Promise.all([...document.querySelectorAll('[data-region][data-on="*"]')].map(refresh)),
  500,
);

const around = paced(async () => {
  morph(document.getElementById("frame"), await (await asked(page.frame)).text());
  setNeeds();
}, 500);

// An answer that is what was asked for. Who was signed out keeps what is on the page and typed into it.
async function asked(url) {
  const answer = await fetch(url, { headers: { "X-Region": "1" } });
  if (answer.redirected) out();
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
  return answer;
}

function out() {
  signedOut = true;
  banner("offline", "Signed out");
}

const held = new Map();
const last = new WeakMap();

async function refresh(region) {
  const html = await (await asked(region.dataset.region)).text();
  if (last.get(region) === html) return;
  last.set(region, html);
  if ("hold" in region.dataset && region.matches(":hover, :focus-within") && isNew(region, html)) hold(region, html);
  else show(region, html);
}

function show(region, html) {
  held.delete(region);
  region.parentElement.querySelector(":scope > .more")?.remove();
  morph(region, html);
}

// Rows never move under the pointer: new ones wait behind a button, or until the pointer has left.
function hold(region, html) {
  held.set(region, html);
  let more = region.parentElement.querySelector(":scope > .more");
  if (!more) {
    more = Object.assign(document.createElement("button"), { className: "button more", type: "button" });
    more.addEventListener("click", () => show(region, held.get(region)));
    region.before(more);
  }
  more.textContent = `${isNew(region, html)} changed. Show`;
}

function isNew(region, html) {
  const ids = (root) => [...root.querySelectorAll("[data-row]")].map((row) => row.id);
  const before = ids(region);
  const after = ids(new DOMParser().parseFromString(html, "text/html"));
  return after.filter((id, at) => before[at] !== id).length + Math.max(0, before.length - after.length);
}

// What a person has opened, focused or typed outlives a morph.
function morph(element, html) {
  window.Idiomorph.morph(element, html, {
    morphStyle: "innerHTML",
    ignoreActiveValue: true,
    callbacks: { beforeAttributeUpdated: (name, node) => !(name === "open" && node.tagName === "DETAILS") },
  });
  window.htmx?.process(element);
  document.dispatchEvent(new Event("morphed"));
}

function setNeeds() {
  const needs = Number(document.querySelector("[data-needs]")?.dataset.needs || 0);
  const count = document.querySelector("[data-needs-count]");
  if (count && needs > Number(count.textContent)) tell(`${needs} need you`, true);
  if (count) [count.textContent, count.hidden] = [needs, needs === 0];
  title(needs);
}
