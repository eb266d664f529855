// Suggested replies and actions: their icons, what a phone would do at a tap, and the chips themselves.

import { el } from "../dom.js";
import { makeIcon } from "../icons.js";

const ACTIONS = {
  dialAction: ["dial", ({ phoneNumber }) => `Dials ${phoneNumber}`],
  viewLocationAction: ["pin", (action) => `Shows ${describePlace(action)} on a map`],
  shareLocationAction: ["locate", () => "Asks the user for a location and sends it"],
  openUrlAction: ["external", describeOpening],
  createCalendarEventAction: ["calendar", describeCalendarEvent],
  composeAction: ["compose", () => "Starts a new message"],
};

function describePlace({ latLong, label, query }) {
  if (query) return `the search “${query}”`;
  const place = latLong ? `${latLong.latitude}, ${latLong.longitude}` : "a place";
  return label ? `${label} (${place})` : place;
}

function describeOpening({ url, application, webviewViewMode }) {
  const where = application === "WEBVIEW" ? `a web view (${webviewViewMode ?? "FULL"})` : "the browser";
  return `Opens ${url} in ${where}`;
}

function describeCalendarEvent({ title, startTime, endTime }) {
  return `Puts “${title}” into the calendar, ${showUtc(startTime)} to ${showUtc(endTime)}`;
}

function showUtc(time) {
  return String(time).replace("T", " ").replace(/:00(\.0+)?Z$/, " UTC");
}

/** {text, icon, effect, postback, action} of one suggestion; odd ones are shown, not hidden. */
function describeSuggestion({ reply, action }) {
  if (reply) return describeReply(reply);
  const name = Object.keys(ACTIONS).find((each) => action?.[each]);
  const [icon, describe] = ACTIONS[name] ?? ["help", () => "Does something that this console does not know"];
  const isWebview = action?.openUrlAction?.application === "WEBVIEW";
  return {
    text: action?.text ?? "?",
    icon: isWebview ? "webview" : icon,
    effect: describe(action?.[name]),
    postback: action?.postbackData,
    action: name,
  };
}

function describeReply({ text, postbackData }) {
  return { text, icon: "reply", effect: `Replies “${text}”`, postback: postbackData };
}

/** Chips; `firstIndex` is the place of the first one among all suggestions of its message. */
export function makeChips(suggestions, { messageId, firstIndex, onTap, className = "" }) {
  if (!suggestions?.length) return null;
  return el(
    "div",
    { class: `chips ${className}`, role: "group", "aria-label": "Suggestions", "data-testid": "chips" },
    suggestions.map(
      (suggestion, offset) => makeChip(suggestion, { messageId, index: firstIndex + offset, onTap }),
    ),
  );
}

/** The chips of the message itself: the first of all its suggestions. */
export function makeMessageChips(suggestions, { messageId, onTap }) {
  return makeChips(suggestions, { messageId, firstIndex: 0, onTap, className: "chips-message" });
}

function makeChip(suggestion, { messageId, index, onTap }) {
  const described = describeSuggestion(suggestion);
  return el(
    "button",
    {
      type: "button",
      class: "chip",
      title: described.effect,
      disabled: !onTap,
      "data-testid": "chip",
      "data-index": index,
      on: { click: () => onTap?.({ messageId, index, ...described }) },
    },
    makeIcon(described.icon),
    el("span", {}, described.text),
  );
}
