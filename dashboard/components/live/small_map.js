// A small map of all digits with the drawing's place on it.
//
// Takes of the component's data `map`: address (of the points: for each x and y, 0 to 65535, y downwards, then its class), middles
// ([[name, x, y], ...], 0 to 1), place ([x, y] of the drawing or null), said (its caption); null hides it.

const POINT = 3;

// Shows it in `box`, a button; the dot moves from place to place
export function showMap(box, map) {
  box.hidden = !map;
  if (!map) return;
  const dot = box.querySelector(".live-dot");
  dot.hidden = !map.place;
  if (map.place) put(dot, map.place);
  box.querySelector(".live-map-said").textContent = map.said;
  box.setAttribute("aria-label", `${map.said}: open the map`);
  nameClasses(box, map.middles);
  drawPoints(box, map);
}

function put(element, [x, y]) {
  element.style.left = `${(100 * x).toFixed(2)}%`;
  element.style.top = `${(100 * y).toFixed(2)}%`;
}

function nameClasses(box, middles) {
  const names = box.querySelector(".live-map-names");
  if (names.children.length === middles.length) return;
  names.replaceChildren(...middles.map(([name, x, y]) => {
    const made = document.createElement("b");
    made.textContent = name;
    put(made, [x, y]);
    return made;
  }));
}

// Once for each theme, whose colours of the classes stand in the page
async function drawPoints(box, { address }) {
  const style = getComputedStyle(document.documentElement);
  const colours = Array.from({ length: 10 }, (_, place) => style.getPropertyValue(`--class-${place}`));
  const drawn = [address, ...colours].join();
  if (box.dataset.drawn === drawn) return;
  box.dataset.drawn = drawn;
  const fetched = await fetch(address);
  if (!fetched.ok || box.dataset.drawn !== drawn) return;
  const points = new Uint16Array(await fetched.arrayBuffer()), canvas = box.querySelector("canvas"), context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.globalAlpha = 0.7;
  for (let n = 0; n < points.length; n += 3) {
    context.fillStyle = colours[points[n + 2] % 10] || "#888";
    context.fillRect((points[n] / 65535) * (canvas.width - POINT), (points[n + 1] / 65535) * (canvas.height - POINT), POINT, POINT);
  }
}
