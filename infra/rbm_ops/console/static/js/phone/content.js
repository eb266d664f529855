// contentMessage → what the phone shows. The composer's preview is made by the same functions.

import { el } from "../dom.js";
import { makeCarousel, makeStandaloneCard } from "./card.js";
import { makeLocation, makeMediaPreview, makeUserFile } from "./media.js";
import { makeText } from "./text.js";

/** What the phone shows; a content of a shape that can't be drawn is said to be so. */
export function makeAgentContent(content, { messageId, onTap }) {
  try {
    return drawContent(content, { messageId, onTap });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return makeUnknown();
  }
}

// Suggestions of the message come first, then those of each card: `firstIndex` counts on.
function drawContent(content, { messageId, onTap }) {
  const chips = { messageId, onTap, firstIndex: content?.suggestions?.length ?? 0 };
  const { richCard } = content ?? {};
  if (richCard?.carouselCard) return makeCarousel(richCard.carouselCard, chips);
  if (richCard?.standaloneCard) return makeStandaloneCard(richCard.standaloneCard, chips);
  if (content?.text !== undefined) return el("div", { class: "bubble" }, makeText(content.text));
  const file = content?.contentInfo ?? content?.uploadedRbmFile ?? (
    content?.fileName && { fileName: content.fileName }
  );
  if (file) return el("div", { class: "bubble bubble-media" }, makeMediaPreview(file));
  return makeUnknown();
}

function makeUnknown() {
  return el("div", { class: "bubble bubble-unknown" }, "A content that this console can't draw.");
}

export function makeUserContent(content) {
  const { text, location, userFile, suggestionResponse } = content ?? {};
  if (location) return el("div", { class: "bubble" }, makeLocation(location));
  if (userFile) return el("div", { class: "bubble" }, makeUserFile(userFile));
  return el(
    "div",
    { class: "bubble" },
    makeText(text ?? suggestionResponse?.text ?? suggestionResponse?.postbackData ?? ""),
  );
}

/** One line for lists: "Carousel: Card #1, Card #2". */
export function summarizeContent(content) {
  const { text, richCard, contentInfo, uploadedRbmFile } = content ?? {};
  if (text !== undefined) return text;
  if (
    richCard?.carouselCard
  ) return `Carousel: ${richCard.carouselCard.cardContents?.map(({ title }) => title ?? "card").join(", ")}`;
  if (richCard) return `Card: ${richCard.standaloneCard?.cardContent?.title ?? "no title"}`;
  return `File: ${contentInfo?.fileUrl ?? uploadedRbmFile?.fileName ?? "?"}`;
}
