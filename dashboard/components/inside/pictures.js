// Maps, weights and numbers as pictures: grey for what a layer gives, two colours for what may be negative.

// exponent by which the greys of maps are drawn
const FAINT = 0.65;

const hex = (colour) => [1, 3, 5].map((place) => parseInt(colour.trim().slice(place, place + 2), 16));

// The colours of the theme: of positive and of negative numbers, and of nothing
export function inksOf(root) {
  const style = getComputedStyle(root), ten = style.getPropertyValue("--st-chart-categorical-colors").split(",");
  return { positive: hex(ten[0]), negative: hex(ten[1]), paper: hex(style.getPropertyValue("--st-background-color")) };
}

export function largestOf(values) {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

// The same of one channel
export function largestIn({ data, channels }, channel) {
  let largest = 0;
  for (let n = channel; n < data.length; n += channels) largest = Math.max(largest, Math.abs(data[n]));
  return largest;
}

// A value from -1 to 1 as a colour [red, green, blue]; without inks 0 is black and 1 white
export function colourOf(value, inks) {
  if (!inks) return Array(3).fill(Math.round(255 * Math.min(Math.max(value, 0), 1)));
  const share = Math.min(Math.abs(value), 1), ink = value < 0 ? inks.negative : inks.positive;
  return inks.paper.map((part, n) => Math.round(part + share * (ink[n] - part)));
}

// Black stands out from light colours, white from dark ones, each by 4.5 to 1 or more (WCAG 2)
export function letterOn(colour) {
  const linear = colour.map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 ? "#000" : "#fff";
}

// One channel of a tensor on a canvas, a pixel for a value; a value as large as `largest` is white, or full colour. lifted: whether
// faint values are made more visible
export function drawMap(canvas, { data, height, width, channels }, channel, largest, inks, lifted = channels > 1) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d"), picture = context.createImageData(width, height);
  paint(picture.data, width, 0, 0, 1, { data, height, width, channels, lifted }, channel, largest || 1, inks);
  context.putImageData(picture, 0, 0);
}

// Grey of a share of the largest value: faint answers are lifted, or most maps would look black
function greyOf(share) {
  return share > 0 ? 255 * share ** FAINT : 0;
}

// Several channels side by side on one canvas of that size. pixels: of a value; pitch: from one map to the next
export function drawMaps(canvas, tensor, size, pixels, pitch, largest, inks) {
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  const columns = Math.floor((size.width + 3) / pitch), rows = Math.floor((size.height + 3) / pitch);
  const context = canvas.getContext("2d"), picture = context.createImageData(size.width, size.height);
  for (let n = 0; n < Math.min(tensor.channels, columns * rows); n++) {
    paint(picture.data, size.width, (n % columns) * pitch, Math.floor(n / columns) * pitch, pixels, { ...tensor, lifted: true }, n, largest || 1, inks);
  }
  context.putImageData(picture, 0, 0);
}

function paint(target, across, left, top, pixels, { data, height, width, channels, lifted }, channel, largest, inks) {
  for (let row = 0; row < height * pixels; row++) {
    for (let column = 0; column < width * pixels; column++) {
      const value = data[(Math.floor(row / pixels) * width + Math.floor(column / pixels)) * channels + channel] / largest;
      const place = 4 * ((top + row) * across + left + column);
      if (inks) {
        const colour = colourOf(value, inks);
        for (let part = 0; part < 3; part++) target[place + part] = colour[part];
      } else {
        const grey = lifted ? greyOf(value) : 255 * Math.max(value, 0);
        target[place] = target[place + 1] = target[place + 2] = grey;
      }
      target[place + 3] = 255;
    }
  }
}

// A canvas that many times as large as its values, so that each is a whole number of pixels, at most `edge` long
export function fit(canvas, { height, width }, edge) {
  const pixels = Math.max(1, Math.floor(edge / Math.max(height, width)));
  canvas.style.width = `${pixels * width}px`;
  canvas.style.height = `${pixels * height}px`;
}

// A table of numbers, row by row, each on its colour. marked: the place of one, or -1
export function numberTable(values, columns, largest, inks, write, marked = -1) {
  const table = document.createElement("table");
  table.className = "inside-numbers";
  for (let row = 0; row * columns < values.length; row++) {
    const line = table.insertRow();
    for (let column = 0; column < columns; column++) {
      const place = row * columns + column, cell = line.insertCell(), colour = colourOf(values[place] / (largest || 1), inks);
      cell.textContent = write(values[place]);
      cell.style.background = `rgb(${colour})`;
      cell.style.color = letterOn(colour);
      cell.classList.toggle("marked", place === marked);
    }
  }
  return table;
}
