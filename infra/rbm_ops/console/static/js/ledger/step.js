// One step of a message's story: what came, when, and what it changed or why it changed nothing.

import { el } from "../dom.js";
import { formatMoment, formatSeconds, isTime } from "../format.js";
import { makeFoldedJson } from "../json_view.js";

// What the two times of a step are, by its kind.
const TIME_LABELS = {
  call: ["recorded ", "reached the platform "],
  callback: ["happened ", "received "],
};
const ORIGINS = {
  request: "Your service asked",
  call: "send → platform",
  callback: "platform → webhook",
  other: "",
};

export function makeStep(step) {
  const changed = step.changed ?? [];
  return el(
    "li",
    {
      class: `step step-${step.kind} ${changed.length ? "" : "step-idle"}`,
      "data-testid": "step",
      "data-kind": step.kind,
      "data-title": step.title,
    },
    el(
      "div",
      { class: "step-head" },
      el("strong", { class: "step-title" }, step.title),
      step.outcome ? el("span", { class: "step-outcome" }, step.outcome) : null,
      el("span", { class: "step-origin" }, ORIGINS[step.kind] ?? step.kind),
    ),
    makeTimes(step),
    makeChanges(step, changed),
    step.note ? el("p", { class: "step-note", "data-testid": "step-note" }, step.note) : null,
    (step.payload ?? null) === null ? null : makeFoldedJson("Payload", step.payload),
  );
}

function makeTimes({ time, receivedTime, kind }) {
  const [ownLabel, receivedLabel] = TIME_LABELS[kind] ?? ["", "received "];
  if (!isTime(receivedTime)) return el("p", { class: "step-times" }, makeTime("", time));
  return el(
    "p",
    { class: "step-times" },
    isTime(time) && makeTime(ownLabel, time),
    makeTime(receivedLabel, receivedTime),
    kind === "callback" && el("span", {}, describeDistance(time, receivedTime)),
  );
}

function describeDistance(time, receivedTime) {
  if (!isTime(time)) return "no time of its own";
  const seconds = (Date.parse(receivedTime) - Date.parse(time)) / 1000;
  return seconds >= 0 ? `${formatSeconds(seconds)} later` : `${formatSeconds(-seconds)} earlier`;
}

function makeTime(label, time) {
  return el(
    "span",
    {},
    label,
    isTime(time) ? el("time", { datetime: time, title: time }, formatMoment(time)) : "no time",
  );
}

function makeChanges({ kind }, changed) {
  if (changed.length) return el("ul", { class: "changes" }, changed.map(makeChange));
  return kind === "callback" ? el("p", { class: "step-nothing" }, "Changed nothing") : null;
}

function makeChange({ field, before, after }) {
  return el(
    "li",
    {},
    el("code", {}, field),
    " ",
    el("del", {}, showValue(before)),
    el("span", { role: "img", "aria-label": "became" }, " → "),
    el("ins", {}, showValue(after)),
  );
}

function showValue(value) {
  if (value === null || value === undefined) return "nothing";
  return typeof value === "string" ? value : JSON.stringify(value);
}
