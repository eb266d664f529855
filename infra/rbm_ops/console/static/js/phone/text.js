// Texts with their web addresses as links, the way a messaging app shows them.

import { el, isWebAddress, webLink } from "../dom.js";

const ADDRESS = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g;

export function makeText(text, className = "bubble-text") {
  return el("p", { class: className, dir: "auto" }, linkAddresses(String(text)));
}

function linkAddresses(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    if (!isWebAddress(match[0])) continue;
    parts.push(text.slice(end, match.index), webLink(match[0]));
    end = match.index + match[0].length;
  }
  return [...parts, text.slice(end)];
}
