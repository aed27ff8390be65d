// A plane of points: moved, zoomed, pointed at, tapped and circled; close by, points become their pictures.
//
// data: id (changes with the positions), positions (base64 of uint16 pairs, y downwards), colours (base64 of a uint8 each),
// palette ([r, g, b, a] by colour), layered (later colours lie above), large (colours of larger points), legend (names by colour; or {low, high, none} of a
// scale, which begins at colour 1, and of colour 0), circled (corners as text), opened.
// Pictures are asked for by the event "plane:wanted" on the document and come by "plane:pictures": a rerun for each
// would send the positions again.

const POINTED = 14;      // pixels within which a point is pointed at
const CLOSE = 350;       // points in sight below which they become pictures
const BATCH = 250;       // pictures asked for at once
const KEPT = 6000;       // pictures kept
const CELLS = 128;       // a side of the grid in which points are looked up
const CORNERS = 48;      // of a circle at most
const FULL = 65535;

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".plane");
  root.plane ??= new Plane(root);
  root.plane.take(data, setTriggerValue);
  return () => {};
}

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const packed = ([r, g, b, a]) => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;

class Plane {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.pen = this.canvas.getContext("2d");
    this.told = root.querySelector(".told");
    this.pictures = new Map();
    this.fingers = new Map();
    this.hidden = new Set();
    this.circling = false;
    this.pointed = -1;
    this.listen();
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    const receive = (event) => {
      if (root.isConnected) this.receive(event.detail);
      else document.removeEventListener("plane:pictures", receive);
    };
    document.addEventListener("plane:pictures", receive);
  }

  take(data, trigger) {
    this.trigger = trigger;
    if (data.id !== this.id) {
      this.id = data.id;
      this.place(new Uint16Array(bytes(data.positions).buffer));
      if (this.data !== data.digits) this.pictures.clear();
      this.data = data.digits;
      this.whole();
    }
    this.colours = bytes(data.colours);
    this.palette = data.palette;
    this.sequence = data.layered ? this.layers() : null;
    this.large = data.large;
    this.opened = data.opened ?? -1;
    if (data.legend !== undefined) this.legend(data.legend);
    this.circle(data.circled);
    this.draw();
  }

  // -- the points ----------------------------------------------------------------------------------------------------

  place(pairs) {
    const count = pairs.length / 2;
    this.count = count;
    this.x = new Float32Array(count);
    this.y = new Float32Array(count);
    this.starts = new Uint32Array(CELLS * CELLS + 1);
    const cells = new Uint16Array(count);
    for (let n = 0; n < count; n++) {
      this.x[n] = pairs[2 * n] / FULL;
      this.y[n] = pairs[2 * n + 1] / FULL;
      cells[n] = this.cell(this.y[n]) * CELLS + this.cell(this.x[n]);
      this.starts[cells[n] + 1]++;
    }
    for (let cell = 0; cell < CELLS * CELLS; cell++) this.starts[cell + 1] += this.starts[cell];
    const next = this.starts.slice();
    this.order = new Uint32Array(count);
    for (let n = 0; n < count; n++) this.order[next[cells[n]]++] = n;
  }

  // Numbers of the points in the order of their colours: later ones are drawn over earlier ones.
  layers() {
    const starts = new Uint32Array(257), sequence = new Uint32Array(this.count);
    for (const colour of this.colours) starts[colour + 1]++;
    for (let colour = 0; colour < 256; colour++) starts[colour + 1] += starts[colour];
    for (let n = 0; n < this.count; n++) sequence[starts[this.colours[n]]++] = n;
    return sequence;
  }

  cell(share) {
    return Math.max(0, Math.min(CELLS - 1, Math.floor(share * CELLS)));
  }

  // Numbers of the points shown in a box of the plane.
  *within(left, top, right, bottom) {
    for (let row = this.cell(top); row <= this.cell(bottom); row++) {
      const first = row * CELLS;
      for (let place = this.starts[first + this.cell(left)]; place < this.starts[first + this.cell(right) + 1]; place++) {
        const n = this.order[place];
        if (this.x[n] >= left && this.x[n] <= right && this.y[n] >= top && this.y[n] <= bottom && this.shown(n)) yield n;
      }
    }
  }

  shown(n) {
    return !this.hidden.has(this.colours[n]);
  }

  // Points near a place on the screen, nearest first.
  near(x, y, pixels) {
    const [px, py] = this.onPlane(x, y), reach = pixels / this.scale;
    const found = [...this.within(px - reach, py - reach, px + reach, py + reach)];
    const far = (n) => (this.x[n] - px) ** 2 + (this.y[n] - py) ** 2;
    return found.map((n) => [far(n), n]).filter(([d]) => d <= reach * reach).sort((a, b) => a[0] - b[0]).map(([, n]) => n);
  }

  // -- the view ------------------------------------------------------------------------------------------------------

  onPlane(x, y) {
    return [this.cx + (x - this.width / 2) / this.scale, this.cy + (y - this.height / 2) / this.scale];
  }

  onScreen(n) {
    return [(this.x[n] - this.cx) * this.scale + this.width / 2, (this.y[n] - this.cy) * this.scale + this.height / 2];
  }

  resize() {
    const box = this.canvas.getBoundingClientRect(), before = this.fit;
    if (!box.width) return;
    this.ratio = window.devicePixelRatio || 1;
    [this.width, this.height] = [box.width, box.height];
    this.canvas.width = Math.round(box.width * this.ratio);
    this.canvas.height = Math.round(box.height * this.ratio);
    this.image = this.pen.createImageData(this.canvas.width, this.canvas.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.fit = 0.94 * Math.min(this.width, this.height);
    this.scale = before ? this.scale * this.fit / before : this.fit;
    this.draw();
  }

  whole() {
    [this.cx, this.cy] = [0.5, 0.5];
    if (!this.width) this.resize();
    this.scale = this.fit;
    this.draw();
  }

  zoom(factor, x = this.width / 2, y = this.height / 2) {
    const [px, py] = this.onPlane(x, y);
    this.scale = Math.max(0.5 * this.fit, Math.min(4000 * this.fit, this.scale * factor));
    this.cx = px - (x - this.width / 2) / this.scale;
    this.cy = py - (y - this.height / 2) / this.scale;
    this.tell(-1);
    this.draw();
  }

  move(x, y) {
    this.cx = Math.max(0, Math.min(1, this.cx - x / this.scale));
    this.cy = Math.max(0, Math.min(1, this.cy - y / this.scale));
    this.draw();
  }

  // -- drawing -------------------------------------------------------------------------------------------------------

  draw() {
    if (this.drawing || !this.pixels || !this.colours) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = null;
      this.dots();
      this.close();
      this.line(this.path ?? this.corners, !this.path);
      this.ring(this.opened, 3);
      this.ring(this.pointed, 2);
      this.root.dataset.drawn = String(1 + Number(this.root.dataset.drawn ?? 0));
      this.ask();
    });
  }

  dots() {
    const { pixels, x, y, colours, ratio, scale, chosen, sequence } = this, w = this.canvas.width, h = this.canvas.height;
    const size = Math.max(1, Math.round(ratio * Math.max(1.6, Math.min(7, 1.6 * Math.sqrt(scale / this.fit)) *
      Math.min(2, Math.sqrt(7000 / this.count) + 0.7))));
    const sizes = this.palette.map((_, colour) => size + (this.large.includes(colour) ? Math.round(2 * ratio) : 0));
    const strong = this.palette.map(packed);
    const faint = this.palette.map(([r, g, b, a]) => packed([r, g, b, Math.round(16 + a * 0.1)]));
    const hidden = this.palette.map((_, colour) => this.hidden.has(colour));
    const left = w / 2 - this.cx * scale * ratio - size / 2, top = h / 2 - this.cy * scale * ratio - size / 2;
    const step = scale * ratio, inSight = [];
    pixels.fill(0);
    for (const pass of chosen ? [0, 1] : [1]) {
      const ink = pass ? strong : faint;
      for (let place = 0; place < this.count; place++) {
        const n = sequence ? sequence[place] : place;
        if (hidden[colours[n]] || (chosen && chosen[n] !== pass)) continue;
        const size = sizes[colours[n]];
        const column = Math.round(left + x[n] * step), row = Math.round(top + y[n] * step);
        if (column < 0 || row < 0 || column > w - size || row > h - size) continue;
        if (inSight.length <= CLOSE) inSight.push(n);
        const colour = ink[colours[n]];
        for (let r = row * w + column, end = r + size * w; r < end; r += w) {
          for (let c = 0; c < size; c++) pixels[r + c] = colour;
        }
      }
    }
    this.pen.putImageData(this.image, 0, 0);
    this.pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.pen.imageSmoothingEnabled = false;
    this.inSight = inSight.length <= CLOSE ? inSight : [];
  }

  close() {
    const size = Math.max(18, Math.min(46, 0.55 * Math.sqrt(this.width * this.height / (this.inSight.length + 1))));
    for (const n of this.inSight) {
      const picture = this.pictures.get(n), [x, y] = this.onScreen(n), [r, g, b] = this.palette[this.colours[n]];
      if (!picture) continue;
      this.pen.globalAlpha = this.chosen && !this.chosen[n] ? 0.3 : 1;
      this.pen.fillStyle = `rgb(${r} ${g} ${b})`;
      this.pen.fillRect(x - size / 2 - 2, y - size / 2 - 2, size + 4, size + 4);
      this.pen.drawImage(picture.sheet, picture.x, picture.y, picture.w, picture.h, x - size / 2, y - size / 2, size, size);
    }
    this.pen.globalAlpha = 1;
    this.root.dataset.pictures = String(this.inSight.filter((n) => this.pictures.has(n)).length);
  }

  line(corners, whole) {
    if (!corners || corners.length < 2) return;
    const style = getComputedStyle(this.root);
    this.pen.beginPath();
    for (const [x, y] of corners) {
      this.pen.lineTo((x - this.cx) * this.scale + this.width / 2, (y - this.cy) * this.scale + this.height / 2);
    }
    if (whole) this.pen.closePath();
    this.pen.lineWidth = 2;
    this.pen.strokeStyle = style.getPropertyValue("--st-primary-color");
    this.pen.stroke();
  }

  ring(n, width) {
    if (n < 0 || n >= this.count) return;
    const [x, y] = this.onScreen(n);
    this.pen.beginPath();
    this.pen.arc(x, y, this.inSight.includes(n) && this.pictures.has(n) ? 30 : 8, 0, 2 * Math.PI);
    this.pen.lineWidth = width;
    this.pen.strokeStyle = getComputedStyle(this.root).getPropertyValue("--st-text-color");
    this.pen.stroke();
  }

  legend(legend) {
    const bar = this.root.querySelector(".legend"), css = ([r, g, b, a]) => `rgb(${r} ${g} ${b} / ${a / 255})`;
    const key = JSON.stringify([legend, this.palette]);
    if (key === this.legendKey) return;
    this.legendKey = key;
    this.hidden.clear();
    if (!Array.isArray(legend)) {
      const scale = document.createElement("span"), shade = document.createElement("i");
      shade.className = "scale";
      shade.style.background = `linear-gradient(90deg, ${this.palette.slice(1).map(css).join(", ")})`;
      scale.append(legend.low, shade, legend.high);
      bar.replaceChildren(scale);
      if (legend.none) bar.append(this.swatch(legend.none, 0, css));
      return;
    }
    bar.replaceChildren(...legend.map((name, colour) => this.swatch(name, colour, css)));
  }

  swatch(name, colour, css) {
    const button = document.createElement("button"), dot = document.createElement("i");
    dot.style.background = css(this.palette[colour]);
    button.append(dot, name);
    button.title = `Show or hide: ${name}`;
    button.setAttribute("aria-pressed", "true");
    button.onclick = () => {
      this.hidden.has(colour) ? this.hidden.delete(colour) : this.hidden.add(colour);
      button.setAttribute("aria-pressed", String(!this.hidden.has(colour)));
      this.draw();
    };
    return button;
  }

  // -- circles -------------------------------------------------------------------------------------------------------

  // Corners as text: eight digits each, four for x and four for y, in ten-thousandths.
  circle(text) {
    if (text === this.circled && this.chosenOf === this.id) return;
    this.circled = text;
    this.chosenOf = this.id;
    this.corners = (text.match(/\d{8}/g) ?? []).map((corner) => [corner.slice(0, 4) / 9999, corner.slice(4) / 9999]);
    this.chosen = this.corners.length > 2 ? this.enclosed(this.corners) : null;
    this.root.querySelector("[data-does=clear]").hidden = !this.chosen;
  }

  enclosed(corners) {
    const chosen = new Uint8Array(this.count);
    for (let n = 0; n < this.count; n++) {
      const x = this.x[n], y = this.y[n];
      let inside = 0;
      for (let a = 0, b = corners.length - 1; a < corners.length; b = a++) {
        const [x1, y1] = corners[a], [x2, y2] = corners[b];
        if ((y1 > y) !== (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1) inside ^= 1;
      }
      chosen[n] = inside;
    }
    return chosen;
  }

  closeCircle() {
    const path = this.path, every = Math.max(1, Math.ceil(path.length / CORNERS));
    this.path = null;
    this.draw();
    const across = (axis) => Math.max(...path.map((p) => p[axis])) - Math.min(...path.map((p) => p[axis]));
    if (path.length < 3 || Math.max(across(0), across(1)) * this.scale < 8) return;
    const number = (share) => String(Math.round(Math.max(0, Math.min(1, share)) * 9999)).padStart(4, "0");
    const text = path.filter((_, place) => place % every === 0).map(([x, y]) => number(x) + number(y)).join("");
    this.circle(text);
    if (this.circling) this.root.querySelector("[data-does=circle]").click();
    this.trigger("circled", text);
  }

  // -- pictures ------------------------------------------------------------------------------------------------------

  ask() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => {
      if (this.waiting && performance.now() < this.waiting + 4000) return;
      const wanted = new Set();
      if (this.pointed >= 0) {
        wanted.add(this.pointed);
        if (!this.pictures.has(this.pointed)) this.near(...this.onScreen(this.pointed), 60).slice(0, 120).forEach((n) => wanted.add(n));
      }
      this.inSight?.forEach((n) => wanted.add(n));
      const missing = [...wanted].filter((n) => !this.pictures.has(n)).slice(0, BATCH);
      if (!missing.length) return;
      this.waiting = performance.now();
      document.dispatchEvent(new CustomEvent("plane:wanted", { detail: missing }));
    }, 40);
  }

  receive({ digits, numbers, sheet, columns, said, width, height }) {
    this.waiting = null;
    if (digits !== this.data || !numbers.length) return;
    if (this.pictures.size > KEPT) this.pictures.clear();
    const image = new Image();
    image.onload = () => {
      numbers.forEach((n, place) => this.pictures.set(n, {
        sheet: image, said: said[place], w: width, h: height,
        x: (place % columns) * width, y: Math.floor(place / columns) * height,
      }));
      this.tell(this.pointed);
      this.draw();
    };
    image.src = sheet;
  }

  tell(n) {
    this.pointed = n;
    const picture = this.pictures.get(n);
    this.told.hidden = !picture;
    this.canvas.style.cursor = this.circling ? "crosshair" : n >= 0 ? "pointer" : "grab";
    if (!picture) return;
    const [x, y] = this.onScreen(n), paper = this.told.querySelector("canvas"), right = x > this.width / 2;
    [paper.width, paper.height] = [picture.w, picture.h];
    paper.getContext("2d").drawImage(picture.sheet, picture.x, picture.y, picture.w, picture.h, 0, 0, picture.w, picture.h);
    this.told.querySelector("span").textContent = picture.said;
    this.told.style.left = right ? "" : `${x + 16}px`;
    this.told.style.right = right ? `${this.width - x + 16}px` : "";
    this.told.style.top = `${Math.max(4, Math.min(this.height - 130, y - 60))}px`;
  }

  // -- hands ---------------------------------------------------------------------------------------------------------

  listen() {
    const { canvas, root } = this;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    canvas.onpointerdown = (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.fingers.set(event.pointerId, at(event));
      this.travelled = this.fingers.size > 1 ? Infinity : 0;
      this.path = (this.circling || event.shiftKey) && this.fingers.size === 1 ? [this.onPlane(...at(event))] : null;
    };
    canvas.onpointermove = (event) => {
      const now = at(event), before = this.fingers.get(event.pointerId);
      if (!before) return event.pointerType === "mouse" && this.point(now);
      this.travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
      if (this.path) {
        this.path.push(this.onPlane(...now));
        this.draw();
      } else if (this.fingers.size === 1 && this.travelled > 4) {
        this.tell(-1);
        this.move(now[0] - before[0], now[1] - before[1]);
      } else if (this.fingers.size === 2) {
        const [, other] = [...this.fingers].find(([id]) => id !== event.pointerId);
        const apart = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]) || 1;
        this.move((now[0] - before[0]) / 2, (now[1] - before[1]) / 2);
        this.zoom(apart(now) / apart(before), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      }
      this.fingers.set(event.pointerId, now);
    };
    canvas.onpointerup = (event) => {
      this.fingers.delete(event.pointerId);
      if (this.path) return this.closeCircle();
      if (this.travelled > 4) return;
      this.point(at(event));
      if (this.pointed >= 0) {
        this.opened = this.pointed;
        this.draw();
        this.trigger("opened", this.pointed);
      }
    };
    canvas.onpointercancel = (event) => { this.fingers.delete(event.pointerId); this.path = null; this.draw(); };
    canvas.onpointerleave = () => { if (!this.fingers.size && this.pointed >= 0) { this.tell(-1); this.draw(); } };
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), ...at(event));
    }, { passive: false });
    canvas.ondblclick = (event) => this.zoom(2.5, ...at(event));
    canvas.onkeydown = (event) => {
      const keys = {
        ArrowLeft: () => this.move(60, 0), ArrowRight: () => this.move(-60, 0),
        ArrowUp: () => this.move(0, 60), ArrowDown: () => this.move(0, -60),
        "+": () => this.zoom(1.6), "-": () => this.zoom(1 / 1.6), 0: () => this.whole(),
      };
      if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
    };
    const does = {
      circle: (button) => {
        this.circling = !this.circling;
        button.setAttribute("aria-pressed", String(this.circling));
        this.tell(-1);
      },
      nearer: () => this.zoom(1.8), farther: () => this.zoom(1 / 1.8), whole: () => this.whole(),
      clear: () => { this.circle(""); this.draw(); this.trigger("circled", ""); },
    };
    for (const button of root.querySelectorAll("[data-does]")) button.onclick = () => does[button.dataset.does](button);
  }

  point([x, y]) {
    const found = this.inSight?.length ? this.picked(x, y) : this.near(x, y, POINTED)[0] ?? -1;
    if (found === this.pointed) return;
    this.tell(found);
    this.draw();
  }

  // Among pictures, the one under the pointer, or the nearest.
  picked(x, y) {
    return this.near(x, y, 30)[0] ?? -1;
  }
}
