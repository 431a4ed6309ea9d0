// A log grows by range: on news of more bytes, at most ten times a second, the part behind the known end is fetched.

const MOST_LINES = 2000;

export function startLog() {
  const log = document.getElementById("log");
  if (!log) return;
  const jump = document.querySelector("[data-log-jump]");
  let end = Number(log.dataset.from);
  let fresh = 0;
  let going = false;
  let wanted = end;

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 48;
  const toEnd = () => {
    log.scrollTop = log.scrollHeight;
    fresh = 0;
    jump.hidden = true;
  };

  async function more() {
    if (going) return;
    going = true;
    while (wanted > end) {
      const answer = await fetch(`${log.dataset.log}?from=${end}`).catch(() => null);
      if (!answer?.ok) break;
      const now = Number(answer.headers.get("X-Log-End"));
      if (now <= end) break;
      end = now;
      append(await answer.text());
      await new Promise((done) => setTimeout(done, 100));
    }
    going = false;
  }

  function append(html) {
    const follow = atEnd();
    const before = count();
    log.insertAdjacentHTML("beforeend", html);
    fresh += count() - before;
    if (follow) trim();
    if (follow) toEnd();
    else [jump.hidden, jump.querySelector("span").textContent] = [false, `(${fresh} new)`];
  }

  const count = () => [...log.children].reduce((sum, block) => sum + Number(block.dataset.lines), 0);

  function trim() {
    let lines = count();
    while (lines > MOST_LINES && log.children.length > 1) {
      lines -= Number(log.firstElementChild.dataset.lines);
      log.firstElementChild.remove();
    }
  }

  document.addEventListener("log-news", ({ detail }) => {
    if (String(detail.dispatch) !== log.dataset.dispatch) return;
    wanted = Math.max(wanted, detail.size);
    more();
  });
  jump.addEventListener("click", () => (trim(), toEnd()));
  log.addEventListener("scroll", () => atEnd() && (jump.hidden = true));
  document.querySelector("[data-log-errors]")?.addEventListener("change", (event) => {
    log.classList.toggle("is-errors", event.target.checked);
  });
  trim();
  toEnd();
}
