// The phone itself: frame, header in the agent's colour, the conversation, and what is typed.

import { el, renderWhenChanged, replaceChildren, syncChildren } from "../dom.js";
import { announce } from "../announce.js";
import { formatPhone } from "../format.js";
import { makeEmptyState } from "../controls.js";
import { attempting } from "../errors.js";
import { makeIcon } from "../icons.js";
import { countUnread, keyOfRow, listScreenRows, makeRow } from "./bubbles.js";
import { actOnPhone, findAgent } from "./data.js";
import { makePhoneInput } from "./input.js";
import { openLocationForm } from "./attachments.js";

const COLOR = /^#[0-9a-f]{6}$/i;
const NEAR_BOTTOM_PX = 80;

export function makePhone() {
  const parts = {
    status: el("div", { class: "phone-status" }),
    header: el("header", { class: "phone-header" }),
    rows: el("ol", {
      class: "rows",
      role: "log",
      "aria-live": "polite",
      "aria-label": "Conversation",
      tabindex: "0",
      "data-testid": "phone-screen",
    }),
    empty: el("div", { class: "phone-empty" }),
    typing: el("div", { class: "typing", role: "status", "data-testid": "typing" }),
    unread: el("div", { class: "unread" }),
    input: makePhoneInput(),
  };
  parts.screen = el("div", { class: "phone-screen" }, parts.empty, parts.rows, parts.typing);
  parts.frame = el(
    "div",
    { class: "phone", "data-testid": "phone" },
    parts.status,
    parts.header,
    parts.screen,
    parts.unread,
    parts.input.element,
  );
  pinToNewest(parts);
  return parts;
}

export function renderPhone(parts, { phone, conversation }) {
  if (!phone || !conversation) return;
  renderStatus(parts.status, phone);
  renderHeader(parts, conversation);
  renderRows(parts, conversation);
  renderTyping(parts, conversation);
  renderUnread(parts.unread, conversation, phone);
  parts.frame.classList.toggle("phone-off", !phone.isOnline);
  parts.input.setUsable(
    phone.isOnline && phone.hasRcs,
    phone.isOnline ? "RCS is turned off on this phone" : "This phone is offline",
  );
}

// The newest message stays in sight, whatever grows or shrinks, unless the person has scrolled up.
function pinToNewest(parts) {
  const { screen, rows } = parts;
  parts.isPinned = true;
  const pin = () => parts.isPinned && screen.scrollTo(0, screen.scrollHeight);
  screen.addEventListener("scroll", () => {
    parts.isPinned = screen.scrollHeight - screen.scrollTop - screen.clientHeight < NEAR_BOTTOM_PX;
  });
  const observer = new ResizeObserver(pin);
  observer.observe(screen);
  observer.observe(rows);
}

function renderStatus(status, phone) {
  const words = [phone.carrier, phone.hasRcs ? "RCS" : "no RCS", phone.isOnline ? "online" : "offline"];
  replaceChildren(
    status,
    el("span", {}, formatPhone(phone.phoneNumber)),
    el("span", { "data-testid": "phone-status" }, words.filter(Boolean).join(" · ")),
  );
}

function renderHeader({ frame, header }, conversation) {
  const agent = findAgent(conversation.agentId);
  const color = COLOR.test(agent.color) ? agent.color : "#0b57d0";
  frame.style.setProperty("--agent", color);
  frame.style.setProperty("--on-agent", isDark(color) ? "#fff" : "#16181d");
  const name = agent.displayName || agent.agentId;
  replaceChildren(
    header,
    el("span", { class: "avatar", "aria-hidden": "true" }, [...name][0]?.toUpperCase() ?? "?"),
    el(
      "div",
      { class: "phone-agent" },
      el("strong", { "data-testid": "agent-name", dir: "auto" }, name),
      makeIcon("verified", "verified"),
    ),
    conversation.isSubscribed ? null : makeUnsubscribedBadge(),
  );
}

function makeUnsubscribedBadge() {
  return el("span", { class: "badge badge-warning", "data-testid": "unsubscribed" }, "Unsubscribed");
}

function isDark(color) {
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(color.slice(place, place + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 150;
}

function renderRows(parts, conversation) {
  const { rows, empty } = parts;
  const items = listScreenRows(conversation);
  const shown = `${conversation.agentId} ${conversation.phoneNumber}`;
  if (parts.shown !== shown) parts.isPinned = true;
  parts.shown = shown;
  syncChildren(rows, items, { keyOf: keyOfRow, build: (item) => makeRow(item, attempting(tapSuggestion)) });
  rows.hidden = items.length === 0;
  replaceChildren(empty, items.length ? null : makeEmptyConversation());
}

function makeEmptyConversation() {
  return makeEmptyState(
    "phone",
    "No messages yet.",
    "Send one with the composer (",
    el("kbd", {}, "c"),
    "), or run: ",
    el("code", {}, "rbm demo"),
  );
}

/** Taps as the phone would: the postback goes to the agent, and the effect is shown. */
async function tapSuggestion({ messageId, index, effect, postback, action }) {
  await actOnPhone({ kind: "tap", messageId, suggestion: index });
  announce(`${effect}. Postback sent: ${postback ?? "none"}`);
  if (action === "shareLocationAction") openLocationForm();
}

function renderTyping(parts, { agentTypingUntil }) {
  clearTimeout(parts.typingTimer);
  const leftMs = agentTypingUntil ? Date.parse(agentTypingUntil) - Date.now() : 0;
  const isTyping = leftMs > 0;
  const dots = el("span", { class: "dots", "aria-hidden": "true" }, [1, 2, 3].map(() => el("span")));
  replaceChildren(parts.typing, isTyping ? [dots, "The agent is typing"] : null);
  if (isTyping) parts.typingTimer = setTimeout(() => replaceChildren(parts.typing), leftMs);
}

function renderUnread(element, conversation, phone) {
  const count = countUnread(conversation);
  const effect = phone.sendsReadReceipts ? "Sends READ for each" : "Sends nothing: read receipts are off";
  renderWhenChanged(element, [count, effect], () => (count ? makeOpenButton(count, effect) : null));
}

function makeOpenButton(count, title) {
  const open = attempting(() => actOnPhone({ kind: "open" }));
  const hooks = { "data-testid": "open-conversation", on: { click: open } };
  const label = `${count} unread · Open the conversation`;
  return el("button", { type: "button", class: "unread-button", title, ...hooks }, label);
}
