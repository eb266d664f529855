// The partner queue: Google keeps one for all agents of a partner, with growing waits up to 600 s.

import { el, replaceChildren } from "../dom.js";
import { formatCount, formatSeconds, isTime } from "../format.js";
import { store } from "../store.js";

const MOST_SHOWN = 8;

export function mountQueue(element) {
  const render = () => renderQueue(element, store.get().callbacks);
  store.watch(["callbacks"], render);
  setInterval(() => store.get().callbacks?.waiting?.length && render(), 1000);
}

function renderQueue(element, callbacks) {
  if (!callbacks) return;
  const { pending, acknowledged, failedAttempts, dropped, waiting = [] } = callbacks;
  replaceChildren(
    element,
    el(
      "dl",
      { class: "counts", "data-testid": "queue-counts" },
      makeCount("pending", pending, pending ? "count-warning" : ""),
      makeCount("acknowledged", acknowledged),
      makeCount("failed attempts", failedAttempts, failedAttempts ? "count-bad" : ""),
      makeCount("dropped", dropped, dropped ? "count-bad" : ""),
    ),
    waiting.length > 0 && makeWaitingList(waiting),
  );
}

function makeWaitingList(waiting) {
  const rest = waiting.length - MOST_SHOWN;
  return [
    el(
      "ul",
      { class: "waiting", "aria-label": "Waiting for the next attempt" },
      waiting.slice(0, MOST_SHOWN).map(makeWaiting),
    ),
    rest > 0 && el("p", { class: "hint" }, `and ${rest} more`),
  ];
}

function makeCount(label, count, className = "") {
  return el("div", { class: className }, el("dt", {}, label), el("dd", {}, (count ?? 0).toLocaleString()));
}

function makeWaiting({ number, eventType, attempts, nextAttemptTime }) {
  const seconds = isTime(nextAttemptTime) ? (Date.parse(nextAttemptTime) - Date.now()) / 1000 : 0;
  const when = seconds > 0 ? `again in ${formatSeconds(Math.ceil(seconds))}` : "under way";
  return el(
    "li",
    { "data-testid": "waiting" },
    el("strong", {}, eventType),
    el("span", { class: "hint" }, ` no. ${number}, ${formatCount(attempts, "attempt")}`),
    el("span", { class: "waiting-when" }, when),
  );
}
