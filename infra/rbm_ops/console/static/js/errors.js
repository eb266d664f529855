// The bar that shows what went wrong with the page itself. Nothing is swallowed; equal errors are counted.

import { el, replaceChildren } from "./dom.js";

const MOST_SHOWN = 4;
const bar = document.getElementById("errors");
const faults = new Map();

function reportError(error) {
  console.error(error);
  const text = error instanceof Error ? error.message : String(error);
  faults.set(text, { count: (faults.get(text)?.count ?? 0) + 1, isCall: error?.name === "ApiError" });
  if (faults.size > MOST_SHOWN) faults.delete(faults.keys().next().value);
  renderErrors();
}

/** An error that stands for as long as it is so. */
export function showWhile(isSo, text) {
  if (isSo) faults.set(text, { count: 1, isCall: false });
  else faults.delete(text);
  renderErrors();
}

/** Failed calls are old news once the connection is back. */
export function dismissCallErrors() {
  for (const [text, fault] of faults) if (fault.isCall) faults.delete(text);
  renderErrors();
}

/** Runs an action of the person's; its failure goes to the bar. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    reportError(error);
    return undefined;
  }
}

/** A listener for events whose action may fail. */
export function attempting(action) {
  return (...inputs) => attempt(() => action(...inputs));
}

function renderErrors() {
  bar.hidden = faults.size === 0;
  replaceChildren(bar, [...faults].map(([text, { count }]) => makeErrorLine(text, count)));
}

function makeErrorLine(text, count) {
  const dismiss = () => {
    faults.delete(text);
    renderErrors();
  };
  return el(
    "div",
    { class: "error-line", "data-testid": "error" },
    el("span", { class: "error-text" }, count > 1 ? `${text} (${count} times)` : text),
    el("button", { class: "button quiet small", type: "button", on: { click: dismiss } }, "Dismiss"),
  );
}

export function catchScriptErrors() {
  addEventListener("error", (event) => reportError(`Error of this page: ${event.message}`));
  addEventListener("unhandledrejection", (event) => reportError(event.reason));
  document.addEventListener("securitypolicyviolation", (event) =>
    reportError(`Blocked by the content security policy: ${event.violatedDirective} ${event.blockedURI}`),
  );
}
