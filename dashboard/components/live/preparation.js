// From the points of a pen to the digit that a model sees: models/preprocessing/strokes.py and components/canvas.py once more,
// number for number, so that what is shown while the pen moves is what the server will say.

const FRAME_SIDE = 28, BOX_SIDE = 20, MODEL_PEN = 2.2, CENTRE_OF_MASS = 14.5, FINE_GRID = 8, SPECK_SIZE = 0.06, SPECK_DISTANCE = 0.15;
// pixels between two points of the pen below which the canvas keeps one alone
const DECIMATED = 0.4;

// The points [[x, y], ...] of the curve that the canvas lays through the places of the pointer
export function curveOf(places) {
  const points = decimated(places), curve = [points[0]];
  for (let n = 0; n + 1 < points.length; n++) {
    const [x, y] = points[n], [nextX, nextY] = points[n + 1];
    if (x === nextX && y === nextY) continue;
    const [fromX, fromY] = curve.at(-1), middle = [(x + nextX) / 2, (y + nextY) / 2];
    curve.push([(fromX + 2 * x + middle[0]) / 4, (fromY + 2 * y + middle[1]) / 4], middle);
  }
  curve.push(points.at(-1));
  return curve;
}

function decimated(places) {
  if (places.length <= 2) return places;
  let [x, y] = places[0];
  const kept = [places[0]];
  for (let n = 1; n < places.length - 2; n++) {
    if ((x - places[n][0]) ** 2 + (y - places[n][1]) ** 2 < DECIMATED ** 2) continue;
    [x, y] = places[n];
    kept.push(places[n]);
  }
  kept.push(places.at(-1));
  return kept;
}

// The digit, 784 grey levels row by row, of strokes [[[x, y], ...], ...]; null where nothing is drawn
export function digitOf(strokes) {
  const lines = withoutSpecks(strokes.filter((stroke) => stroke.length));
  if (!lines.length) return null;
  const { low, high } = boundsOf(lines.flat()), extent = Math.max(high[0] - low[0], high[1] - low[1]);
  const inner = (BOX_SIDE - MODEL_PEN) * FINE_GRID, margin = (MODEL_PEN * FINE_GRID) / 2;
  const placed = lines.map((line) => line.map((point) => point.map((value, axis) =>
    ((value - low[axis]) / (extent || 1)) * inner + margin)));
  return centred(inked(placed, BOX_SIDE * FINE_GRID, MODEL_PEN * FINE_GRID), BOX_SIDE * FINE_GRID);
}

function boundsOf(points) {
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  for (const point of points) {
    for (const axis of [0, 1]) {
      low[axis] = Math.min(low[axis], point[axis]);
      high[axis] = Math.max(high[axis], point[axis]);
    }
  }
  return { low, high };
}

function extentOf(points) {
  const { low, high } = boundsOf(points);
  return Math.max(high[0] - low[0], high[1] - low[1]);
}

function withoutSpecks(lines) {
  if (lines.length < 2) return lines;
  const extents = lines.map(extentOf), least = SPECK_SIZE * Math.max(...extents);
  const written = lines.filter((_, n) => extents[n] >= least).flat(), far = SPECK_DISTANCE * extentOf(written);
  const near = ([x, y]) => Math.min(...written.map((point) => Math.hypot(point[0] - x, point[1] - y))) <= far;
  return lines.filter((line, n) => extents[n] >= least || near(line[0]));
}

// Pixels that a round pen of that width draws along the lines, side x side, 0 or 1
function inked(lines, side, width) {
  const reach = Math.floor(width / 2), drawn = new Uint8Array(side * side), passed = new Uint8Array(side * side);
  const across = Array.from({ length: 2 * reach + 1 }, (_, n) => Math.floor(Math.sqrt((width / 2) ** 2 - (n - reach) ** 2)));
  const stamp = (column, row) => {
    if (passed[row * side + column]) return;
    passed[row * side + column] = 1;
    for (let down = -reach; down <= reach; down++) {
      if (row + down < 0 || row + down >= side) continue;
      const half = across[down + reach], from = Math.max(0, column - half), to = Math.min(side, column + half + 1);
      drawn.fill(1, (row + down) * side + from, (row + down) * side + to);
    }
  };
  for (const line of lines) {
    for (let n = 0; n + 1 < line.length; n++) {
      const [x, y] = line[n], moveX = line[n + 1][0] - x, moveY = line[n + 1][1] - y;
      const count = Math.max(Math.ceil(Math.max(Math.abs(moveX), Math.abs(moveY))), 1);
      for (let step = 0; step < count; step++) {
        stamp(Math.floor(x + moveX * (step / count)), Math.floor(y + moveY * (step / count)));
      }
    }
    stamp(...line.at(-1).map(Math.floor));
  }
  return drawn;
}

// The drawing put into the frame by its centre of mass, made small: 784 grey levels
function centred(drawn, side) {
  let total = 0, sumRows = 0, sumColumns = 0, top = side, bottom = 0, left = side, right = 0;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      if (!drawn[row * side + column]) continue;
      total++; sumRows += row; sumColumns += column;
      top = Math.min(top, row); bottom = Math.max(bottom, row);
      left = Math.min(left, column); right = Math.max(right, column);
    }
  }
  const start = (sum, first, last) => {
    const middle = CENTRE_OF_MASS * FINE_GRID - (sum / total - first) - 0.5;
    return Math.min(Math.max(halfEven(middle), 0), FRAME_SIDE * FINE_GRID - (last - first + 1)) - first;
  };
  const down = start(sumRows, top, bottom), aside = start(sumColumns, left, right);
  const counts = new Uint8Array(FRAME_SIDE * FRAME_SIDE);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      if (!drawn[row * side + column]) continue;
      counts[Math.floor((row + down) / FINE_GRID) * FRAME_SIDE + Math.floor((column + aside) / FINE_GRID)]++;
    }
  }
  return Uint8Array.from(counts, (count) => halfEven((255 * count) / FINE_GRID ** 2));
}

function halfEven(value) {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2 ? 1 : 0) : Math.round(value);
}
