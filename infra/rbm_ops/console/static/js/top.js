// The page's head: name, views, connection, and what works everywhere.

import { el, setAttribute } from "./dom.js";
import { makeButton, makeIconButton } from "./controls.js";
import { openComposer } from "./composer/dialog.js";
import { openHelp } from "./help.js";
import { makeIcon } from "./icons.js";
import { hashOf, ledgerPlace } from "./route.js";
import { moveFocus } from "./roving.js";
import { store } from "./store.js";
import { describeTheme, readTheme, switchTheme } from "./theme.js";
import { announce } from "./announce.js";

const VIEWS = [
  ["phone", "Phone"],
  ["ledger", "Ledger"],
  ["wire", "Wire"],
];
const CONNECTIONS = { live: "Live", connecting: "Connecting", lost: "Connection lost" };

export function mountTop(element) {
  const nav = el("nav", { class: "views", "aria-label": "Views" }, VIEWS.map(makeViewLink));
  nav.addEventListener("keydown", (event) => moveFocus(event, nav, "a", ["ArrowLeft", "ArrowRight"]));
  const connection = el("span", { class: "connection", role: "status", "data-testid": "connection" });
  element.append(
    el(
      "div",
      { class: "brand" },
      el("img", { src: "/static/icon.svg", alt: "", width: "28", height: "28" }),
      el("h1", {}, "rbm-ledger ", el("span", {}, "console")),
    ),
    nav,
    el(
      "div",
      { class: "top-tools" },
      connection,
      makeThemeButton(),
      makeIconButton("Help and shortcuts (?)", "help", openHelp, { kind: "quiet", testId: "help" }),
      makeComposeButton(),
    ),
  );
  store.watch(["connection"], (state) => showConnection(connection, state.connection));
  store.watch(["route"], () => showView(nav));
}

function makeViewLink([name, label]) {
  return el(
    "a",
    { class: "view", "data-name": name, "data-testid": `view-${name}` },
    makeIcon(name),
    el("span", {}, label),
  );
}

function makeComposeButton() {
  return makeButton(
    "New message",
    openComposer,
    { icon: "compose", kind: "primary compose", testId: "compose", title: "Compose a message (c)" },
  );
}

function makeThemeButton() {
  const button = makeIconButton(
    describeTheme(readTheme()),
    "theme",
    changeTheme,
    { kind: "quiet", testId: "theme" },
  );
  return button;

  function changeTheme() {
    const words = describeTheme(switchTheme());
    setAttribute(button, "aria-label", words);
    setAttribute(button, "title", words);
    announce(words);
  }
}

function showConnection(element, connection) {
  element.className = `connection connection-${connection}`;
  element.textContent = CONNECTIONS[connection];
}

function showView(nav) {
  const { view } = store.get().route;
  document.body.dataset.view = view;
  for (const link of nav.children) {
    const { name } = link.dataset;
    setAttribute(link, "href", hashOf(name, name === "ledger" ? ledgerPlace() : []));
    setAttribute(link, "aria-current", name === view ? "page" : null);
  }
}
