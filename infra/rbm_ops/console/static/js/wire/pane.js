// The wire's pane: breakers, the partner queue, and each call and callback as it passes.

import { el, renderWhenChanged, setAttribute, syncChildren } from "../dom.js";
import { makeEmptyState } from "../controls.js";
import { makeIcon } from "../icons.js";
import { formatCount } from "../format.js";
import { keepOneStop, makeRoving } from "../roving.js";
import { store } from "../store.js";
import { mountBreakers } from "./breakers.js";
import { keyOfRecord } from "./data.js";
import { mountQueue } from "./queue.js";
import { isGood, makeRecord, nameRecord } from "./record.js";

const MOST_SHOWN = 150;
const ALL_APPEARS_HERE =
  "Every call to the platform and every callback to the webhook appears here. Send a message to see some.";
const HEADS = "summary.record-head";
const FILTERS = [
  ["", "Everything"],
  ["call", "Calls"],
  ["callback", "Callbacks"],
  ["bad", "Failures"],
];

export function mountWirePane(pane) {
  const breakers = el("div", { class: "breakers" });
  const queue = el("div", { class: "queue", "data-testid": "queue", "aria-label": "Partner queue" });
  const list = el(
    "ol",
    { class: "records", "aria-label": "Calls and callbacks, newest first", "data-testid": "wire" },
  );
  const empty = el("div");
  const view = { text: "", kind: "", pausedAt: null, list, empty };
  makeRoving(list, HEADS);
  mountBreakers(breakers);
  mountQueue(queue);
  const breakFold = el(
    "details",
    { class: "break-fold", "data-testid": "breakers" },
    el("summary", { "aria-keyshortcuts": "b" }, makeIcon("warning"), "Break things"),
    breakers,
  );
  pane.append(
    el("div", { class: "pane-head" }, el("h2", {}, "Wire"), makePauseButton(view)),
    breakFold,
    queue,
    makeFilters(view),
    el("div", { class: "wire-list" }, list, empty),
  );
  store.watch(["wire"], () => renderRecords(view));
}

function makePauseButton(view) {
  const label = el("span", {}, "Pause");
  const button = el(
    "button",
    {
      type: "button",
      class: "button small",
      "aria-pressed": "false",
      "data-testid": "wire-pause",
      "aria-keyshortcuts": "k",
      on: { click: toggle },
    },
    label,
  );
  function toggle() {
    const isPaused = view.pausedAt !== null;
    view.pausedAt = isPaused ? null : (store.get().wire[0]?.number ?? 0);
    label.textContent = isPaused ? "Pause" : "Go on";
    setAttribute(button, "aria-pressed", String(!isPaused));
    renderRecords(view);
  }
  view.label = label;
  return button;
}

function makeFilters(view) {
  const text = el("input", {
    class: "input filter-text",
    type: "search",
    placeholder: "Type, number or id",
    "aria-label": "Filter the wire",
    "data-testid": "wire-filter",
    on: { input: () => applyFilter(view, { text: text.value.toLowerCase() }) },
  });
  const kind = el(
    "select",
    {
      class: "input",
      "aria-label": "Kind",
      "data-testid": "wire-kind",
      on: { change: () => applyFilter(view, { kind: kind.value }) },
    },
    FILTERS.map(([value, label]) => el("option", { value }, label)),
  );
  return el("div", { class: "filters", role: "search" }, text, kind);
}

function applyFilter(view, changes) {
  Object.assign(view, changes);
  renderRecords(view);
}

function renderRecords(view) {
  const { wire } = store.get();
  const seen = view.pausedAt === null ? wire : wire.filter(({ number }) => number <= view.pausedAt);
  const hidden = wire.length - seen.length;
  if (view.pausedAt !== null) view.label.textContent = hidden ? `Go on (${hidden} new)` : "Go on";
  const shown = seen.filter((record) => isWanted(record, view)).slice(0, MOST_SHOWN);
  syncChildren(
    view.list,
    shown,
    { keyOf: keyOfRecord, signatureOf: keyOfRecord, build: makeRecord },
  );
  keepOneStop(view.list, HEADS);
  renderWhenChanged(
    view.empty,
    [shown.length === 0, wire.length],
    shown.length ? null : makeEmpty(wire.length),
  );
}

function isWanted(record, { text, kind }) {
  if (kind === "bad" ? isGood(record) : kind && record.kind !== kind) return false;
  const searched = [
    nameRecord(record),
    record.phoneNumber,
    record.messageId,
    record.agentId,
    record.httpStatus,
    record.status,
    record.outcome,
  ];
  return searched.join(" ").toLowerCase().includes(text);
}

function makeEmpty(count) {
  const others = `${formatCount(count, "record")} of another kind.`;
  return count
    ? makeEmptyState("wire", "Nothing like that passed.", others)
    : makeEmptyState("wire", "Nothing has passed yet.", ALL_APPEARS_HERE);
}
