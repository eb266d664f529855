// A text area with line numbers, and faults marked beside the lines they are on.

import { el, replaceChildren } from "../dom.js";

export function makeEditor({ onInput }) {
  const gutter = el("div", { class: "gutter", "aria-hidden": "true" });
  const text = el("textarea", {
    class: "editor-text",
    spellcheck: "false",
    autocapitalize: "off",
    wrap: "off",
    "aria-label": "Message as JSON",
    "aria-describedby": "composer-faults",
    "data-testid": "composer-json",
  });
  const element = el("div", { class: "editor" }, gutter, text);
  let faultsByLine = new Map();
  const render = () => replaceChildren(gutter, makeNumbers(text.value, faultsByLine));
  text.addEventListener("input", () => {
    render();
    onInput(text.value);
  });
  text.addEventListener("scroll", () => gutter.scrollTo(0, text.scrollTop));
  text.addEventListener("keydown", (event) => indent(event, text));
  return {
    element,
    text,
    setText(value) {
      text.value = value;
      render();
    },
    markLines(byLine) {
      faultsByLine = byLine;
      render();
    },
    goToLine: (line) => goToLine(text, line),
  };
}

function makeNumbers(text, faultsByLine) {
  return text.split("\n").map((_, index) => {
    const faults = faultsByLine.get(index + 1);
    return el(
      "div",
      { class: faults ? "gutter-line gutter-fault" : "gutter-line", title: faults?.join("\n") },
      index + 1,
    );
  });
}

// Ctrl+] indents: Tab has to leave the field, or the keyboard is trapped.
function indent(event, text) {
  if (!(event.ctrlKey && event.key === "]")) return;
  event.preventDefault();
  text.setRangeText("  ", text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input"));
}

function goToLine(text, line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  const lineHeight = text.scrollHeight / lines.length;
  text.scrollTop = Math.max(0, (line - 4) * lineHeight);
}
