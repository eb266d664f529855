// Short notices: seen for a while at the bottom, and said by a screen reader.

import { el } from "./dom.js";

const SHOWN_MS = 3_500;
const region = document.getElementById("notices");

export function announce(text) {
  const notice = el("div", { class: "notice", "data-testid": "notice" }, text);
  region.append(notice);
  setTimeout(() => notice.remove(), SHOWN_MS);
}
