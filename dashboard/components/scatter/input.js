// Input on a scatter: a mouse, fingers, keys and the buttons above it.

// pixels that a finger may tremble in a click
const STILL = 4;

export function listen(scatter) {
  const { canvas, root } = scatter, pointers = new Pointers(scatter);
  canvas.onpointerdown = (event) => pointers.down(event);
  canvas.onpointermove = (event) => pointers.move(event);
  canvas.onpointerup = (event) => pointers.up(event);
  canvas.onpointercancel = (event) => pointers.cancel(event);
  canvas.onpointerleave = (event) => pointers.leave(event);
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    scatter.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), ...positionOn(canvas, event));
  }, { passive: false });
  canvas.ondblclick = (event) => scatter.zoom(2.5, ...positionOn(canvas, event));
  const keys = keyActions(scatter), buttons = buttonActions(scatter);
  canvas.onkeydown = (event) => {
    if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
  };
  for (const button of root.querySelectorAll("[data-does]")) {
    button.onclick = () => buttons[button.dataset.does](button);
  }
}

const keyActions = (scatter) => ({
  ArrowLeft: () => scatter.move(60, 0), ArrowRight: () => scatter.move(-60, 0),
  ArrowUp: () => scatter.move(0, 60), ArrowDown: () => scatter.move(0, -60),
  "+": () => scatter.zoom(1.6), "-": () => scatter.zoom(1 / 1.6), 0: () => scatter.whole(),
});

const buttonActions = (scatter) => ({
  circle: (button) => {
    scatter.circling = !scatter.circling;
    button.setAttribute("aria-pressed", String(scatter.circling));
    scatter.tell(-1);
  },
  nearer: () => scatter.zoom(1.8), farther: () => scatter.zoom(1 / 1.8), whole: () => scatter.whole(),
  clear: () => { scatter.circle(""); scatter.draw(); scatter.trigger("circled", ""); },
});

// Where on the canvas an event is, in pixels from its corner.
function positionOn(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

// A mouse or fingers: one moves the points or circles some, two zoom, a click opens a point.
class Pointers {
  constructor(scatter) {
    this.scatter = scatter;
    this.held = new Map();
    this.travelled = 0;
  }

  down(event) {
    const { scatter } = this, now = positionOn(scatter.canvas, event);
    scatter.canvas.setPointerCapture(event.pointerId);
    this.held.set(event.pointerId, now);
    this.travelled = this.held.size > 1 ? Infinity : 0;
    scatter.path = (scatter.circling || event.shiftKey) && this.held.size === 1 ? [scatter.toData(...now)] : null;
    if (scatter.path) scatter.tell(-1);
  }

  move(event) {
    const { scatter } = this, now = positionOn(scatter.canvas, event), before = this.held.get(event.pointerId);
    if (!before) {
      // while circling, a card would lie on what is circled
      if (event.pointerType === "mouse" && !scatter.circling) scatter.point(now);
      return;
    }
    this.travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (scatter.path) {
      scatter.path.push(scatter.toData(...now));
      scatter.draw();
    } else if (this.held.size === 1 && this.travelled > STILL) {
      scatter.tell(-1);
      scatter.move(now[0] - before[0], now[1] - before[1]);
    } else if (this.held.size === 2) this.pinch(event.pointerId, before, now);
    this.held.set(event.pointerId, now);
  }

  pinch(moving, before, now) {
    const [, other] = [...this.held].find(([id]) => id !== moving);
    const apart = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
    this.scatter.move((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
    this.scatter.zoom(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
  }

  up(event) {
    const { scatter } = this;
    this.held.delete(event.pointerId);
    if (scatter.path) {
      scatter.closeCircle();
      return;
    }
    if (this.travelled > STILL) return;
    scatter.point(positionOn(scatter.canvas, event));
    if (scatter.pointed < 0) return;
    scatter.opened = scatter.pointed;
    scatter.draw();
    scatter.trigger("opened", scatter.pointed);
  }

  cancel(event) {
    this.held.delete(event.pointerId);
    this.scatter.path = null;
    this.scatter.draw();
  }

  leave(event) {
    // a finger leaves as soon as it is lifted, and the tooltip of what it tapped stays
    if (event.pointerType !== "mouse" || this.held.size || this.scatter.pointed < 0) return;
    this.scatter.tell(-1);
    this.scatter.draw();
  }
}
