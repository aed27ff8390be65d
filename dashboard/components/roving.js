// Many buttons as one stop of the Tab key: arrows lead from one to the next, Home and End to the first and the last.

// root: holds the buttons; chosen: the place that the Tab key leads to, or null; columns: buttons in a row, or nothing where the width
// of the page decides.
export function rove(root, chosen, columns) {
  const all = [...root.querySelectorAll("button")];
  all.forEach((button, place) => { button.onfocus = () => stop(all, place); });
  stop(all, chosen ?? 0);
  root.onkeydown = (event) => {
    const row = columns ?? all.filter(({ offsetTop }) => offsetTop === all[0].offsetTop).length, last = all.length - 1;
    const at = all.indexOf(event.target), steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row };
    const to = event.key === "Home" ? 0 : event.key === "End" ? last : at + (steps[event.key] ?? NaN);
    if (event.ctrlKey || event.altKey || event.metaKey || at < 0 || Number.isNaN(to)) return;
    event.preventDefault();
    all[to]?.focus();
  };
}

function stop(all, place) {
  all.forEach((button, n) => { button.tabIndex = n === place ? 0 : -1; });
}

// Which button of the root has the focus, or -1.
export function focused(root, shadow) {
  return [...root.querySelectorAll("button")].indexOf(shadow.activeElement);
}
