// Asks the server for the pictures that a scatter wants, and hands them over.
//
// data: digits, numbers (of the pictures), said (a sentence each), sheet (the address of the pictures side by side), columns (in a
// row of it), width, height (of one). Triggers `wanted`, numbers.

export default function ({ data, setTriggerValue }) {
  const ask = (event) => setTriggerValue("wanted", event.detail);
  document.addEventListener("scatter:wanted", ask);
  document.dispatchEvent(new CustomEvent("scatter:pictures", { detail: data }));
  return () => document.removeEventListener("scatter:wanted", ask);
}
