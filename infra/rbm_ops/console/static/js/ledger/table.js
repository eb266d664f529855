// Plain tables of the ledger.

import { el, renderWhenChanged } from "../dom.js";
import { keepOneStop, makeRoving } from "../roving.js";

export function makeTable(columns, rows) {
  const body = el("tbody", {}, rows);
  makeRoving(body, "a");
  keepOneStop(body, "a");
  return el(
    "table",
    { class: "table" },
    el("thead", {}, el("tr", {}, columns.map((column) => el("th", { scope: "col" }, column)))),
    body,
  );
}

/** Nothing while nothing is known; `whenEmpty` where there is nothing to show. */
export function showRows(element, rows, whenEmpty, make) {
  if (rows) renderWhenChanged(element, rows, () => (rows.length ? make(rows) : whenEmpty));
}
