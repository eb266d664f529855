// The entries of a conversation as rows on the screen.

import { el } from "../dom.js";
import { formatClock } from "../format.js";
import { makeIcon } from "../icons.js";
import { makeAgentContent, makeUserContent } from "./content.js";
import { makeMessageChips } from "./suggestions.js";

const TICKS = { delivered: ["check", "Delivered"], read: ["checks", "Read"] };
const USER_EVENTS = { SUBSCRIBE: "The user subscribed", UNSUBSCRIBE: "The user unsubscribed" };

const isTapOnAction = (entry) => entry.content?.suggestionResponse?.type === "ACTION";
const isOnScreen = (entry) => entry.kind !== "agentMessage" || entry.state in TICKS;
const isShown = (entry) => entry.kind !== "userEvent" || entry.eventType in USER_EVENTS;

/** What stands on the phone's screen; a message that has not arrived stands nowhere on it. */
export function listScreenRows(conversation) {
  const entries = (conversation?.entries ?? []).filter((entry) => isOnScreen(entry) && isShown(entry));
  const last = entries.findLast((entry) => entry.kind !== "userEvent" && !isTapOnAction(entry));
  return entries.map(
    (entry, place) => ({ entry, place, hasChips: entry === last && entry.kind === "agentMessage" }),
  );
}

/** What the phone does not have (yet), newest first. */
export function listOutside(conversation) {
  return (conversation?.entries ?? []).filter((entry) => !isOnScreen(entry)).reverse();
}

export function countUnread(conversation) {
  return (conversation?.entries ?? []).filter(
    ({ kind, state }) => kind === "agentMessage" && state === "delivered",
  ).length;
}

export function keyOfRow({ entry, place }) {
  return entry.messageId ?? `${entry.eventType} ${entry.time} ${place}`;
}

export function makeRow({ entry, hasChips }, onTap) {
  if (entry.kind === "userEvent") return makeNote(USER_EVENTS[entry.eventType], entry.time);
  if (isTapOnAction(entry)) return makeNote(describeTap(entry), entry.time);
  return entry.kind === "agentMessage" ? makeAgentRow(entry, hasChips, onTap) : makeUserRow(entry);
}

function describeTap({ content }) {
  return `The user tapped “${content.suggestionResponse.text ?? "an action"}”`;
}

function makeNote(text, time) {
  return el("li", { class: "row row-note", "data-testid": "note" }, `${text} · ${formatClock(time)}`);
}

function makeAgentRow(entry, hasChips, onTap) {
  const { messageId, contentMessage: content, state } = entry;
  const [icon, word] = TICKS[state];
  return el(
    "li",
    {
      class: "row row-agent",
      "data-testid": "bubble",
      "data-kind": "agentMessage",
      "data-message-id": messageId,
      "data-state": state,
    },
    makeAgentContent(content, { messageId, onTap }),
    el(
      "div",
      { class: `row-meta tick-${state}`, title: `The agent was told: ${word.toUpperCase()}` },
      el("time", { datetime: entry.time }, formatClock(entry.deliveredTime ?? entry.time)),
      makeIcon(icon),
      el("span", {}, word),
    ),
    hasChips && makeMessageChips(content?.suggestions, { messageId, onTap }),
  );
}

function makeUserRow(entry) {
  return el(
    "li",
    {
      class: "row row-user",
      "data-testid": "bubble",
      "data-kind": "userMessage",
      "data-message-id": entry.messageId,
    },
    makeUserContent(entry.content),
    el(
      "div",
      { class: "row-meta" },
      el("time", { datetime: entry.time }, formatClock(entry.time)),
      el("span", {}, entry.isReadByAgent ? "Seen by the agent" : "Sent"),
    ),
  );
}
