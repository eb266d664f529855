// A message as the phone would show it, made by the phone's own functions.

import { el, replaceChildren } from "../dom.js";
import { makeAgentContent } from "../phone/content.js";
import { makeMessageChips } from "../phone/suggestions.js";
import { announce } from "../announce.js";

export function renderPreview(element, content) {
  const onTap = ({ effect, postback }) => announce(`${effect}. Postback: ${postback ?? "none"}`);
  const chips = { messageId: "preview", onTap };
  if (!content || typeof content !== "object") {
    replaceChildren(element, el("p", { class: "hint" }, "Only a contentMessage can be seen on a phone."));
    return;
  }
  replaceChildren(
    element,
    el(
      "div",
      { class: "row row-agent" },
      makeAgentContent(content, chips),
      Array.isArray(content.suggestions) && makeMessageChips(content.suggestions, chips),
    ),
  );
}
