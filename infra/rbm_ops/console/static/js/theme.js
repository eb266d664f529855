// Light, dark, or as the system says. Loaded before the page is painted.

const ORDER = ["auto", "light", "dark"];
const KEY = "rbm-console-theme";
const LABELS = { auto: "Theme: as the system", light: "Theme: light", dark: "Theme: dark" };

export function readTheme() {
  const stored = localStorage.getItem(KEY);
  return ORDER.includes(stored) ? stored : "auto";
}

function applyTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

export function switchTheme() {
  const next = ORDER[(ORDER.indexOf(readTheme()) + 1) % ORDER.length];
  localStorage.setItem(KEY, next);
  applyTheme(next);
  return next;
}

export const describeTheme = (theme) => LABELS[theme];

applyTheme(readTheme());
