// Hands on a plane: a mouse, fingers, keys and the buttons above it.

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".plane");
  if (!root.plane) listen(root.plane = new Plane(root));
  root.plane.take(data, setTriggerValue);
  return () => {};
}

function listen(plane) {
  const { canvas, root } = plane, fingers = new Map();
  let travelled = 0;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, at(event));
    travelled = fingers.size > 1 ? Infinity : 0;
    plane.path = (plane.circling || event.shiftKey) && fingers.size === 1 ? [plane.onPlane(...at(event))] : null;
  };
  canvas.onpointermove = (event) => {
    const now = at(event), before = fingers.get(event.pointerId);
    if (!before) return event.pointerType === "mouse" && plane.point(now);
    travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (plane.path) {
      plane.path.push(plane.onPlane(...now));
      plane.draw();
    } else if (fingers.size === 1 && travelled > 4) {
      plane.tell(-1);
      plane.move(now[0] - before[0], now[1] - before[1]);
    } else if (fingers.size === 2) {
      const [, other] = [...fingers].find(([id]) => id !== event.pointerId);
      const apart = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
      plane.move((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
      plane.zoom(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
    fingers.set(event.pointerId, now);
  };
  canvas.onpointerup = (event) => {
    fingers.delete(event.pointerId);
    if (plane.path) return plane.closeCircle();
    if (travelled > 4) return;
    plane.point(at(event));
    if (plane.pointed >= 0) {
      plane.opened = plane.pointed;
      plane.draw();
      plane.trigger("opened", plane.pointed);
    }
  };
  canvas.onpointercancel = (event) => { fingers.delete(event.pointerId); plane.path = null; plane.draw(); };
  canvas.onpointerleave = (event) => {
    // a finger leaves as soon as it is lifted, and what it tapped stays told
    if (event.pointerType === "mouse" && !fingers.size && plane.pointed >= 0) { plane.tell(-1); plane.draw(); }
  };
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    plane.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), ...at(event));
  }, { passive: false });
  canvas.ondblclick = (event) => plane.zoom(2.5, ...at(event));
  canvas.onkeydown = (event) => {
    const keys = {
      ArrowLeft: () => plane.move(60, 0), ArrowRight: () => plane.move(-60, 0),
      ArrowUp: () => plane.move(0, 60), ArrowDown: () => plane.move(0, -60),
      "+": () => plane.zoom(1.6), "-": () => plane.zoom(1 / 1.6), 0: () => plane.whole(),
    };
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  };
  const does = {
    circle: (button) => {
      plane.circling = !plane.circling;
      button.setAttribute("aria-pressed", String(plane.circling));
      plane.tell(-1);
    },
    nearer: () => plane.zoom(1.8), farther: () => plane.zoom(1 / 1.8), whole: () => plane.whole(),
    clear: () => { plane.circle(""); plane.draw(); plane.trigger("circled", ""); },
  };
  for (const button of root.querySelectorAll("[data-does]")) button.onclick = () => does[button.dataset.does](button);
}
