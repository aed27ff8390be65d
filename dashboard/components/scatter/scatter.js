// The data of a scatter, its legend, the circle and the tooltip on it, and the pictures that it asks for.
//
// data: id (changes with the positions), digits (changes with the pictures), positions (base64 of uint16 pairs, y downwards),
// colours (base64 of a uint8 each), palette ([r, g, b, a] by colour, or [place, a] of one of
// the theme's ten), layered (later colours lie above), large (colours of
// larger points), legend (names by colour; or {low, high, none} of a scale, which begins at colour 1, and of colour 0),
// circled (corners as text), opened (the point to mark, or null), marks ([x, y, name, colour or -1] of what is written on it). Triggers `opened`, a point, and `circled`, corners as text.
//
// Pictures are asked for by the event "scatter:wanted" on the document and come by "scatter:pictures": a rerun for each would send
// the positions again.

import { listen } from "./input.js";
import { Points, bytes } from "./points.js";
import { Renderer } from "./renderer.js";

const POINTED = 14;      // pixels within which a point is pointed at, and a picture
const PICTURED = 30;
const BATCH = 250;       // pictures asked for at once
const KEPT = 6000;       // pictures kept
const CORNERS = 48;      // of a circle at most
const LOWEST = 320;      // pixels of its height at least, and pixels free below the legend
const BELOW = 16;

const parts = (colour) => [1, 3, 5].map((place) => parseInt(colour.trim().slice(place, place + 2), 16));
// a place that keeps a few pixels free before and after it
const within = (at, most) => `${Math.max(4, Math.min(most - 4, at))}px`;
const css = ([r, g, b, a]) => `rgb(${r} ${g} ${b} / ${a / 255})`;
const asText = (share) => String(Math.round(Math.max(0, Math.min(1, share)) * 9999)).padStart(4, "0");

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".scatter");
  if (!root.scatter) listen(root.scatter = new Scatter(root));
  root.scatter.take(data, setTriggerValue);
  return () => {};
}

export class Scatter extends Renderer {
  constructor(root) {
    super(root);
    this.tooltip = root.querySelector(".tooltip");
    this.drawn = () => this.ask();
    const receive = (event) => {
      if (root.isConnected) this.receive(event.detail);
      else document.removeEventListener("scatter:pictures", receive);
    };
    document.addEventListener("scatter:pictures", receive);
    // what stands above may grow and shrink, and so may the window
    const page = document.querySelector("[data-testid=stMainBlockContainer]"), fill = new ResizeObserver(() => this.fillWindow());
    if (page) [page, document.documentElement].forEach((one) => fill.observe(one));
  }

  take(data, trigger) {
    this.trigger = trigger;
    if (data.id !== this.id) {
      this.id = data.id;
      this.points = new Points(data.positions);
      if (this.data !== data.digits) this.pictures.clear();
      this.data = data.digits;
      this.whole();
    }
    this.colours = bytes(data.colours);
    this.palette = this.inTheme(data.palette);
    this.sequence = data.layered ? this.points.layers(this.colours) : null;
    this.large = data.large;
    this.opened = data.opened ?? -1;
    this.marks = data.marks ?? [];
    if (data.legend !== undefined) this.legend(data.legend);
    this.circle(data.circled);
    this.fillWindow();
    this.draw();
  }

  // The palette with the colours of the theme that is on; when it changes, Streamlit hands over the data anew.
  inTheme(palette) {
    const ten = getComputedStyle(this.root).getPropertyValue("--st-chart-categorical-colors").split(",");
    return palette.map((ink) => ink.length === 2 ? [...parts(ten[ink[0]]), ink[1]] : ink);
  }

  legend(legend) {
    const bar = this.root.querySelector(".legend");
    const key = JSON.stringify([legend, this.palette]);
    if (key === this.legendKey) return;
    this.legendKey = key;
    this.hidden.clear();
    if (!Array.isArray(legend)) {
      const scale = document.createElement("span"), shade = document.createElement("i");
      shade.className = "scale";
      shade.style.background = `linear-gradient(90deg, ${this.palette.slice(1).map((colour) => css(colour)).join(", ")})`;
      scale.append(legend.low, shade, legend.high);
      bar.replaceChildren(scale);
      if (legend.none) bar.append(this.swatch(legend.none, 0));
      return;
    }
    bar.replaceChildren(...legend.map((name, colour) => this.swatch(name, colour)));
  }

  swatch(name, colour) {
    const button = document.createElement("button"), dot = document.createElement("i");
    dot.style.background = css(this.palette[colour]);
    button.append(dot, name);
    button.title = `Show or hide: ${name}`;
    button.setAttribute("aria-pressed", "true");
    button.onclick = () => {
      if (!this.hidden.delete(colour)) this.hidden.add(colour);
      button.setAttribute("aria-pressed", String(!this.hidden.has(colour)));
      this.draw();
    };
    return button;
  }

  // As high as the window leaves below its upper edge, with the legend in sight; on a telephone the style sheet says how high.
  fillWindow() {
    const scroller = document.querySelector("[data-testid=stMain]");
    if (!scroller) return;
    const top = this.canvas.getBoundingClientRect().top + scroller.scrollTop, legend = this.root.querySelector(".legend");
    this.root.style.setProperty("--high", `${Math.max(LOWEST, Math.floor(innerHeight - top - legend.offsetHeight - BELOW))}px`);
  }

  // Corners as text: eight digits each, four for x and four for y, in ten-thousandths.
  circle(text) {
    if (text === this.circled && this.chosenOf === this.id) return;
    this.circled = text;
    this.chosenOf = this.id;
    this.corners = (text.match(/\d{8}/g) ?? []).map((corner) => [corner.slice(0, 4) / 9999, corner.slice(4) / 9999]);
    this.chosen = this.corners.length > 2 ? this.points.enclosed(this.corners) : null;
    this.root.querySelector("[data-does=clear]").hidden = !this.chosen;
  }

  closeCircle() {
    const path = this.path, every = Math.max(1, Math.ceil(path.length / CORNERS));
    this.path = null;
    this.draw();
    const across = (axis) => Math.max(...path.map((p) => p[axis])) - Math.min(...path.map((p) => p[axis]));
    if (path.length < 3 || Math.max(across(0), across(1)) * this.scale < 8) return;
    const text = path.filter((_, place) => place % every === 0).map(([x, y]) => asText(x) + asText(y)).join("");
    this.circle(text);
    if (this.circling) this.root.querySelector("[data-does=circle]").click();
    this.trigger("circled", text);
  }

  ask() {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => {
      if (this.waiting && performance.now() < this.waiting + 4000) return;
      const wanted = new Set();
      if (this.pointed >= 0) {
        wanted.add(this.pointed);
        if (!this.pictures.has(this.pointed)) this.near(...this.toScreen(this.pointed), 60).slice(0, 120).forEach((n) => wanted.add(n));
      }
      this.inSight?.forEach((n) => wanted.add(n));
      const missing = [...wanted].filter((n) => !this.pictures.has(n)).slice(0, BATCH);
      if (!missing.length) return;
      this.waiting = performance.now();
      document.dispatchEvent(new CustomEvent("scatter:wanted", { detail: missing }));
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
    this.tooltip.hidden = !picture;
    this.canvas.style.cursor = this.circling ? "crosshair" : n >= 0 ? "pointer" : "grab";
    if (!picture) return;
    const [x, y] = this.toScreen(n), canvas = this.tooltip.querySelector("canvas");
    [canvas.width, canvas.height] = [picture.w, picture.h];
    canvas.getContext("2d").drawImage(picture.sheet, picture.x, picture.y, picture.w, picture.h, 0, 0, picture.w, picture.h);
    this.tooltip.querySelector("span").textContent = picture.said;
    // beside the point, on the side with more room, and wholly on the map
    const { offsetWidth: wide, offsetHeight: high } = this.tooltip;
    this.tooltip.style.left = within(x > this.width / 2 ? x - 16 - wide : x + 16, this.width - wide);
    this.tooltip.style.top = within(y - high / 2, this.height - high);
  }

  point([x, y]) {
    const nearest = this.near(x, y, this.inSight?.length ? PICTURED : POINTED)[0] ?? -1;
    if (nearest === this.pointed) return;
    this.tell(nearest);
    this.draw();
  }
}
