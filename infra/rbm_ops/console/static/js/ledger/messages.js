// The table of messages: live, filtered, each row leading to its story.

import { openComposer } from "../composer/dialog.js";
import { openHelp } from "../help.js";
import { el, renderWhenChanged, syncChildren } from "../dom.js";
import { makeAge } from "../ages.js";
import { makeButton, makeEmptyState } from "../controls.js";
import { formatCount, formatPhone, toWords } from "../format.js";
import { goTo, hashOf, ledgerPlace, setParams } from "../route.js";
import { keepOneStop, makeRoving } from "../roving.js";
import { STATES, makeStateChip } from "../states.js";
import { store } from "../store.js";

export function mountMessages(section) {
  const text = el("input", {
    class: "input filter-text",
    type: "search",
    placeholder: "Number, text or id",
    "aria-label": "Filter messages by number, text or id",
    "aria-keyshortcuts": "/",
    "data-testid": "filter-text",
    on: { input: () => setParams({ q: text.value }) },
  });
  const state = el(
    "select",
    {
      class: "input",
      "aria-label": "Filter messages by state",
      "data-testid": "filter-state",
      on: { change: () => setParams({ state: state.value }) },
    },
    el("option", { value: "" }, "Every state"),
    Object.keys(STATES).map((name) => el("option", { value: name }, toWords(name))),
  );
  const count = el("span", { class: "hint filter-count", "aria-live": "polite" });
  const rows = el("tbody", { "data-testid": "ledger-rows" });
  const table = makeTable(rows);
  const empty = el("div");
  section.append(el("div", { class: "filters", role: "search" }, text, state, count), table, empty);
  store.watch(["messages", "route"], ({ messages, route }) => {
    if (document.activeElement !== text) text.value = route.params.q ?? "";
    state.value = route.params.state ?? "";
    if (messages) showMessages({ rows, table, empty, count }, messages, route.params);
  });
}

function makeTable(rows) {
  makeRoving(rows, "a");
  rows.addEventListener("click", openRow);
  const heads = [["State"], ["Message"], ["Phone"], ["Source", "col-source"], ["Age", "col-age"]];
  return el(
    "table",
    { class: "table", "data-testid": "ledger" },
    el(
      "thead",
      {},
      el("tr", {}, heads.map(([head, className = ""]) => el("th", { scope: "col", class: className }, head))),
    ),
    rows,
  );
}

// The whole row is a target for the pointer; for keys and screen readers it is the link in it.
function openRow(event) {
  const row = event.target.closest("tr");
  if (!row || event.target.closest("a")) return;
  goTo("ledger", ["message", row.dataset.agentId, row.dataset.messageId]);
}

function showMessages({ rows, table, empty, count }, messages, { q = "", state = "" }) {
  const shown = messages.filter((row) => (!state || row.state === state) && matches(row, q));
  const [section, , chosenId] = ledgerPlace();
  const isChosen = ({ messageId }) => section === "message" && messageId === chosenId;
  const items = shown.map((row) => ({ ...row, isChosen: isChosen(row) }));
  syncChildren(rows, items, { keyOf: (row) => `${row.agentId}/${row.messageId}`, build: makeRow });
  keepOneStop(rows, "a");
  table.hidden = shown.length === 0;
  const isFiltered = q || state;
  const all = formatCount(messages.length, "message");
  count.textContent = isFiltered ? `${shown.length} of ${all}` : all;
  renderWhenChanged(
    empty,
    [shown.length === 0, Boolean(isFiltered)],
    shown.length ? null : makeEmpty(isFiltered),
  );
}

function matches(row, wanted) {
  const text = [
    row.phoneNumber,
    row.summary,
    row.messageId,
    row.agentId,
    row.source,
    row.clientReference,
  ].join(" ").toLowerCase();
  const digits = wanted.replace(/\s/g, "");
  return text.includes(wanted.toLowerCase()) || (digits !== "" && String(row.phoneNumber).includes(digits));
}

function makeEmpty(isFiltered) {
  if (!isFiltered) return makeFirstSteps();
  const clear = makeButton("Show all", () => setParams({ q: "", state: "" }), { kind: "small" });
  return makeEmptyState("ledger", "No message is like that.", clear);
}

function makeFirstSteps() {
  return makeEmptyState(
    "ledger",
    "No messages yet.",
    "Every message that is sent becomes one document here, with everything that ever happens to it. ",
    "Send one with the composer, or run: ",
    el("code", {}, "rbm demo"),
    el(
      "span",
      { class: "empty-buttons" },
      makeButton("New message", openComposer, { icon: "compose", kind: "primary" }),
      makeButton("What is this?", openHelp, { icon: "help" }),
    ),
  );
}

function makeRow(row) {
  const caller = [row.source, row.clientReference].filter(Boolean).join(" · ");
  const isNew = row.requestedTime && Date.now() - Date.parse(row.updatedTime) < 3000;
  return el(
    "tr",
    {
      class: `${row.isChosen ? "chosen" : ""} ${isNew ? "fresh" : ""}`,
      "data-testid": "ledger-row",
      "data-state": row.state,
      "data-message-id": row.messageId,
      "data-agent-id": row.agentId,
    },
    el("td", {}, makeStateChip(row.state)),
    el(
      "td",
      { class: "col-summary" },
      el(
        "a",
        {
          href: hashOf("ledger", ["message", row.agentId, row.messageId]),
          "aria-current": row.isChosen ? "true" : null,
          dir: "auto",
        },
        row.summary || row.messageId,
      ),
    ),
    el("td", { class: "col-phone" }, formatPhone(row.phoneNumber)),
    el("td", { class: "col-source" }, caller || "–"),
    el("td", { class: "col-age" }, makeAge(row.requestedTime ?? row.updatedTime)),
  );
}
