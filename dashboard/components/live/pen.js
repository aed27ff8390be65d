// Follows the pen on the canvas, whose drawing another component keeps: strokes as they grow, in pixels of the canvas.

// Calls `moved(places, finished, event)` for each place of the pen, places [[x, y], ...] of its stroke so far; returns what stops it.
// The canvas hears of the pen once a frame; where the browser tells of it at once, the place that is still to come is the last.
export function followPen(moved) {
  let stroke = null, canvas = null;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * (canvas.offsetWidth / box.width), (event.clientY - box.top) * (canvas.offsetHeight / box.height)];
  };
  const down = (event) => {
    const target = event.composedPath()[0];
    if (!target.classList?.contains("upper-canvas") || !event.isPrimary || event.button) return;
    canvas = target;
    stroke = [at(event)];
    moved(stroke, false, event);
  };
  const hurry = (event) => {
    if (stroke && event.isPrimary) moved([...stroke, at(event)], false, event);
  };
  const move = (event) => {
    if (!stroke || !event.isPrimary) return;
    stroke.push(at(event));
    moved(stroke, false, event);
  };
  const up = (event) => {
    if (!stroke || !event.isPrimary) return;
    moved(stroke, true, event);
    stroke = null;
  };
  const heard = { pointerdown: down, pointerrawupdate: hurry, pointermove: move, pointerup: up, pointercancel: up };
  for (const [kind, function_] of Object.entries(heard)) document.addEventListener(kind, function_, true);
  return () => { for (const [kind, function_] of Object.entries(heard)) document.removeEventListener(kind, function_, true); };
}
