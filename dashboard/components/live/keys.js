// A pen for the keyboard: arrow keys move it over the canvas, the space bar lowers and lifts it. It draws by the events of a mouse,
// so the canvas, and whoever follows its pen, need not know.

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
// pixels of the canvas in each frame, and with the shift key
const KEY_STEP = 4, FINE_STEP = 1;

// While `button` has the focus its keys move the pen, which is shown by `mark`; returns what stops it
export function followKeys(button, mark) {
  const pen = { button, mark, held: new Set(), fine: false, down: false, x: null, y: null, frame: null, canvas: null };
  const heard = {
    focus: () => takeUp(pen),
    blur: () => putDown(pen),
    keydown: (event) => keyPressed(pen, event),
    keyup: (event) => { pen.held.delete(event.key); pen.fine = event.shiftKey; },
  };
  for (const [kind, function_] of Object.entries(heard)) button.addEventListener(kind, function_);
  return () => {
    putDown(pen);
    for (const [kind, function_] of Object.entries(heard)) button.removeEventListener(kind, function_);
  };
}

// The canvas stands in the shadow of another component, and is another one after each clearing
function canvasOf(button) {
  for (const host of button.ownerDocument.querySelectorAll(".st-key-pad *")) {
    const canvas = host.shadowRoot?.querySelector("canvas.upper-canvas");
    if (canvas) return canvas;
  }
  return null;
}

function takeUp(pen) {
  pen.canvas = canvasOf(pen.button);
  if (!pen.canvas) return;
  pen.x ??= pen.canvas.offsetWidth / 2;
  pen.y ??= pen.canvas.offsetHeight / 4;
  pen.canvas.scrollIntoView({ block: "nearest" });
  showMark(pen);
}

function putDown(pen) {
  if (pen.down) lower(pen, false);
  pen.held.clear();
  pen.mark.hidden = true;
}

function keyPressed(pen, event) {
  const { key } = event;
  if (key in MOVES) pen.held.add(key);
  else if (key === "Escape") return pen.button.blur();
  else if (key !== " ") return;
  event.preventDefault();
  pen.fine = event.shiftKey;
  if (!pen.canvas?.isConnected) takeUp(pen);
  if (!pen.canvas) return;
  if (key === " " && !event.repeat) lower(pen, !pen.down);
  if (pen.held.size) pen.frame ??= requestAnimationFrame(() => movePen(pen));
}

function lower(pen, down) {
  pen.down = down;
  dispatchPen(pen, down ? "down" : "up");
  showMark(pen);
}

function movePen(pen) {
  pen.frame = null;
  if (!pen.held.size) return;
  const step = pen.fine ? FINE_STEP : KEY_STEP, { offsetWidth, offsetHeight } = pen.canvas;
  for (const key of pen.held) {
    pen.x = Math.min(Math.max(pen.x + step * MOVES[key][0], 0), offsetWidth);
    pen.y = Math.min(Math.max(pen.y + step * MOVES[key][1], 0), offsetHeight);
  }
  if (pen.down) dispatchPen(pen, "move");
  showMark(pen);
  pen.frame = requestAnimationFrame(() => movePen(pen));
}

function dispatchPen(pen, act) {
  const { left, top, scale } = placeOf(pen);
  const place = { clientX: left + pen.x * scale, clientY: top + pen.y * scale };
  const same = { ...place, bubbles: true, composed: true, cancelable: true, buttons: act === "up" ? 0 : 1 };
  pen.canvas.dispatchEvent(new PointerEvent(`pointer${act}`, { ...same, isPrimary: true, pointerType: "mouse" }));
  pen.canvas.dispatchEvent(new MouseEvent(`mouse${act}`, same));
}

function placeOf({ canvas }) {
  const box = canvas.getBoundingClientRect();
  return { left: box.left, top: box.top, scale: box.width / canvas.offsetWidth };
}

function showMark(pen) {
  const { left, top, scale } = placeOf(pen);
  pen.mark.hidden = false;
  pen.mark.classList.toggle("down", pen.down);
  pen.mark.style.translate = `${left + pen.x * scale}px ${top + pen.y * scale}px`;
}
