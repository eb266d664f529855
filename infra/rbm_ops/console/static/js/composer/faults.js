// The faults of a request, each with the line it is on.

import { el } from "../dom.js";
import { formatCount } from "../format.js";
import { makeIcon } from "../icons.js";
import { lineOfPath, locatePaths } from "./locate.js";

const NO_FAULTS = "No faults: send would take it.";

/** [{line or null, text, isSyntax}] by line; a text that is no JSON has that one fault only. */
export function sortFaults(text, faults) {
  const { lines, error } = locatePaths(text);
  if (error) return [{ line: error.line, text: error.message, isSyntax: true }];
  const located = faults.map(
    ({ path, problem }) => ({
      line: lineOfPath(lines, path),
      text: path ? `${path}: ${problem}` : problem,
      isSyntax: false,
    }),
  );
  return located.sort((one, other) => (one.line ?? 0) - (other.line ?? 0));
}

export function makeFaultList(faults, goToLine) {
  if (!faults.length) return el("p", { class: "no-faults" }, makeIcon("check"), NO_FAULTS);
  const lines = faults.map((fault) =>
    el("li", { class: "fault", "data-testid": "fault" }, makeFault(fault, goToLine)),
  );
  return [
    el("p", { class: "fault-count" }, makeIcon("warning"), formatCount(faults.length, "fault")),
    el("ul", {}, lines),
  ];
}

function makeFault({ line, text }, goToLine) {
  if (!line) return text;
  return el(
    "button",
    { type: "button", class: "fault-link", on: { click: () => goToLine(line) } },
    el("span", { class: "fault-line" }, `line ${line}`),
    text,
  );
}
