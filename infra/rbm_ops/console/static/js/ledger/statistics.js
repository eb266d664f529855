// Charts: how far messages get, and how long it takes.

import { el, renderWhenChanged } from "../dom.js";
import { drawFunnel, drawHistogram, quantile } from "../charts.js";
import { makeEmptyState } from "../controls.js";
import { formatCount, formatSeconds } from "../format.js";
import { makeStateChip } from "../states.js";
import { hashOf } from "../route.js";
import { store } from "../store.js";

const PADDING_PX = 14;
const LEAST_WIDTH_PX = 300;
const MOST_WIDTH_PX = 620;
const STAGES = ["requested", "accepted", "delivered", "read", "answered"];
const QUANTILES = [
  [0.5, "half within"],
  [0.9, "90 % within"],
  [0.99, "99 % within"],
];

export function mountStatistics(section) {
  const render = () => {
    const { statistics } = store.get();
    const width = chartWidth(section);
    if (statistics) renderWhenChanged(section, [statistics, width], () => makeStatistics(statistics, width));
  };
  store.watch(["statistics"], render);
  new ResizeObserver(render).observe(section);
}

// Drawn for the room there is, so that the words stay readable on a narrow window.
function chartWidth(section) {
  const room = section.clientWidth - 2 * PADDING_PX;
  return Math.max(LEAST_WIDTH_PX, Math.min(room, MOST_WIDTH_PX));
}

function makeStatistics({ funnel, others, deliverySeconds, readSeconds }, width) {
  if (!funnel.requested) return makeNothingToCount();
  const stages = STAGES.map((name) => ({ name, count: funnel[name] ?? 0 }));
  return [
    makeFigure(
      "How far messages get",
      drawFunnel(stages, width),
      stages.map(({ name, count }) => [name, formatCount(count, "message")]),
    ),
    makeOthers(others ?? {}),
    makeTimes("From accepted to delivered", deliverySeconds, width),
    makeTimes("From delivered to read", readSeconds, width),
  ];
}

function makeNothingToCount() {
  const advice = ["Run: ", el("code", {}, "rbm demo"), ", and watch the numbers come in."];
  return makeEmptyState("ledger", "Nothing to count yet.", advice);
}

function makeOthers(others) {
  const counted = Object.entries(others).filter(([, count]) => count > 0);
  if (!counted.length) return null;
  return el(
    "p",
    { class: "others" },
    el("span", { class: "hint" }, "Elsewhere: "),
    counted.map(([state, count]) =>
      el("a", { href: hashOf("ledger", [], { state }) }, makeStateChip(state), ` ${count}`),
    ),
  );
}

function makeTimes(title, seconds, width) {
  if (!seconds?.length) return makeEmptyFigure(title);
  const sorted = seconds.toSorted((one, other) => one - other);
  const facts = QUANTILES.map(
    ([share, words]) => el("span", {}, `${words} `, el("strong", {}, formatSeconds(quantile(sorted, share)))),
  );
  const { chart, bins } = drawHistogram(sorted, title, width);
  return makeFigure(
    title,
    chart,
    bins.map(({ label, count }) => [label, formatCount(count, "message")]),
    el("p", { class: "chart-facts" }, facts),
  );
}

function makeEmptyFigure(title) {
  const words = el("p", { class: "hint" }, "No message has got so far.");
  return el("figure", { class: "chart" }, el("figcaption", {}, title), words);
}

/** A chart with its numbers as a table, for whoever can't see or wants to be sure. */
function makeFigure(title, chart, rows, facts = null) {
  return el(
    "figure",
    { class: "chart", "data-testid": "chart" },
    el("figcaption", {}, title),
    facts,
    chart,
    el(
      "details",
      { class: "fold" },
      el("summary", {}, "As a table"),
      el(
        "table",
        { class: "table" },
        el(
          "tbody",
          {},
          rows.map(([name, value]) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, value))),
        ),
      ),
    ),
  );
}
