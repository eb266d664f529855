// The composer: pick a content, edit its JSON with its faults beside it, see it on a phone, send it.

import { getJson, postJson } from "../api.js";
import { announce } from "../announce.js";
import { makeButton, makeField, makeSelect, openDialog } from "../controls.js";
import { el, replaceChildren } from "../dom.js";
import { attempt } from "../errors.js";
import { goTo } from "../route.js";
import { debounce } from "../schedule.js";
import { choose, chosen, listAgentIds, listPhoneNumbers } from "../phone/data.js";
import { makeEditor } from "./editor.js";
import { makeFaultList, sortFaults } from "./faults.js";
import { renderPreview } from "./preview.js";

const SENDABLE = "It can be sent all the same: the ledger records why it was rejected.";
const DRAFT_KEY = "rbm-console-draft";
const CHECK_AFTER_MS = 250;
const SIMPLEST = "text";
let isOpen = false;

export async function openComposer() {
  if (isOpen) return;
  isOpen = true;
  try {
    const { templates } = await getJson("/api/templates");
    const fill = (close) => makeComposer(templates, close);
    await openDialog("Compose a message", fill, { kind: "composer", testId: "composer" });
  } finally {
    isOpen = false;
  }
}

function makeComposer(templates, close) {
  const composer = makeParts(templates);
  composer.check = debounce(() => checkRequest(composer), CHECK_AFTER_MS);
  composer.close = close;
  const draft = readDraft();
  const first = templates.find(({ name }) => name === SIMPLEST) ?? templates[0];
  setBody(composer, draft?.text ?? formatBody(first?.body));
  composer.template.value = draft?.template ?? first?.name ?? "";
  return [
    el(
      "div",
      { class: "composer-edit" },
      el(
        "div",
        { class: "composer-fields" },
        makeField("Content", composer.template),
        makeField("Phone", composer.phone),
        makeField("Agent", composer.agent),
      ),
      composer.numbers,
      composer.editor.element,
      composer.faults,
    ),
    el(
      "div",
      { class: "composer-side" },
      el("h3", {}, "Preview"),
      composer.preview,
      el("div", { class: "composer-send" }, composer.status, composer.send),
    ),
  ];
}

function makeParts(templates) {
  const composer = {
    editor: makeEditor({ onInput: () => changeBody(composer) }),
    faults: el("div", {
      class: "faults",
      id: "composer-faults",
      "aria-live": "polite",
      "data-testid": "composer-faults",
    }),
    preview: el("div", { class: "preview", "data-testid": "composer-preview" }),
    status: el("span", { class: "hint", "data-testid": "composer-status" }),
  };
  addFields(composer, templates);
  composer.send = makeButton("Send", () => sendRequest(composer), {
    icon: "send",
    kind: "primary",
    testId: "composer-send",
    title: "Ctrl+Enter",
  });
  composer.editor.text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) attempt(() => sendRequest(composer));
  });
  return composer;
}

function addFields(composer, templates) {
  const { phoneNumber, agentId } = chosen();
  const change = () => changeBody(composer);
  const numbers = listPhoneNumbers().map((value) => el("option", { value }));
  composer.numbers = el("datalist", { id: "composer-numbers" }, numbers);
  composer.template = makeSelect(
    templates.map(({ name, title }) => [name, title]),
    "",
    (name) => setBody(composer, formatBody(templates.find((each) => each.name === name).body)),
    { "data-testid": "composer-template" },
  );
  composer.phone = el("input", {
    class: "input",
    type: "tel",
    value: phoneNumber,
    list: "composer-numbers",
    "data-testid": "composer-phone",
    on: { input: change },
  });
  const agents = listAgentIds().map((id) => [id, id]);
  composer.agent = makeSelect(agents, agentId, change, { "data-testid": "composer-agent" });
}

const formatBody = (body) => JSON.stringify(body ?? { contentMessage: { text: "Hello" } }, null, 2);

function setBody(composer, text) {
  composer.editor.setText(text);
  changeBody(composer);
}

function changeBody(composer) {
  sessionStorage.setItem(
    DRAFT_KEY,
    JSON.stringify({ text: composer.editor.text.value, template: composer.template.value }),
  );
  const body = parseBody(composer);
  if (body !== undefined) renderPreview(composer.preview, body?.contentMessage);
  composer.status.textContent = "Checking…";
  composer.check();
}

/** Undefined where it is no JSON; the faults say where. */
function parseBody({ editor }) {
  try {
    return JSON.parse(editor.text.value);
  } catch {
    return undefined;
  }
}

function makeRequest(composer) {
  return {
    agentId: composer.agent.value,
    phoneNumber: composer.phone.value.trim(),
    source: "console",
    ...parseBody(composer),
  };
}

async function checkRequest(composer) {
  const text = composer.editor.text.value;
  const isJson = parseBody(composer) !== undefined;
  const { faults } = isJson ? await postJson("/api/check", makeRequest(composer)) : { faults: [] };
  if (text === composer.editor.text.value) showFaults(composer, sortFaults(text, faults));
}

function showFaults(composer, faults) {
  const byLine = new Map();
  for (const { line, text } of faults) if (line) byLine.set(line, [...(byLine.get(line) ?? []), text]);
  composer.editor.markLines(byLine);
  replaceChildren(composer.faults, makeFaultList(faults, composer.editor.goToLine));
  const isUnreadable = faults.some(({ isSyntax }) => isSyntax);
  composer.send.disabled = isUnreadable;
  composer.status.textContent = faults.length && !isUnreadable ? SENDABLE : "";
}

async function sendRequest(composer) {
  if (parseBody(composer) === undefined) return;
  const request = makeRequest(composer);
  const { messageId } = await postJson("/api/send", request);
  composer.close();
  choose({ phoneNumber: request.phoneNumber, agentId: request.agentId });
  goTo("ledger", ["message", request.agentId, messageId]);
  announce("Published to rbm-send-requests.");
}

// A draft from before a reload; anything unreadable is no draft.
function readDraft() {
  try {
    return JSON.parse(sessionStorage.getItem(DRAFT_KEY));
  } catch {
    return null;
  }
}
