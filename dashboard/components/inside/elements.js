// Elements of the page, its sentences and its numbers.

// children: elements, or texts
export function make(kind, name, ...children) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  made.append(...children);
  return made;
}

// A button that says what it is to those who do not see it
export function makeButton(name, label, ...children) {
  const button = make("button", name, ...children);
  button.type = "button";
  if (label) button.setAttribute("aria-label", label);
  return button;
}

// A picture with a few words below it
export function figure(words, ...pictures) {
  const box = make("div", "inside-frame", ...pictures);
  return make("figure", "", box, make("figcaption", "", words));
}

// A sentence with {names} replaced by these values
export function say(sentence, values = {}) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

export function thousands(count) {
  return count.toLocaleString("en-US");
}

// Two figures behind the point, or more where the number is small; a true minus sign
export function number(value, digits = 2) {
  if (value === 0) return "0";
  const small = Math.abs(value) < 10 ** -digits / 2 ? value.toPrecision(1) : value.toFixed(digits);
  return (small.includes("e") ? `±0.${"0".repeat(digits - 1)}1`.replace("±", value < 0 ? ">−" : "<") : small).replace("-", "−");
}

// In a narrow cell of a table
export function short(value) {
  if (Math.abs(value) < 0.005) return "0";
  return (Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(1)).replace("-", "−");
}

const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";

// A positive number of any size, such as 1.2 × 10⁹; log: its natural logarithm
export function power(log) {
  const exponent = Math.floor(log / Math.LN10);
  const value = Math.exp(log);
  if (exponent >= -3 && exponent < 6) return value < 999.5 ? value.toPrecision(3) : thousands(Math.round(value));
  const raised = [...String(Math.abs(exponent))].map((digit) => RAISED[digit]).join("");
  return `${Math.exp(log - exponent * Math.LN10).toFixed(1)} × 10${exponent < 0 ? "⁻" : ""}${raised}`;
}
