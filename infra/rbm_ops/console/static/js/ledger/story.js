// One message with all that ever happened to it.

import { el, renderWhenChanged } from "../dom.js";
import { makeButton, makeEmptyState } from "../controls.js";
import { formatMoment, formatPhone, formatSeconds, isTime } from "../format.js";
import { copyText, makeFoldedJson } from "../json_view.js";
import { goTo, hashOf, ledgerPlace } from "../route.js";
import { STATES, makeStateChip } from "../states.js";
import { store } from "../store.js";
import { choose } from "../phone/data.js";
import { makeStep } from "./step.js";

// More is to come for these; for the others a late DELIVERED would be an exception.
const OPEN_STATES = ["unknown_message", "pending", "accepted", "expiry_inconclusive", "delivered"];
const PROGRESS = [
  ["requestedTime", "requested"],
  ["acceptedTime", "accepted"],
  ["deliveredTime", "delivered"],
  ["readTime", "read"],
];

export function mountStory(section) {
  store.watch(["story", "route"], ({ story }) => {
    const [place, agentId, messageId] = ledgerPlace();
    if (place !== "message") return;
    const isLoaded = story?.agentId === agentId && story.messageId === messageId;
    renderWhenChanged(section, isLoaded ? story : messageId, () => (isLoaded ? tell(story) : makeLoading()));
  });
}

function tell(story) {
  return story.isMissing ? makeMissing(story) : makeStory(story);
}

function makeLoading() {
  return [makeBackLink(), el("p", { class: "hint", "aria-busy": "true" }, "Loading the story…")];
}

function makeBackLink() {
  return makeButton(
    "All messages",
    () => goTo("ledger"),
    { icon: "back", kind: "quiet small story-back", testId: "story-back" },
  );
}

function makeMissing({ messageId }) {
  return [
    makeBackLink(),
    makeEmptyState(
      "ledger",
      "The ledger has no such message yet.",
      "It appears here as soon as send has written it: ",
      el("code", {}, messageId),
      ". If it does not, look at the wire for a stopped function.",
    ),
  ];
}

function makeStory({ row, document, story, awaited }) {
  return [
    makeBackLink(),
    makeHeading(row),
    makeProgress(row),
    makeAwaited(awaited),
    el("h3", {}, "What happened"),
    el("ol", { class: "steps", "data-testid": "steps" }, story.map(makeStep)),
    el("h3", {}, "Document"),
    el("p", { class: "hint" }, el("code", {}, `agents/${row.agentId}/messages/${row.messageId}`)),
    makeFoldedJson("Raw document", document, { testId: "raw-document" }),
  ];
}

function makeHeading(row) {
  const showPhone = () => {
    choose({ phoneNumber: row.phoneNumber, agentId: row.agentId });
    location.hash = hashOf("phone");
  };
  const caller = [row.source, row.clientReference].filter(Boolean).join(" · ");
  return el(
    "header",
    { class: "story-head" },
    el(
      "div",
      { class: "story-title" },
      makeStateChip(row.state),
      el("h3", { dir: "auto" }, row.summary || "Message"),
    ),
    el("p", { class: "story-meaning" }, STATES[row.state] ?? ""),
    el(
      "p",
      { class: "story-facts" },
      el("span", {}, "to ", el("strong", {}, formatPhone(row.phoneNumber))),
      el("span", {}, "from ", el("strong", {}, row.agentId)),
      caller ? el("span", {}, "for ", el("strong", {}, caller)) : null,
      el("span", {}, "requested ", el("strong", {}, formatMoment(row.requestedTime ?? row.updatedTime))),
    ),
    el(
      "div",
      { class: "story-buttons" },
      makeButton("Show on the phone", showPhone, { icon: "phone", kind: "small" }),
      makeButton("Copy the id", () => copyText(row.messageId), { icon: "copy", kind: "small" }),
    ),
  );
}

function makeProgress(row) {
  const missing = OPEN_STATES.includes(row.state) ? "not yet" : "–";
  const items = PROGRESS.map(([field, word], place) => {
    const time = row[field];
    const isReached = isTime(time);
    const before = PROGRESS.slice(0, place).map(([name]) => row[name]).findLast(isTime);
    const wait = isReached && before ? formatWait((Date.parse(time) - Date.parse(before)) / 1000) : "";
    return el(
      "li",
      { class: isReached ? "reached" : "", title: time ?? "" },
      el("span", { class: "progress-word" }, word),
      el("span", { class: "progress-wait" }, isReached ? wait : missing),
    );
  });
  return el("ol", { class: "progress", "aria-label": "Progress" }, items);
}

// A phone's clock may say that it happened before we asked.
function formatWait(seconds) {
  return seconds < 0 ? formatSeconds(seconds) : `+${formatSeconds(seconds)}`;
}

function makeAwaited(awaited) {
  if (!awaited?.length) return null;
  return el(
    "aside",
    { class: "awaited", "data-testid": "awaited", "aria-label": "Awaited" },
    el("strong", {}, "Still awaited"),
    el("ul", {}, awaited.map((sentence) => el("li", {}, sentence))),
  );
}
