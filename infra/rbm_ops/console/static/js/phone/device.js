// Switches of the phone, and the dialogs that change what it is.

import { el, renderWhenChanged } from "../dom.js";
import { makeButton, makeField, makeSelect, makeSwitch, openForm } from "../controls.js";
import { actOnPhone, changePhone } from "./data.js";
import { formatPhone } from "../format.js";
import { SCRIPTS, describeScript } from "./scripts.js";

// Features of getCapabilities (capability guide, April 2026).
const FEATURES = [
  "RICHCARD_STANDALONE",
  "RICHCARD_CAROUSEL",
  "ACTION_CREATE_CALENDAR_EVENT",
  "ACTION_DIAL",
  "ACTION_OPEN_URL",
  "ACTION_SHARE_LOCATION",
  "ACTION_VIEW_LOCATION",
  "ACTION_OPEN_URL_IN_WEBVIEW",
  "PDF_IN_RICH_CARDS",
];

export function renderSwitches(element, { phone, conversation }) {
  if (!phone || !conversation) return;
  renderWhenChanged(
    element,
    [phone, conversation.isSubscribed],
    () => [makeSwitches(phone, conversation), makeFate(phone)],
  );
}

function makeSwitches(phone, { isSubscribed }) {
  return el(
    "div",
    { class: "switches" },
    makeSwitch("Online", phone.isOnline, (isOnline) => changePhone({ isOnline }), {
      testId: "switch-online",
      title: "Going online delivers what waits",
    }),
    makeSwitch("RCS", phone.hasRcs, (hasRcs) => changePhone({ hasRcs }), {
      testId: "switch-rcs",
      title: "Without RCS a send is answered with 404",
    }),
    makeSwitch("Receipts", phone.sendsReadReceipts, (on) => changePhone({ sendsReadReceipts: on }), {
      testId: "switch-receipts",
      title: "Whether opening the conversation sends READ",
    }),
    makeSwitch("Opted in", isSubscribed, (on) => actOnPhone({ kind: on ? "subscribe" : "unsubscribe" }), {
      testId: "switch-subscribed",
      title: "Subscribe or unsubscribe: sends the event and the keyword of the country",
    }),
  );
}

function makeFate(phone) {
  const isInHand = phone.script === "hand";
  const takeInHand = () => changePhone({ script: "hand" });
  return el(
    "div",
    { class: "fate" },
    el(
      "span",
      { class: "fate-text", "data-testid": "script" },
      isInHand ? "In your hand" : ["By itself: ", describeScript(phone.script)],
    ),
    !isInHand && makeButton("Take in hand", takeInHand, { kind: "small", testId: "take-in-hand" }),
    makeButton("Phone…", () => openPhoneForm(phone), {
      kind: "small",
      testId: "phone-settings",
      title: "Fate, carrier and features of this phone",
    }),
  );
}

function openPhoneForm(phone) {
  const current = typeof phone.script === "string" ? phone.script : "";
  const options = [
    ...(current in SCRIPTS ? [] : [[current, describeScript(phone.script)]]),
    ...Object.entries(SCRIPTS),
  ];
  const fields = [
    makeField(
      "What it does",
      makeSelect(options, current, () => {}, { name: "script", "data-testid": "fate-select" }),
    ),
    makeField("Carrier", el("input", { class: "input", name: "carrier", value: phone.carrier ?? "" })),
    el(
      "fieldset",
      { class: "features" },
      el("legend", {}, "Features it has"),
      FEATURES.map((name) => makeFeatureBox(name, phone)),
    ),
  ];
  const save = ({ script, carrier, ...features }) =>
    changePhone({
      ...(script && { script }),
      carrier,
      missingFeatures: FEATURES.filter((name) => !(name in features)),
    });
  return openForm(`Phone ${formatPhone(phone.phoneNumber)}`, fields, "Save", save);
}

function makeFeatureBox(name, phone) {
  const checked = !(phone.missingFeatures ?? []).includes(name);
  return el(
    "label",
    { class: "check" },
    el("input", { type: "checkbox", name, checked }),
    el("code", {}, name),
  );
}
