// What this is, in a minute, and the keys.

import { el } from "./dom.js";
import { openDialog } from "./controls.js";
import { hasShortcuts, setShortcuts, SHORTCUTS } from "./keyboard.js";

const STORY = [
  "Google's RCS for Business (RBM) answers a send at once, but tells what became of the message later: " +
    "by signed callbacks, in any order, more than once, for up to 30 days. No call reads a message back.",
  "rbm-ledger keeps one document for every message, with everything that ever happened to it. " +
    "This page shows all of it on your machine: a simulated platform, phones, and the three functions.",
];
const VIEWS = [
  ["Phone", "what a user sees. Type, tap, go offline, unsubscribe."],
  ["Ledger", "what the system knows. Choose a message to read its story."],
  ["Wire", "each call and callback as it passes. Break things, and watch the ledger stay right."],
];
const TRIES = [
  "Press c, send a message, and watch it pass.",
  "Turn the phone offline, send again, and turn it on.",
  "On the wire, stop correlate, send, and start it again: nothing is lost.",
];

export function openHelp() {
  return openDialog("What you are looking at", makeHelp, { testId: "help-dialog" });
}

function makeHelp() {
  return [
    STORY.map((text) => el("p", {}, text)),
    el(
      "dl",
      { class: "help-views" },
      VIEWS.map(([name, text]) => el("div", {}, el("dt", {}, name), el("dd", {}, text))),
    ),
    el("h3", {}, "Try"),
    el("ol", {}, TRIES.map((text) => el("li", {}, text))),
    el("h3", {}, "Keys"),
    el(
      "dl",
      { class: "keys" },
      SHORTCUTS.map(({ key, text }) => el("div", {}, el("dt", {}, el("kbd", {}, key)), el("dd", {}, text))),
    ),
    el("p", { class: "hint" }, "Arrow keys move in lists, tabs and carousels; Enter opens; Esc closes."),
    makeShortcutBox(),
  ];
}

function makeShortcutBox() {
  const box = el(
    "input",
    { type: "checkbox", checked: hasShortcuts(), on: { change: () => setShortcuts(box.checked) } },
  );
  return el("label", { class: "check" }, box, "Single keys are shortcuts");
}
