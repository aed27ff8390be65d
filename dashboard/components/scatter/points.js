// The points of a scatter: where they are, and which of them lie somewhere. x, y: 0 to 1, y downwards.

const CELLS = 128;       // a side of the grid in which points are looked up
const FULL = 65535;      // what 1 is in the positions that come

export const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

export class Points {
  // positions: base64 of uint16 pairs.
  constructor(positions) {
    const pairs = new Uint16Array(bytes(positions).buffer), count = pairs.length / 2;
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

  cell(share) {
    return Math.max(0, Math.min(CELLS - 1, Math.floor(share * CELLS)));
  }

  // Numbers of the points within reach of a place, nearest first.
  near(x, y, reach) {
    const reached = [];
    for (let row = this.cell(y - reach); row <= this.cell(y + reach); row++) {
      const first = row * CELLS, last = this.starts[first + this.cell(x + reach) + 1];
      for (let place = this.starts[first + this.cell(x - reach)]; place < last; place++) {
        const n = this.order[place], far = (this.x[n] - x) ** 2 + (this.y[n] - y) ** 2;
        if (far <= reach * reach) reached.push([far, n]);
      }
    }
    return reached.sort((one, other) => one[0] - other[0]).map(([, n]) => n);
  }

  // 1 for each point that a polygon encloses, by the even-odd rule; as `inside` in training/analysis/projections.py.
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

  // Numbers of the points in the order of their colours (a uint8 each): later ones are drawn over earlier ones.
  layers(colours) {
    const starts = new Uint32Array(257), sequence = new Uint32Array(this.count);
    for (const colour of colours) starts[colour + 1]++;
    for (let colour = 0; colour < 256; colour++) starts[colour + 1] += starts[colour];
    for (let n = 0; n < this.count; n++) sequence[starts[colours[n]]++] = n;
    return sequence;
  }
}
