// Rich cards, alone and in a carousel.

import { el } from "../dom.js";
import { moveFocus } from "../roving.js";
import { makeChips } from "./suggestions.js";
import { makeMediaPreview } from "./media.js";
import { makeText } from "./text.js";

export function makeStandaloneCard(card, chips) {
  const isHorizontal = card.cardOrientation === "HORIZONTAL";
  const side = card.thumbnailImageAlignment === "RIGHT" ? "card-media-right" : "";
  return makeCard(
    card.cardContent ?? {},
    { className: isHorizontal ? `card-horizontal ${side}` : "", chips },
  );
}

export function makeCarousel(carousel, chips) {
  const cards = carousel.cardContents ?? [];
  const width = carousel.cardWidth === "SMALL" ? "card-small" : "card-medium";
  let firstIndex = chips.firstIndex;
  const list = el(
    "ol",
    {
      class: "carousel",
      tabindex: "0",
      "aria-label": `Carousel of ${cards.length} cards; arrow keys move among them`,
      "data-testid": "carousel",
      on: { keydown: (event) => scrollCarousel(event, list) },
    },
    cards.map((content, place) => {
      const card = makeCard(
        content,
        { className: width, chips: { ...chips, firstIndex }, label: `Card ${place + 1} of ${cards.length}` },
      );
      firstIndex += content.suggestions?.length ?? 0;
      return el("li", {}, card);
    }),
  );
  return list;
}

function scrollCarousel(event, list) {
  if (event.target !== list) {
    moveFocus(event, list, ".chip", ["ArrowLeft", "ArrowRight"]);
    return;
  }
  const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!direction) return;
  event.preventDefault();
  list.scrollBy({ left: direction * list.firstElementChild.offsetWidth, behavior: "smooth" });
}

function makeCard(content, { className, chips, label }) {
  const { media, title, description, suggestions } = content;
  const file = media?.contentInfo ?? media?.uploadedRbmFile;
  return el(
    "article",
    { class: `card ${className}`, "aria-label": label, "data-testid": "card" },
    media && makeMediaPreview(file ?? {}, { height: media.height, description: media.contentDescription }),
    el(
      "div",
      { class: "card-body" },
      title ? el("h4", { class: "card-title", dir: "auto" }, title) : null,
      description ? makeText(description, "card-description") : null,
      makeChips(suggestions, { ...chips, className: "chips-card" }),
    ),
  );
}
