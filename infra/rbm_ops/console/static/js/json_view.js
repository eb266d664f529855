// JSON to read: coloured by kind, folded away, with a button that copies it.

import { el } from "./dom.js";
import { makeButton } from "./controls.js";
import { announce } from "./announce.js";

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function makeJson(value) {
  return el(
    "pre",
    { class: "json", tabindex: "0" },
    el("code", {}, paintTokens(JSON.stringify(value, null, 2) ?? "null")),
  );
}

function paintTokens(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    parts.push(
      text.slice(end, match.index),
      el("span", { class: `json-${kindOf(match)}` }, match[1] ?? match[0]),
      match[2] ?? "",
    );
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}

function kindOf([, text, colon, word]) {
  if (text) return colon ? "name" : "text";
  return word ? "word" : "number";
}

/** Built when it is opened: most are never looked at. */
export function makeFoldedJson(label, value, { testId, isOpen = false } = {}) {
  const body = el("div", { class: "fold-body" });
  const details = el("details", { class: "fold", "data-testid": testId }, el("summary", {}, label), body);
  const show = () => {
    if (!details.open || body.hasChildNodes()) return;
    body.append(
      makeButton(
        "Copy",
        () => copyText(JSON.stringify(value, null, 2)),
        { icon: "copy", kind: "quiet small fold-copy" },
      ),
      makeJson(value),
    );
  };
  details.addEventListener("toggle", show);
  details.open = isOpen;
  return details;
}

export async function copyText(text) {
  await navigator.clipboard.writeText(text);
  announce("Copied.");
}
