// Single-key shortcuts; they rest while one types, and can be turned off.

import { attempt } from "./errors.js";
import { goTo, ledgerPlace } from "./route.js";

const KEY = "rbm-console-shortcuts";
const actions = new Map();

export const SHORTCUTS = [
  { key: "p", text: "Phone" },
  { key: "l", text: "Ledger" },
  { key: "w", text: "Wire" },
  { key: "c", text: "Compose a message" },
  { key: "o", text: "Open the conversation (sends READ)" },
  { key: "/", text: "Filter the messages" },
  { key: "k", text: "Pause the wire, or let it go on" },
  { key: "b", text: "Break things" },
  { key: "m", text: "Mend everything" },
  { key: "t", text: "Light, dark, or as the system" },
  { key: "?", text: "This help" },
];

export const hasShortcuts = () => localStorage.getItem(KEY) !== "off";
export const setShortcuts = (areOn) => localStorage.setItem(KEY, areOn ? "on" : "off");

export function onKey(key, action) {
  actions.set(key, action);
}

/** Goes to a view and gives it the focus, also where it is in sight already. */
export function focusView(view) {
  goTo(view, view === "ledger" ? ledgerPlace() : []);
  document.getElementById(view).focus({ preventScroll: true });
}

/** Clicks or focuses what the page shows under `selector`. */
export function useControl(view, selector) {
  if (view) goTo(view);
  requestAnimationFrame(() => {
    const control = document.querySelector(selector);
    control?.focus();
    if (control?.matches("button, summary")) control.click();
  });
}

export function startShortcuts() {
  addEventListener("keydown", (event) => {
    const action = actions.get(event.key);
    if (!action || !hasShortcuts() || isTaken(event)) return;
    event.preventDefault();
    attempt(action);
  });
}

function isTaken(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return true;
  return Boolean(event.target.closest("input, textarea, select, dialog"));
}
