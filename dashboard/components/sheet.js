// Buttons of an open digit: to the one before it, to the one after it, and on a phone, where it lies over the page, to close it.
//
// data: digit (its number, or null while none is open), opened (whether somebody opened it, and it was not only offered), before and
// after (numbers, or null). Triggers `moved`, a number, and `closed`. On a phone, what was clicked is scrolled out from under the
// sheet, Escape closes it, the focus is in it while it is there and then where it was, and so does the page, unless it was scrolled.

const SHEET = ".st-key-opened", ROOM = 12;
const onPhone = matchMedia("(max-width: 640px)"), calm = matchMedia("(prefers-reduced-motion: reduce)");
const page = () => document.querySelector("[data-testid=stMain]");
// what was clicked outside the sheet: its lower edge in the page, and its place among the buttons beside it
let clicked = null, shown = null, scrolled = null, close = null;

// a map hears of a finger before there is a click
for (const kind of ["pointerdown", "click"]) document.addEventListener(kind, (event) => {
  const path = event.composedPath(), target = path[0];
  if (!page()?.contains(event.target) || path.some((one) => one.matches?.(SHEET))) return;
  const button = path.find((one) => one.matches?.("button, canvas")) ?? target, box = button.getBoundingClientRect();
  const root = button.getRootNode();
  // of something large, such as a map, only the point counts
  const bottom = box.height < 200 ? box.bottom : event.clientY + 24;
  clicked = { bottom: bottom + page().scrollTop, root, place: [...root.querySelectorAll("button")].indexOf(button) };
}, true);

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && onPhone.matches) close?.();
});

function scroll(top) {
  page().scrollTo({ top, behavior: calm.matches ? "instant" : "smooth" });
}

// scrolls as far as needed, and remembers from where
function uncover(sheet) {
  if (!clicked) return;
  const from = page().scrollTop, covered = clicked.bottom - from - (innerHeight - sheet.offsetHeight - ROOM);
  if (covered <= 0) return;
  scrolled = { from: scrolled && near(scrolled.to) ? scrolled.from : from, to: from + covered };
  scroll(scrolled.to);
}

function near(top) {
  return Math.abs(page().scrollTop - top) < 3;
}

function restore() {
  if (scrolled && near(scrolled.to)) scroll(scrolled.from);
  clicked?.root.querySelectorAll("button")[clicked.place]?.focus({ preventScroll: true });
  scrolled = null;
}

function labelled(sign, name, kind, act) {
  const button = document.createElement("button");
  Object.assign(button, { textContent: sign, title: name, className: kind, onclick: act, disabled: !act });
  button.setAttribute("aria-label", name);
  return button;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".sheet");
  const sheet = () => (root.getRootNode().host ?? root).closest(SHEET);
  const move = (number) => number === null ? null : () => setTriggerValue("moved", number);
  const shut = data.opened ? () => { sheet()?.setAttribute("data-closing", ""); setTriggerValue("closed", true); } : null;
  close = shut;
  const moves = data.before === null && data.after === null ? [] : [
    labelled("‹", "Previous digit", "", move(data.before)),
    labelled("›", "Next digit", "", move(data.after)),
  ];
  root.replaceChildren(...moves, ...shut ? [labelled("×", "Close", "close", shut)] : []);
  // the page takes its new shape around this component
  requestAnimationFrame(() => requestAnimationFrame(() => {
    document.querySelector("[data-closing]")?.removeAttribute("data-closing");
    const now = data.opened ? data.digit : null, before = shown;
    shown = now;
    if (now === before) return;
    const current = sheet();
    // on a wide screen the column scrolls
    for (let one = current; one && one !== page(); one = one.parentElement) one.scrollTop = 0;
    if (!onPhone.matches) return;
    if (now === null) { restore(); return; }
    if (!current) return;
    uncover(current);
    root.querySelector(".close")?.focus({ preventScroll: true });
  }));
  return () => { if (close === shut) close = null; };
}
