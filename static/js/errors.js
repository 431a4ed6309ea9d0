// A part of a page that could not be had says so in its place: the server's own note, or that it was not reached.

const UNREACHED = "Signalbox was not reached. Try again when the connection is back.";

export function startErrors() {
  document.addEventListener("htmx:sendError", ({ detail }) => note(detail.target, UNREACHED));
}

// The text of an answer, or null after a note with the cause stands in the place that it was for.
export async function fetched(url, place) {
  const answer = await fetch(url, { headers: { "X-Region": "1" } }).catch(() => null);
  if (answer?.ok && !answer.redirected) return answer.text();
  if (!answer) note(place, UNREACHED);
  else if (answer.redirected) note(place, "You were signed out. Load the page again to sign in.");
  else place.innerHTML = await answer.text();
  return null;
}

function note(place, words) {
  const box = Object.assign(document.createElement("div"), { className: "note is-failed" });
  box.setAttribute("role", "alert");
  box.append(Object.assign(document.createElement("p"), { textContent: words }));
  place.replaceChildren(box);
}
