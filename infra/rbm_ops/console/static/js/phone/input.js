// The line in which the person types as the user.

import { el } from "../dom.js";
import { attempt, attempting } from "../errors.js";
import { makeIcon } from "../icons.js";
import { makeIconButton } from "../controls.js";
import { actOnPhone } from "./data.js";
import { openFileForm, openLocationForm } from "./attachments.js";

const TYPING_EVERY_MS = 8_000;

export function makePhoneInput() {
  const text = el("input", {
    class: "phone-text",
    type: "text",
    autocomplete: "off",
    maxlength: "3072",
    "aria-label": "Message as the user",
    placeholder: "Type as the user…",
    "data-testid": "phone-text",
    on: { input: tellTyping() },
  });
  const send = makeSendButton();
  const buttons = [
    makeIconButton("Send a location", "pin", openLocationForm, { kind: "quiet", testId: "phone-location" }),
    makeIconButton("Send a file", "attach", openFileForm, { kind: "quiet", testId: "phone-file" }),
  ];
  const submit = attempting(async (event) => {
    event.preventDefault();
    const value = text.value.trim();
    if (!value) return;
    await actOnPhone({ kind: "text", text: value });
    text.value = "";
  });
  const element = el("form", { class: "phone-input", on: { submit } }, buttons, text, send);
  return {
    element,
    setUsable: (isUsable, reason) => setUsable([text, send, ...buttons], text, isUsable, reason),
  };
}

function makeSendButton() {
  const label = "Send as the user";
  return el(
    "button",
    {
      type: "submit",
      class: "button icon-only phone-send",
      "aria-label": label,
      title: label,
      "data-testid": "phone-send",
    },
    makeIcon("send"),
  );
}

function setUsable(controls, text, isUsable, reason) {
  for (const control of controls) control.disabled = !isUsable;
  text.placeholder = isUsable ? "Type as the user…" : reason;
}

// A phone tells that its user types, but not at each key.
function tellTyping() {
  let toldAt = 0;
  return () => {
    if (Date.now() - toldAt < TYPING_EVERY_MS) return;
    toldAt = Date.now();
    attempt(() => actOnPhone({ kind: "type" }));
  };
}
