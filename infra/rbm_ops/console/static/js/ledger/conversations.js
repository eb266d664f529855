// Conversations with the user's consent, and what users sent.

import { el, renderWhenChanged } from "../dom.js";
import { makeAge } from "../ages.js";
import { makeEmptyState } from "../controls.js";
import { formatPhone } from "../format.js";
import { makeFoldedJson } from "../json_view.js";
import { hashOf, ledgerPlace } from "../route.js";
import { store } from "../store.js";
import { makeTable, showRows } from "./table.js";

const COLUMNS = ["Consent", "Phone", "Agent", "Last from the user"];

export function mountConversations(section) {
  const list = el("div");
  const opened = el("div", { class: "opened", "data-testid": "conversation-detail" });
  section.append(list, opened);
  const empty = makeEmptyState(
    "event",
    "No conversation yet.",
    "One begins when a user answers, subscribes or unsubscribes: write something on the phone.",
  );
  store.watch(
    ["consents", "route"],
    ({ consents }) => showRows(list, consents, empty, (rows) => makeTable(COLUMNS, rows.map(makeRow))),
  );
  store.watch(
    ["openedConversation", "route"],
    ({ openedConversation }) => showOpened(opened, openedConversation),
  );
}

function makeRow({ agentId, phoneNumber, brand, optedOut, optedOutTime, optedInTime, lastInboundTime }) {
  const since = optedOut ? optedOutTime : optedInTime;
  return el(
    "tr",
    { "data-testid": "conversation-row", "data-opted-out": String(optedOut) },
    el(
      "td",
      {},
      el(
        "span",
        { class: `state ${optedOut ? "state-rejected" : "state-read"}` },
        optedOut ? "opted out" : "may be sent to",
      ),
      since ? el("span", { class: "hint" }, " ", makeAge(since)) : null,
    ),
    el(
      "td",
      {},
      agentId
        ? el("a", { href: hashOf("ledger", ["conversations", agentId, phoneNumber]) }, formatPhone(phoneNumber))
        : formatPhone(phoneNumber),
    ),
    el("td", {}, agentId, brand ? el("span", { class: "hint" }, ` brand ${brand}`) : null),
    el("td", {}, makeAge(lastInboundTime)),
  );
}

function showOpened(element, opened) {
  const [section, agentId, phoneNumber] = ledgerPlace();
  const isOfPlace = opened && opened.agentId === agentId && opened.phoneNumber === phoneNumber;
  const isWanted = section === "conversations" && isOfPlace;
  renderWhenChanged(element, isWanted ? opened : null, () => (isWanted ? makeOpened(opened) : null));
}

function makeOpened({ agentId, phoneNumber, userMessages = [], evidence = [], consent, document }) {
  return [
    el("h3", {}, `${formatPhone(phoneNumber)} and ${agentId}`),
    userMessages.length
      ? userMessages.map((message) => makeFoldedJson(summarizeUserMessage(message), message))
      : el("p", { class: "hint" }, "The user has sent nothing."),
    evidence.map((word) => makeFoldedJson(summarizeEvidence(word), word)),
    consent ? makeFoldedJson("Raw consent", consent) : null,
    makeFoldedJson("Raw document", document ?? null),
  ];
}

const DECISIONS = { optedOut: "Opted out", optedIn: "Opted in" };

function summarizeEvidence({ decision, by, note, source, atMs }) {
  const from = [by, note && `“${note}”`, source].filter(Boolean).join(" ");
  return `${DECISIONS[decision] ?? decision} by ${from}, ${new Date(atMs).toISOString()}`;
}

function summarizeUserMessage(message) {
  const { text, suggestionResponse, location, userFile } = message.content ?? message;
  if (text) return `Text: ${text}`;
  if (suggestionResponse) return `Tap: ${suggestionResponse.text ?? suggestionResponse.postbackData}`;
  if (location) return "Location";
  return userFile ? `File: ${userFile.payload?.fileName ?? ""}` : "Message";
}
