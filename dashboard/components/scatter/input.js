// Input on a scatter: a mouse, fingers, keys and the buttons above it.

export function listen(scatter) {
  const { canvas, root } = scatter, fingers = new Map();
  let travelled = 0;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    travelled = fingers.size > 1 ? Infinity : 0;
    scatter.path = (scatter.circling || event.shiftKey) && fingers.size === 1 ? [scatter.toData(...at(event))] : null;
  };
  canvas.onpointermove = (event) => {
    const now = at(event), before = fingers.get(event.pointerId);
    if (!before) return event.pointerType === "mouse" && scatter.point(now);
    travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (scatter.path) {
      scatter.path.push(scatter.toData(...now));
      scatter.draw();
    } else if (fingers.size === 1 && travelled > 4) {
      scatter.tell(-1);
      scatter.move(now[0] - before[0], now[1] - before[1]);
    } else if (fingers.size === 2) {
      const [, other] = [...fingers].find(([id]) => id !== event.pointerId);
      const apart = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
      scatter.move((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      scatter.zoom(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
    fingers.set(event.pointerId, now);
  };
  canvas.onpointerup = (event) => {
    fingers.delete(event.pointerId);
    if (scatter.path) return scatter.closeCircle();
    if (travelled > 4) return;
    scatter.point(at(event));
    if (scatter.pointed >= 0) {
      scatter.opened = scatter.pointed;
      scatter.draw();
      scatter.trigger("opened", scatter.pointed);
    }
  };
  canvas.onpointercancel = (event) => { fingers.delete(event.pointerId); scatter.path = null; scatter.draw(); };
  canvas.onpointerleave = (event) => {
    // a finger leaves as soon as it is lifted, and the tooltip of what it tapped stays
    if (event.pointerType === "mouse" && !fingers.size && scatter.pointed >= 0) { scatter.tell(-1); scatter.draw(); }
  };
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    scatter.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), ...at(event));
  }, { passive: false });
  canvas.ondblclick = (event) => scatter.zoom(2.5, ...at(event));
  canvas.onkeydown = (event) => {
    const keys = {
      ArrowLeft: () => scatter.move(60, 0), ArrowRight: () => scatter.move(-60, 0),
      ArrowUp: () => scatter.move(0, 60), ArrowDown: () => scatter.move(0, -60),
      "+": () => scatter.zoom(1.6), "-": () => scatter.zoom(1 / 1.6), 0: () => scatter.whole(),
    };
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  };
  const does = {
    circle: (button) => {
      scatter.circling = !scatter.circling;
      button.setAttribute("aria-pressed", String(scatter.circling));
      scatter.tell(-1);
    },
    nearer: () => scatter.zoom(1.8), farther: () => scatter.zoom(1 / 1.8), whole: () => scatter.whole(),
    clear: () => { scatter.circle(""); scatter.draw(); scatter.trigger("circled", ""); },
  };
  for (const button of root.querySelectorAll("[data-does]")) button.onclick = () => does[button.dataset.does](button);
}
