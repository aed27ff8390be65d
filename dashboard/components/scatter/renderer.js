// What of a scatter is in sight, and how it is drawn: points as squares, close by as their pictures.

const CLOSE = 350;       // points in sight below which they become pictures

const packed = ([r, g, b, a]) => ((a << 24) | (b << 16) | (g << 8) | r) >>> 0;

export class Renderer {
  constructor(root) {
    this.root = root;
    this.canvas = root.querySelector("canvas");
    this.pen = this.canvas.getContext("2d");
    this.pictures = new Map();
    this.hidden = new Set();
    this.pointed = -1;
    this.drawn = () => {};
    new ResizeObserver(() => this.resize()).observe(this.canvas);
  }

  toData(x, y) {
    return [this.cx + (x - this.width / 2) / this.scale, this.cy + (y - this.height / 2) / this.scale];
  }

  toScreen(n) {
    return [(this.points.x[n] - this.cx) * this.scale + this.width / 2, (this.points.y[n] - this.cy) * this.scale + this.height / 2];
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
    const [px, py] = this.toData(x, y);
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

  // Points shown near a place on the screen, nearest first.
  near(x, y, pixels) {
    const numbers = this.points.near(...this.toData(x, y), pixels / this.scale);
    return this.hidden.size ? numbers.filter((n) => !this.hidden.has(this.colours[n])) : numbers;
  }

  draw() {
    if (this.drawing || !this.pixels || !this.colours) return;
    this.drawing = requestAnimationFrame(() => {
      this.drawing = null;
      this.dots();
      this.close();
      this.names();
      this.line(this.path ?? this.corners, !this.path);
      this.ring(this.opened, 3);
      this.ring(this.pointed, 2);
      this.root.dataset.drawn = String(1 + Number(this.root.dataset.drawn ?? 0));
      this.drawn();
    });
  }

  // The side of a point's square in the canvas's own pixels: the larger the nearer, and the fewer points there are.
  pointSize() {
    const nearness = Math.max(1.6, Math.min(7, 1.6 * Math.sqrt(this.scale / this.fit)));
    return Math.max(1, Math.round(this.ratio * nearness * Math.min(2, Math.sqrt(7000 / this.points.count) + 0.7)));
  }

  dots() {
    this.pixels.fill(0);
    this.inSight = [];
    const size = this.pointSize(), larger = Math.round(2 * this.ratio);
    const look = {
      corner: [this.canvas.width / 2 - this.cx * this.scale * this.ratio - size / 2,
        this.canvas.height / 2 - this.cy * this.scale * this.ratio - size / 2],
      sizes: this.palette.map((_, colour) => size + (this.large.includes(colour) ? larger : 0)),
      hidden: this.palette.map((_, colour) => this.hidden.has(colour)),
    };
    if (this.chosen) this.layer(0, this.palette.map(([r, g, b, a]) => packed([r, g, b, Math.round(16 + a * 0.1)])), look);
    this.layer(1, this.palette.map(packed), look);
    if (this.inSight.length > CLOSE) this.inSight = [];
    this.pen.putImageData(this.image, 0, 0);
    this.pen.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    this.pen.imageSmoothingEnabled = false;
  }

  // The points that are chosen (1) or not (0), all where nothing is circled, as squares in these inks.
  layer(pass, inks, { corner: [left, top], sizes, hidden }) {
    const { pixels, colours, chosen, sequence, inSight } = this, { x, y, count } = this.points;
    const { width, height } = this.canvas, step = this.scale * this.ratio;
    for (let rank = 0; rank < count; rank++) {
      const n = sequence ? sequence[rank] : rank, size = sizes[colours[n]];
      if (hidden[colours[n]] || (chosen && chosen[n] !== pass)) continue;
      const column = Math.round(left + x[n] * step), row = Math.round(top + y[n] * step);
      if (column < 0 || row < 0 || column > width - size || row > height - size) continue;
      if (inSight.length <= CLOSE) inSight.push(n);
      const ink = inks[colours[n]];
      for (let r = row * width + column, end = r + size * width; r < end; r += width) {
        for (let c = 0; c < size; c++) pixels[r + c] = ink;
      }
    }
  }

  close() {
    const size = Math.max(18, Math.min(46, 0.55 * Math.sqrt(this.width * this.height / (this.inSight.length + 1))));
    for (const n of this.inSight) {
      const picture = this.pictures.get(n), [x, y] = this.toScreen(n), [r, g, b] = this.palette[this.colours[n]];
      if (!picture) continue;
      this.pen.globalAlpha = this.chosen && !this.chosen[n] ? 0.3 : 1;
      this.pen.fillStyle = `rgb(${r} ${g} ${b})`;
      this.pen.fillRect(x - size / 2 - 2, y - size / 2 - 2, size + 4, size + 4);
      this.pen.drawImage(picture.sheet, picture.x, picture.y, picture.w, picture.h, x - size / 2, y - size / 2, size, size);
    }
    this.pen.globalAlpha = 1;
    this.root.dataset.pictures = String(this.inSight.filter((n) => this.pictures.has(n)).length);
  }

  // The name of each class where it lies densest, unless it is hidden or its pictures are there to be read.
  names() {
    if (this.inSight.length) return;
    const style = getComputedStyle(this.root), { pen } = this;
    pen.font = `600 22px ${style.getPropertyValue("--st-font") || "sans-serif"}`;
    Object.assign(pen, { textAlign: "center", textBaseline: "middle", lineJoin: "round", lineWidth: 5 });
    pen.strokeStyle = style.getPropertyValue("--st-background-color") || "#fff";
    pen.fillStyle = style.getPropertyValue("--st-text-color") || "#000";
    for (const [x, y, name, colour] of this.marks ?? []) {
      if (this.hidden.has(colour)) continue;
      const place = [(x - this.cx) * this.scale + this.width / 2, (y - this.cy) * this.scale + this.height / 2];
      pen.strokeText(name, ...place);
      pen.fillText(name, ...place);
    }
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
    if (n < 0 || n >= this.points.count) return;
    const [x, y] = this.toScreen(n);
    this.pen.beginPath();
    this.pen.arc(x, y, this.inSight.includes(n) && this.pictures.has(n) ? 30 : 8, 0, 2 * Math.PI);
    this.pen.lineWidth = width;
    this.pen.strokeStyle = getComputedStyle(this.root).getPropertyValue("--st-text-color");
    this.pen.stroke();
  }
}
