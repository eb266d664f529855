// Buttons, switches, fields, dialogs: each with a name that a screen reader says.

import { el } from "./dom.js";
import { attempting } from "./errors.js";
import { makeIcon } from "./icons.js";

export function makeButton(label, action, { icon, kind = "", title, testId, ...attributes } = {}) {
  return el(
    "button",
    {
      type: "button",
      class: `button ${kind}`,
      title,
      "data-testid": testId,
      ...attributes,
      on: { click: attempting(action) },
    },
    icon ? makeIcon(icon) : null,
    el("span", {}, label),
  );
}

export function makeIconButton(label, icon, action, { kind = "", testId } = {}) {
  return el(
    "button",
    {
      type: "button",
      class: `button icon-only ${kind}`,
      title: label,
      "aria-label": label,
      "data-testid": testId,
      on: { click: attempting(action) },
    },
    makeIcon(icon),
  );
}

/** A switch with its state in words, since a colour alone says nothing. */
export function makeSwitch(label, isOn, action, { testId, title, words = ["on", "off"] } = {}) {
  return el(
    "button",
    {
      type: "button",
      role: "switch",
      class: "switch",
      title,
      "aria-checked": String(isOn),
      "data-testid": testId,
      on: { click: attempting(() => action(!isOn)) },
    },
    el("span", { class: "switch-track", "aria-hidden": "true" }, el("span", { class: "switch-knob" })),
    el("span", {}, label, el("span", { class: "visually-hidden" }, `: ${isOn ? words[0] : words[1]}`)),
  );
}

export function makeField(label, control, hint) {
  return el(
    "label",
    { class: "field" },
    el("span", { class: "field-label" }, label),
    control,
    hint ? el("span", { class: "hint" }, hint) : null,
  );
}

export function makeSelect(options, selected, action, attributes = {}) {
  const select = el(
    "select",
    { class: "input", ...attributes, on: { change: attempting(() => action(select.value)) } },
    options.map(([value, label]) => el("option", { value, selected: value === selected }, label)),
  );
  return select;
}

export function makeEmptyState(icon, title, ...advice) {
  return el(
    "div",
    { class: "empty", "data-testid": "empty" },
    makeIcon(icon, "empty-icon"),
    el("p", { class: "empty-title" }, title),
    el("p", { class: "empty-advice" }, advice),
  );
}

/** A modal dialog; `fill(close)` gives its content. Resolves when it is closed and the focus is back. */
export function openDialog(title, fill, { kind = "", testId } = {}) {
  const dialog = el("dialog", { class: `dialog ${kind}`, "aria-label": title, "data-testid": testId });
  const close = () => dialog.close();
  dialog.append(
    el(
      "header",
      { class: "dialog-header" },
      el("h2", {}, title),
      makeIconButton("Close", "close", close, { kind: "quiet" }),
    ),
    el("div", { class: "dialog-body" }, fill(close)),
  );
  dialog.addEventListener("click", (event) => event.target === dialog && close());
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector(":is(.form, .composer-fields) :is(input, select)")?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve();
    });
  });
}

/** A dialog with fields and one button; `submit` gets the form's values. */
export function openForm(title, fields, submitLabel, submit, { intro } = {}) {
  return openDialog(title, (close) => {
    const onSubmit = attempting(async (event) => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(event.currentTarget));
      close();
      await submit(values);
    });
    return el(
      "form",
      { class: "form", on: { submit: onSubmit } },
      intro ? el("p", { class: "hint" }, intro) : null,
      fields,
      el(
        "div",
        { class: "form-buttons" },
        el("button", { type: "submit", class: "button primary" }, submitLabel),
      ),
    );
  });
}
