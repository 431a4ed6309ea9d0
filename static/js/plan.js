// A plan's page: the step that is meant and its lines are both in sight, each in its own panel.

export function startPlan() {
  for (const panel of document.querySelectorAll(".source, .parsed")) {
    const meant = panel.querySelector(".is-hit") ?? panel.querySelector(".is-own");
    if (!meant) continue;
    const top = meant.getBoundingClientRect().top - panel.getBoundingClientRect().top;
    if (top < 0 || top > panel.clientHeight - 60) panel.scrollTop += top;
  }
}
