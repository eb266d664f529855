// Ages that tick: every <time data-age> of the page, once a second.

import { el } from "./dom.js";
import { formatAge, isTime } from "./format.js";

export function makeAge(time) {
  if (!isTime(time)) return el("span", {}, "–");
  return el("time", { datetime: time, title: time, "data-age": true }, formatAge(time));
}

export function startAges() {
  setInterval(() => {
    for (const element of document.querySelectorAll("time[data-age]")) {
      const age = formatAge(element.dateTime);
      if (element.textContent !== age) element.textContent = age;
    }
  }, 1000);
}
