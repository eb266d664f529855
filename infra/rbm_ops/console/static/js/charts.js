// Charts as SVG, drawn in the colours of the page. Each says its content in its label.

import { svg } from "./dom.js";
import { formatSeconds } from "./format.js";

const BAR = 30;
const GAP = 12;
const LABEL = 84;
const ROOM_FOR_COUNT = 96;
const EDGES_SECONDS = [0, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 86_400, Infinity];
const HISTOGRAM_HEIGHT = 132;
const HISTOGRAM_BASE = HISTOGRAM_HEIGHT + 20;
const ROOM_FOR_LABEL = 58;

/** Stages below one another, each as long as its share of the first. */
export function drawFunnel(stages, width) {
  const height = stages.length * (BAR + GAP) - GAP;
  const most = Math.max(1, stages[0].count);
  const words = stages.map(({ name, count }) => `${count} ${name}`).join(", ");
  return svg(
    "svg",
    { class: "funnel", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Funnel: ${words}` },
    stages.map((stage, place) => drawStage(stage, place, { before: stages[place - 1]?.count, most, width })),
  );
}

function drawStage({ name, count }, place, { before, most, width }) {
  const y = place * (BAR + GAP);
  const middle = y + BAR / 2;
  const room = width - LABEL - ROOM_FOR_COUNT;
  const length = Math.max(count ? 3 : 0, (room * count) / most);
  const share = before ? ` · ${Math.round((100 * count) / before)} %` : "";
  return svg(
    "g",
    { class: `funnel-stage funnel-${name}` },
    svg("text", { x: LABEL - 12, y: middle, class: "chart-label chart-label-end" }, name),
    svg("rect", { x: LABEL, y, width: room, height: BAR, rx: 6, class: "chart-ground" }),
    svg("rect", { x: LABEL, y, width: length, height: BAR, rx: 6, class: "chart-bar" }),
    svg("text", { x: LABEL + room + 12, y: middle, class: "chart-count" }, count.toLocaleString() + share),
  );
}

/** Bars for classes of time that grow by about two and a half: delivery takes from milliseconds to days. */
export function drawHistogram(sortedSeconds, title, width) {
  const bins = binSeconds(sortedSeconds);
  const most = Math.max(...bins.map(({ count }) => count));
  const step = width / bins.length;
  const labelEvery = Math.ceil(ROOM_FOR_LABEL / step);
  const words = bins.map(({ label, count }) => `${label}: ${count}`).join(", ");
  const chart = svg(
    "svg",
    {
      class: "histogram",
      viewBox: `0 0 ${width} ${HISTOGRAM_BASE + 24}`,
      role: "img",
      "aria-label": `${title}. ${words}`,
    },
    svg("line", { x1: 0, x2: width, y1: HISTOGRAM_BASE, y2: HISTOGRAM_BASE, class: "chart-axis" }),
    bins.map((bin, place) => drawBin(bin, { place, step, most, hasLabel: place % labelEvery === 0 })),
  );
  return { chart, bins };
}

function drawBin({ short, label, count }, { place, step, most, hasLabel }) {
  const height = Math.max(count ? 3 : 0, (HISTOGRAM_HEIGHT * count) / most);
  const top = HISTOGRAM_BASE - height;
  const width = Math.min(step - 8, 72);
  const middle = (place + 0.5) * step;
  const words = { x: middle, class: "chart-label chart-label-middle" };
  return svg(
    "g",
    {},
    svg("title", {}, `${label}: ${count}`),
    svg("rect", { x: middle - width / 2, y: top, width, height, rx: 4, class: "chart-bar" }),
    count > 0 && svg("text", { ...words, y: top - 6 }, count),
    hasLabel && svg("text", { ...words, y: HISTOGRAM_BASE + 18 }, short),
  );
}

function binSeconds(sorted) {
  const bins = EDGES_SECONDS.slice(1).map((end, place) => {
    const start = EDGES_SECONDS[place];
    const isLast = end === Infinity;
    return {
      label: isLast ? `over ${formatSeconds(start)}` : `${formatSeconds(start)} to ${formatSeconds(end)}`,
      short: isLast ? `> ${formatSeconds(start)}` : `< ${formatSeconds(end)}`,
      count: sorted.filter((seconds) => (start === 0 || seconds >= start) && seconds < end).length,
    };
  });
  const first = bins.findIndex(({ count }) => count);
  const last = bins.findLastIndex(({ count }) => count);
  return bins.slice(Math.max(0, first - 1), Math.min(bins.length, last + 2));
}

export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}
