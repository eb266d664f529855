// The ledger's pane: its tabs and what each shows.

import { el, setAttribute } from "../dom.js";
import { hashOf, ledgerPlace } from "../route.js";
import { moveFocus } from "../roving.js";
import { store } from "../store.js";
import { mountConversations } from "./conversations.js";
import { mountDeadLetters, mountQuarantine } from "./kept.js";
import { mountMessages } from "./messages.js";
import { mountStatistics } from "./statistics.js";
import { mountStory } from "./story.js";

const TABS = [
  ["messages", "Messages"],
  ["conversations", "Conversations"],
  ["quarantine", "Quarantine"],
  ["dead-letters", "Dead letters"],
  ["statistics", "Statistics"],
];
const MOUNTS = {
  messages: mountMessages,
  conversations: mountConversations,
  quarantine: mountQuarantine,
  "dead-letters": mountDeadLetters,
  statistics: mountStatistics,
};

export function mountLedgerPane(pane) {
  const tabs = el("nav", { class: "tabs", "aria-label": "Ledger" }, TABS.map(makeTab));
  tabs.addEventListener("keydown", (event) => moveFocus(event, tabs, "a", ["ArrowLeft", "ArrowRight"]));
  const sections = TABS.map(([name, label]) => makeSection(name, label));
  const story = el(
    "section",
    { class: "ledger-story", tabindex: "-1", "aria-label": "Story of a message", "data-testid": "story" },
  );
  mountStory(story);
  const body = el("div", { class: "ledger-body" }, sections, story);
  pane.append(el("div", { class: "pane-head" }, el("h2", {}, "Ledger"), tabs), body);
  store.watch(["route"], () => showPlace({ pane, tabs, sections, story }));
  store.watch(["route"], () => moveWithPlace(pane, story));
}

function makeTab([name, label]) {
  return el("a", { class: "tab", "data-name": name, "data-testid": `tab-${name}` }, label);
}

function makeSection(name, label) {
  const section = el(
    "section",
    { class: `ledger-section ledger-${name}`, "data-name": name, "aria-label": label },
  );
  MOUNTS[name](section);
  return section;
}

function showPlace({ pane, tabs, sections, story }) {
  const [section = "messages"] = ledgerPlace();
  const shown = section === "message" ? "messages" : section;
  for (const tab of tabs.children) {
    setAttribute(tab, "href", hashOf("ledger", tab.dataset.name === "messages" ? [] : [tab.dataset.name]));
    setAttribute(tab, "aria-current", tab.dataset.name === shown ? "page" : null);
    if (tab.dataset.name === shown) tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  for (const each of sections) each.hidden = each.dataset.name !== shown;
  story.hidden = section !== "message";
  pane.classList.toggle("has-story", section === "message");
}

// Who opens or leaves a story by key finds the focus there.
function moveWithPlace(pane, story) {
  const [section, , messageId = ""] = ledgerPlace();
  const before = story.dataset.messageId ?? "";
  const now = section === "message" ? messageId : "";
  if (now === before) return;
  story.dataset.messageId = now;
  if (document.activeElement !== document.body && !pane.contains(document.activeElement)) return;
  if (now) story.focus({ preventScroll: true });
  else pane.querySelector(`[data-message-id="${CSS.escape(before)}"] a`)?.focus();
}
