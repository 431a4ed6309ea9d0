// Times that go on by themselves: how long ago, and how long until an answer applies.

export function startClocks() {
  tick();
  setInterval(tick, 15_000);
  setInterval(countdowns, 250);
  document.addEventListener("morphed", () => (tick(), countdowns()));
}

function tick() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const words = span((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== words) time.textContent = words;
  }
}

// The same units as the server's `span`.
function span(seconds) {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d`;
}

function countdowns() {
  for (const due of document.querySelectorAll("[data-due]")) {
    const left = Math.ceil(Number(due.dataset.due) - Date.now() / 1000);
    const words = left > 0 ? `${left} s` : "a moment";
    if (due.textContent !== words) due.textContent = words;
  }
}
