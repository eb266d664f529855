// When to do what: calls that come in a storm are made at most so often, and never two at once.

import { attempt } from "./errors.js";

/** At most one call per `waitMs`, the first at once, the last never lost. */
export function throttle(action, waitMs) {
  let isBusy = false;
  let isWanted = false;
  return async function request() {
    isWanted = true;
    if (isBusy) return;
    isBusy = true;
    while (isWanted) {
      isWanted = false;
      await attempt(action);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
    isBusy = false;
  };
}

/** The action, once nothing was asked for `waitMs`. */
export function debounce(action, waitMs) {
  let timer;
  return (...inputs) => {
    clearTimeout(timer);
    timer = setTimeout(() => attempt(() => action(...inputs)), waitMs);
  };
}
