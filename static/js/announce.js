// One polite region for the whole page, at most one message in five seconds; the newest wins.

const plain = document.title;
let spoken = 0;
let timer = null;

export function tell(words, urgent = false) {
  const region = document.getElementById("announce");
  clearTimeout(timer);
  const wait = Math.max(0, spoken + 5000 - Date.now());
  timer = setTimeout(() => {
    spoken = Date.now();
    region.setAttribute("aria-live", urgent ? "assertive" : "polite");
    region.textContent = words;
  }, wait);
}

export function title(needs) {
  document.title = needs ? `(${needs}) ${plain}` : plain;
}
