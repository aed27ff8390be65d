// A drawing as it grows under the pen: what is drawn, the stroke that is still growing, and since when no answer to it was asked for.

import { curveOf } from "./preparation.js";

// Takes in a place of the pen, places [[x, y], ...] of its stroke so far; gives whether the drawing has changed.
//
// state: drawn (the finished strokes), growing (the other one, or null), end (its last place), asked (how many changes there were),
// since (when the pen moved first after the last question, or null).
export function trace(state, places, finished, event) {
  // the digit that invites to trace it
  const ghost = document.querySelector(".ghost");
  if (ghost) ghost.style.visibility = "hidden";
  const end = finished ? "" : [places.length, ...places.at(-1)].join();
  if (end && end === state.end) return false;
  state.end = end;
  state.growing = curveOf(places);
  state.since ??= event.timeStamp;
  if (finished) {
    state.drawn = [...state.drawn, state.growing];
    state.growing = null;
  }
  state.asked++;
  return true;
}
