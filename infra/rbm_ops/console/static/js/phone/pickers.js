// Which phone and which agent the page shows.

import { callSimulator, path } from "../api.js";
import { makeField, makeIconButton, makeSelect, openForm } from "../controls.js";
import { el, replaceChildren } from "../dom.js";
import { formatPhone } from "../format.js";
import { store } from "../store.js";
import { choose, chosen, findAgent, listAgentIds, listPhoneNumbers } from "./data.js";
import { SCRIPTS } from "./scripts.js";

/** Returns what brings the lists up to date. */
export function mountPickers(element) {
  const phone = makeSelect(
    [],
    "",
    (phoneNumber) => choose({ phoneNumber }),
    { "aria-label": "Phone", "data-testid": "phone-select" },
  );
  const agent = makeSelect(
    [],
    "",
    (agentId) => choose({ agentId }),
    { "aria-label": "Agent", "data-testid": "agent-select" },
  );
  element.append(
    phone,
    makeIconButton("Add a phone number", "plus", openAddForm, { testId: "add-phone" }),
    agent,
  );
  return () => {
    const { phoneNumber, agentId } = chosen();
    showOptions(phone, listPhoneOptions(), phoneNumber);
    showOptions(agent, listAgentIds().map((id) => [id, findAgent(id).displayName || id]), agentId);
  };
}

// An open list does not change under the person's hand; it is brought up to date at the next change.
function showOptions(select, options, value) {
  const signature = JSON.stringify(options);
  const isOpen = select === document.activeElement && select.value === value;
  if (select.signature !== signature && !isOpen) {
    select.signature = signature;
    replaceChildren(select, options.map(([each, label]) => el("option", { value: each }, label)));
  }
  select.value = value;
}

function listPhoneOptions() {
  const unread = new Map();
  for (const each of store.get().conversations) {
    unread.set(each.phoneNumber, (unread.get(each.phoneNumber) ?? 0) + (each.unread ?? 0));
  }
  // In brackets: how many it has not read.
  const count = (number) => (unread.get(number) ? ` (${unread.get(number)})` : "");
  return listPhoneNumbers().map((number) => [number, formatPhone(number) + count(number)]);
}

function openAddForm() {
  const number = el("input", {
    class: "input",
    name: "phoneNumber",
    value: "+1415555",
    pattern: "\\+[1-9][0-9]{6,14}",
    title: "E.164: + and 7 to 15 digits",
    required: true,
    type: "tel",
    "data-testid": "new-phone-number",
  });
  const script = makeSelect(
    [["", "Own fate of its number"], ...Object.entries(SCRIPTS)],
    "hand",
    () => {},
    { name: "script", "data-testid": "new-phone-script" },
  );
  const add = async ({ phoneNumber, script: wanted }) => {
    const changes = wanted ? { script: wanted } : { isOnline: true };
    await callSimulator("PATCH", path`phones/${phoneNumber}`, changes);
    choose({ phoneNumber });
  };
  return openForm("Add a phone", [
    makeField("Phone number", number),
    makeField("What it does", script),
  ], "Add phone", add, {
    intro: "+1 415 555 0101 to 0122 have fixed fates; every other number is an ordinary phone.",
  });
}
