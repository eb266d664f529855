// The phone's pane: pickers, switches, the phone, and what is outside its screen.

import { el, replaceChildren } from "../dom.js";
import { makeAge } from "../ages.js";
import { makeStateChip } from "../states.js";
import { hashOf } from "../route.js";
import { store } from "../store.js";
import { listOutside } from "./bubbles.js";
import { summarizeContent } from "./content.js";
import { renderSwitches } from "./device.js";
import { mountPickers } from "./pickers.js";
import { makePhone, renderPhone } from "./screen.js";

const MOST_OUTSIDE = 8;

export function mountPhonePane(pane) {
  const pickers = el("div", { class: "pickers" });
  const switches = el("div", { class: "device" });
  const outside = el("div", { class: "outside", "data-testid": "outside" });
  const phone = makePhone();
  pane.append(el("div", { class: "phone-tools" }, pickers, switches), phone.frame, outside);
  const renderPickers = mountPickers(pickers);
  store.watch(["phones", "agents", "conversations", "route"], renderPickers);
  store.watch(["phone", "conversation"], (state) => renderSwitches(switches, state));
  store.watch(["phone", "conversation", "agents"], (state) => renderPhone(phone, state));
  store.watch(["conversation"], (state) => renderOutside(outside, state));
}

function renderOutside(element, { conversation }) {
  const entries = listOutside(conversation);
  element.hidden = entries.length === 0;
  const onTheWay = entries.filter(({ state }) => state === "queued");
  const gone = entries.filter(({ state }) => state !== "queued").slice(0, MOST_OUTSIDE);
  replaceChildren(
    element,
    makeShelf("On their way", onTheWay, conversation?.agentId),
    makeShelf("Never arrived", gone, conversation?.agentId),
  );
}

function makeShelf(title, entries, agentId) {
  if (!entries.length) return null;
  return el(
    "section",
    { class: "shelf" },
    el("h3", {}, `${title} (${entries.length})`),
    el("ul", {}, entries.slice(0, MOST_OUTSIDE).map((entry) => makeOutsideLine(entry, agentId))),
  );
}

function makeOutsideLine(entry, agentId) {
  const onItsWay = el("span", { class: "state state-queued" }, "on its way");
  return el(
    "li",
    { "data-testid": "outside-message", "data-message-id": entry.messageId, "data-state": entry.state },
    entry.state === "queued" ? onItsWay : makeStateChip(entry.state),
    el(
      "a",
      { class: "outside-text", href: hashOf("ledger", ["message", agentId, entry.messageId]) },
      summarizeContent(entry.contentMessage),
    ),
    makeAge(entry.time),
  );
}
