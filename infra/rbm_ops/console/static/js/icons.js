// Icons: strokes in a square of 24, drawn in the colour of the text.

import { svg } from "./dom.js";

const PATHS = {
  agent: ["M5 20v-9l7-6 7 6v9z", "M10 20v-5h4v5"],
  attach: ["M20 11l-8 8a5 5 0 0 1-7-7l9-9a3.4 3.4 0 0 1 5 5l-9 9a1.7 1.7 0 0 1-2.4-2.4l7.6-7.6"],
  audio: ["M9 18V6l10-2v12", "M9 18a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z", "M19 16a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z"],
  back: ["M19 12H5", "M11 6l-6 6 6 6"],
  calendar: ["M4 6h16v14H4z", "M4 10h16", "M8 3v4", "M16 3v4"],
  check: ["M4 13l5 5L20 7"],
  checks: ["M2 13l5 5L17 7", "M12 17l1 1L23 7"],
  close: ["M6 6l12 12", "M18 6L6 18"],
  compose: ["M4 20l1-5L16 4l4 4L9 19z", "M14 6l4 4"],
  copy: ["M9 9h11v11H9z", "M5 15H4V4h11v1"],
  dial: ["M6 3h4l2 5-3 2a12 12 0 0 0 5 5l2-3 5 2v4a3 3 0 0 1-3 3A16 16 0 0 1 3 6a3 3 0 0 1 3-3z"],
  document: ["M6 3h8l5 5v13H6z", "M14 3v5h5", "M9 13h6", "M9 17h6"],
  down: ["M12 5v14", "M6 13l6 6 6-6"],
  event: ["M4 5h16v11H9l-5 4z"],
  external: ["M14 4h6v6", "M20 4l-9 9", "M18 14v6H4V6h6"],
  help: ["M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z", "M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .8-1 1.7", "M12 17v.01"],
  image: ["M4 5h16v14H4z", "M4 17l5-5 4 4 3-3 4 4", "M15 9v.01"],
  ledger: ["M5 4h14v16H5z", "M9 4v16", "M12 9h4", "M12 13h4"],
  locate: ["M12 12v.01", "M12 5a7 7 0 1 0 0 14 7 7 0 0 0 0-14z", "M12 2v3", "M12 19v3", "M2 12h3", "M19 12h3"],
  mend: ["M14 7a4 4 0 0 1 6-3l-3 3 1 2 2 1 3-3a4 4 0 0 1-6 5L8 21a2 2 0 0 1-3-3l9-8"],
  pdf: ["M6 3h8l5 5v13H6z", "M14 3v5h5", "M9 17v-5h2a1.5 1.5 0 0 1 0 3H9"],
  phone: ["M8 2h8a1 1 0 0 1 1 1v18a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1z", "M11 19h2"],
  pin: ["M12 21s7-6.5 7-11.5a7 7 0 0 0-14 0C5 14.5 12 21 12 21z", "M12 11.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4z"],
  plus: ["M12 5v14", "M5 12h14"],
  reply: ["M9 7l-5 5 5 5", "M4 12h10a6 6 0 0 1 6 6v1"],
  send: ["M4 12l16-8-5 16-3-7z", "M12 13l8-9"],
  theme: ["M12 3a9 9 0 1 0 0 18z", "M12 3a9 9 0 0 1 0 18"],
  up: ["M12 19V5", "M6 11l6-6 6 6"],
  verified: ["M12 3l2.4 1.8 3-.2.9 2.9 2.5 1.7-1 2.8 1 2.8-2.5 1.7-.9 2.9-3-.2L12 21l-2.4-1.8-3 .2-.9-2.9L3.2 14.8l1-2.8-1-2.8 2.5-1.7.9-2.9 3 .2z", "M8.5 12l2.5 2.5 4.5-5"],
  video: ["M3 6h12v12H3z", "M15 11l6-4v10l-6-4"],
  warning: ["M12 4l9 16H3z", "M12 10v4", "M12 17v.01"],
  webhook: ["M4 12h10", "M10 7l5 5-5 5", "M19 4v16"],
  webview: ["M3 5h18v14H3z", "M3 9h18", "M6 7v.01", "M9 7v.01"],
  wire: ["M3 8h14", "M13 4l4 4-4 4", "M21 16H7", "M11 12l-4 4 4 4"],
};

/** Decorative: whatever it says must also stand in words or a label beside it. */
export function makeIcon(name, className = "") {
  return svg(
    "svg",
    { class: `icon ${className}`, viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" },
    PATHS[name].map((d) => svg("path", { d })),
  );
}
