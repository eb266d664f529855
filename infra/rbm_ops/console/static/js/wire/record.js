// One call, callback or handshake on the wire, with its verdict.

import { el } from "../dom.js";
import { formatClock, formatMoment, formatPhone, formatSeconds } from "../format.js";
import { makeIcon } from "../icons.js";
import { makeFoldedJson } from "../json_view.js";
import { hashOf } from "../route.js";

const KINDS = {
  call: { icon: "up", word: "call", direction: "to the platform" },
  callback: { icon: "down", word: "callback", direction: "to the webhook" },
  handshake: { icon: "verified", word: "handshake", direction: "to the webhook" },
};
const GOOD_OUTCOMES = ["acknowledged", "verified"];

export function nameRecord({ rpc, eventType, kind, path }) {
  return rpc ?? eventType ?? path ?? kind;
}

export function isGood({ kind, outcome, httpStatus }) {
  return kind === "call" ? httpStatus < 400 : GOOD_OUTCOMES.includes(outcome);
}

export function makeRecord(record) {
  const details = el("div", { class: "record-details" });
  const fold = el("details", { class: "record-fold" }, makeHead(record), details);
  fold.addEventListener("toggle", () => {
    if (fold.open && !details.hasChildNodes()) details.append(...makeDetails(record));
  });
  const hooks = { "data-kind": record.kind, "data-name": nameRecord(record), "data-number": record.number };
  return el("li", { class: "record", "data-testid": "wire-row", ...hooks }, fold);
}

function makeHead(record) {
  const { icon, word, direction } = KINDS[record.kind] ?? KINDS.call;
  const quality = isGood(record) ? "good" : "bad";
  return el(
    "summary",
    { class: "record-head" },
    el(
      "span",
      { class: `record-icon record-${record.kind} record-${quality}`, title: direction },
      makeIcon(icon),
      el("span", { class: "visually-hidden" }, `${word} ${direction}: `),
    ),
    el("span", { class: "record-name" }, nameRecord(record)),
    el("span", { class: `verdict verdict-${quality}`, "data-testid": "verdict" }, judge(record)),
    el("span", { class: "record-facts" }, listFacts(record).map((fact) => el("span", {}, fact))),
  );
}

function judge({ kind, httpStatus, status, outcome }) {
  if (kind === "call") return `${httpStatus || "no answer"} ${status ?? ""}`.trim();
  if (outcome === "dropped") return "dropped on purpose";
  return httpStatus ? `${httpStatus} ${outcome}` : `no answer, ${outcome}`;
}

function listFacts(record) {
  const { time, phoneNumber, latencyMs, attempt, kind, nextAttemptTime } = record;
  return [
    formatClock(time, { withSeconds: true }),
    phoneNumber && `…${phoneNumber.slice(-4)}`,
    latencyMs !== undefined && formatLatency(latencyMs),
    attempt > 1 && `attempt ${attempt}`,
    kind === "callback" && judgeSignature(record),
    nextAttemptTime && `again at ${formatClock(nextAttemptTime, { withSeconds: true })}`,
  ].filter(Boolean);
}

function formatLatency(milliseconds) {
  return milliseconds < 10 ? `${milliseconds.toFixed(1)} ms` : formatSeconds(milliseconds / 1000);
}

// Only the webhook's answer tells whether it knows the token that the platform signed with.
function judgeSignature({ isWronglySigned, httpStatus, outcome }) {
  if (isWronglySigned) return "wrong signature";
  if (httpStatus === 401) return "token not known";
  return outcome === "acknowledged" ? "signature ok" : null;
}

function makeDetails(record) {
  const { request, answer, event, ...rest } = record;
  return [
    el("p", { class: "hint" }, describeRecord(record)),
    record.messageId && record.agentId && makeStoryLink(record),
    event && makeFoldedJson("Event", event, { isOpen: true }),
    request && makeFoldedJson("Request", request, { isOpen: true }),
    answer !== undefined && makeFoldedJson("Answer", answer),
    makeFoldedJson("Everything else", rest),
  ].filter(Boolean);
}

function describeRecord({ time, url, method = "", path = "", phoneNumber, error }) {
  const phone = phoneNumber && formatPhone(phoneNumber);
  return [formatMoment(time), url ?? `${method} ${path}`, phone, error].filter(Boolean).join(" · ");
}

function makeStoryLink({ agentId, messageId }) {
  const href = hashOf("ledger", ["message", agentId, messageId]);
  return el("p", {}, el("a", { href }, "Story of this message"));
}
