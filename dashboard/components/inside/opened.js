// Which closer look an open layer has.

import { convolutionDetail, poolingDetail } from "./detail.js";
import { denseDetail, inputDetail, softmaxPart, votesPart } from "./dense.js";
import { make } from "./elements.js";

const UNIT_DETAILS = { conv: convolutionDetail, pool: poolingDetail, average_pool: poolingDetail, dense: denseDetail };

export function buildDetail(view) {
  const section = view.root.querySelector(".inside-detail"), block = view.blocks[view.layer], { words } = view.data;
  const place = [...section.querySelectorAll(".inside-class")].indexOf(view.shadow.activeElement);
  section.replaceChildren();
  view.details = [];
  if (block.end === "softmax") view.details.push(softmaxPart(view, section));
  if (block.end === "pair_votes") view.details.push(votesPart(view, section));
  if (block.kind === "input") {
    view.details.push(inputDetail(view, section));
  } else if (view.unit === null) {
    section.append(make("p", "inside-hint", words.hint[block.end === "softmax" ? "softmax" : block.kind]));
  } else {
    section.append(make("h3", "", view.unitName(block, view.unit)));
    view.details.push(UNIT_DETAILS[block.kind](view, section));
  }
  if (place >= 0) section.querySelectorAll(".inside-class")[place]?.focus();
}
