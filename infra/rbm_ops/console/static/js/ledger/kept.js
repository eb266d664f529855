// What could not go its way: quarantine (nobody understands it), dead letters (failed again and again).

import { el } from "../dom.js";
import { makeAge } from "../ages.js";
import { makeEmptyState } from "../controls.js";
import { formatCount } from "../format.js";
import { makeFoldedJson } from "../json_view.js";
import { store } from "../store.js";
import { showRows } from "./table.js";

export function mountQuarantine(section) {
  const intro =
    "Authentic callbacks that nobody understands. They are kept whole and acknowledged, " +
    "so that Google does not repeat them for seven days.";
  const empty = makeEmptyState(
    "check",
    "Nothing in quarantine.",
    "To see one, send to +1 415 555 0115: it answers with an event type that does not exist yet.",
  );
  mountKept(section, { intro, empty, name: "quarantine", make: makeQuarantined });
}

export function mountDeadLetters(section) {
  const intro = "Messages that failed again and again. They are kept for 31 days.";
  const empty = makeEmptyState(
    "check",
    "No dead letters.",
    "They appear when a function fails ten times for one message: stop correlate on the wire and wait.",
  );
  mountKept(section, { intro, empty, name: "deadLetters", make: makeDeadLetter });
}

function mountKept(section, { intro, empty, name, make }) {
  const list = el("div", { class: "kept-list" });
  section.append(el("p", { class: "hint section-intro" }, intro), list);
  store.watch([name], (state) => showRows(list, state[name], empty, (rows) => rows.map(make)));
}

function makeQuarantined({ reason, updatedTime, id, raw, ...others }) {
  return el(
    "article",
    { class: "kept", "data-testid": "quarantine-row" },
    el("div", { class: "kept-head" }, el("strong", {}, reason), makeAge(updatedTime)),
    el("code", { class: "kept-id" }, id),
    makeFoldedJson("Payload", parseIfJson(raw)),
    Object.keys(others).length ? makeFoldedJson("Document", others) : null,
  );
}

function makeDeadLetter({ topic, deliveryAttempt, publishTime, attributes, data }) {
  return el(
    "article",
    { class: "kept", "data-testid": "dead-letter-row" },
    el("div", { class: "kept-head" }, el("strong", {}, topic), makeAge(publishTime)),
    el(
      "p",
      { class: "hint" },
      deliveryAttempt ? `given up after ${formatCount(deliveryAttempt, "attempt")}` : "given up",
    ),
    makeFoldedJson("Data", parseIfJson(data)),
    makeFoldedJson("Attributes", attributes ?? {}),
  );
}

function parseIfJson(text) {
  try {
    return typeof text === "string" ? JSON.parse(text) : text;
  } catch {
    return text;
  }
}
