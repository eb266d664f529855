// Buttons that break things, so that one can watch the ledger stay right.

import { el, renderWhenChanged } from "../dom.js";
import { makeButton, makeField, makeSelect, makeSwitch } from "../controls.js";
import { store } from "../store.js";
import { commandFunction, disturb, restoreToken, rotateToken } from "./data.js";

const STATUSES = [
  ["", "normally"],
  ["UNAVAILABLE", "503 unavailable"],
  ["RESOURCE_EXHAUSTED", "429 too many"],
  ["INTERNAL", "500 internal"],
  ["UNAUTHENTICATED", "401 unauthenticated"],
];
const ORDERS = {
  start: ["Start", "primary", undefined],
  stop: ["Stop", "", "Its port refuses until it is started"],
  kill: ["Kill", "danger", "SIGKILL; it comes back by itself"],
};
const ROTATION = "The platform signs with a token that the webhook does not know: 401";
const DELAYS = [0, 1, 5, 30, 120].map(
  (seconds) => [String(seconds), seconds ? `${seconds} s late` : "at once"],
);
const COPIES = [1, 2, 3, 5].map((copies) => [String(copies), copies === 1 ? "once" : `${copies} times`]);

export function mountBreakers(element) {
  const functions = el("div", { class: "functions" });
  const callbacks = el("div", { class: "break-grid" });
  element.append(el("h3", {}, "Functions"), functions, el("h3", {}, "Platform"), callbacks);
  store.watch(
    ["functions"],
    (state) => renderWhenChanged(functions, state.functions, () => state.functions.map(makeFunctionRow)),
  );
  store.watch(["disturbances", "tokenIsRotated"], ({ disturbances, tokenIsRotated }) => {
    if (!disturbances) return;
    renderWhenChanged(
      callbacks,
      [disturbances, tokenIsRotated],
      () => makeDisturbances(disturbances, tokenIsRotated),
    );
  });
}

function makeFunctionRow({ name, state, processId, starts }) {
  const isStopped = state === "stopped";
  const facts = [state, processId && `process ${processId}`, starts > 1 && `start ${starts}`];
  const orders = isStopped ? ["start"] : ["stop", "kill"];
  return el(
    "div",
    { class: "function", "data-testid": `function-${name}`, "data-state": state },
    el("span", { class: `lamp lamp-${state}`, "aria-hidden": "true" }),
    el("strong", {}, name),
    el("span", { class: "hint" }, isStopped ? state : facts.filter(Boolean).join(", ")),
    el("span", { class: "function-buttons" }, orders.map((order) => makeOrderButton(name, order))),
  );
}

function makeOrderButton(name, order) {
  const [label, kind, title] = ORDERS[order];
  return makeButton(label, () => commandFunction(name, order), {
    kind: `small ${kind}`,
    title,
    testId: `${order}-${name}`,
    "aria-label": `${label} ${name}`,
  });
}

function makeDisturbances(now, tokenIsRotated) {
  return [
    makeChoice("Callbacks come", withSeconds(now.delaySeconds), now.delaySeconds, {
      change: (value) => disturb({ delaySeconds: Number(value) }),
      testId: "break-delay",
    }),
    makeChoice("Each comes", withCurrent(COPIES, now.copies, "times"), now.copies, {
      change: (value) => disturb({ copies: Number(value) }),
      testId: "break-copies",
    }),
    makeChoice("Calls are answered", withStatus(now.createStatus), now.createStatus ?? "", {
      change: (value) => disturb({ createStatus: value || null }),
      testId: "break-status",
    }),
    makeChoice("Answers come", withSeconds(now.createDelaySeconds), now.createDelaySeconds, {
      change: (value) => disturb({ createDelaySeconds: Number(value) }),
      testId: "break-create-delay",
    }),
    makeSwitches(now),
    makeBreakButtons(now, tokenIsRotated),
  ];
}

function makeChoice(label, options, value, { change, testId }) {
  return makeField(label, makeSelect(options, String(value), change, { "data-testid": testId }));
}

function makeSwitches({ isReversed, isWronglySigned }) {
  const reverse = (on) => disturb({ isReversed: on });
  const signWrongly = (on) => disturb({ isWronglySigned: on });
  return el(
    "div",
    { class: "break-row" },
    makeSwitch("Reverse order", isReversed, reverse, { testId: "break-reverse" }),
    makeSwitch("Wrong signature", isWronglySigned, signWrongly, { testId: "break-signature" }),
  );
}

function makeBreakButtons({ dropNext }, tokenIsRotated) {
  const drop = (count) => () => disturb({ dropNext: dropNext + count });
  const title = "A dropped callback is lost for good";
  const token = { kind: `small ${tokenIsRotated ? "primary" : ""}`, testId: "break-token", title: ROTATION };
  return el(
    "div",
    { class: "break-row" },
    makeButton("Drop next", drop(1), { kind: "small", testId: "break-drop", title }),
    makeButton("Drop next 5", drop(5), { kind: "small", testId: "break-drop-5", title }),
    tokenIsRotated
      ? makeButton("Restore the token", restoreToken, token)
      : makeButton("Rotate the token", rotateToken, token),
  );
}

const withSeconds = (seconds) => withCurrent(DELAYS, seconds, "s late");

// What another page or a test has set may be none of the usual values.
function withCurrent(options, value, unit) {
  const current = String(value);
  return options.some(([each]) => each === current) ? options : [...options, [current, `${current} ${unit}`]];
}

function withStatus(status) {
  return !status || STATUSES.some(([each]) => each === status) ? STATUSES : [...STATUSES, [status, status]];
}
