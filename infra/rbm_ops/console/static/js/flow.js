// The way of a message at a glance: what this system is, what runs, and what has passed.

import { el, replaceChildren } from "./dom.js";
import { makeIcon } from "./icons.js";
import { onStream } from "./stream.js";
import { store } from "./store.js";

const STOPS = [
  { name: "service", icon: "agent", title: "Your service", text: "asks for a message" },
  { name: "send", icon: "send", title: "send", text: "calls the platform", isFunction: true },
  { name: "platform", icon: "wire", title: "RBM platform", text: "Google's; simulated here" },
  { name: "phone", icon: "phone", title: "Phone", text: "shows it to the user" },
  { name: "webhook", icon: "webhook", title: "webhook", text: "takes signed callbacks", isFunction: true },
  { name: "correlate", icon: "event", title: "correlate", text: "writes what happened", isFunction: true },
  { name: "ledger", icon: "ledger", title: "Ledger", text: "one document per message" },
];
const LIT_BY_KIND = { call: ["send", "platform"], callback: ["platform", "webhook"] };
const PULSE_MS = 700;

export function mountFlow(element) {
  const stops = new Map(STOPS.map((stop) => [stop.name, makeStop(stop)]));
  element.append(el("ol", { class: "flow-stops" }, [...stops.values()].map(({ item }) => item)));
  store.watch(
    ["functions"],
    ({ functions }) => functions.forEach((each) => showFunction(stops.get(each.name), each)),
  );
  onStream("wire", ({ kind }) => LIT_BY_KIND[kind]?.forEach((name) => pulse(stops.get(name).item)));
  onStream("update", () => ["correlate", "ledger"].forEach((name) => pulse(stops.get(name).item)));
  onStream("conversation", () => pulse(stops.get("phone").item));
}

function makeStop({ name, icon, title, text, isFunction }) {
  const detail = el("span", { class: "flow-text" }, text);
  const item = el(
    "li",
    { class: `flow-stop ${isFunction ? "flow-function" : ""}`, "data-testid": `flow-${name}` },
    el("span", { class: "flow-icon" }, makeIcon(icon)),
    el("span", { class: "flow-words" }, el("strong", {}, title), detail),
  );
  return { item, detail, text };
}

function showFunction(stop, { state }) {
  if (!stop) return;
  stop.item.dataset.state = state;
  replaceChildren(stop.detail, state === "running" ? stop.text : state);
}

const prefersStillness = matchMedia("(prefers-reduced-motion: reduce)");

function pulse(item) {
  if (prefersStillness.matches || item.getAnimations({ subtree: true }).length) return;
  item.querySelector(".flow-icon").animate([
    { transform: "scale(1)" },
    { transform: "scale(1.18)", filter: "brightness(1.15)" },
    { transform: "scale(1)" },
  ], {
    duration: PULSE_MS,
    easing: "ease-out",
  });
}
