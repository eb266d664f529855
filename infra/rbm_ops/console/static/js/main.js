// Puts the page together and starts it.

import { startAges } from "./ages.js";
import { openComposer } from "./composer/dialog.js";
import { catchScriptErrors, showWhile } from "./errors.js";
import { mountFlow } from "./flow.js";
import { openHelp } from "./help.js";
import { focusView, onKey, startShortcuts, useControl } from "./keyboard.js";
import { watchLedger } from "./ledger/data.js";
import { mountLedgerPane } from "./ledger/pane.js";
import { watchPhones } from "./phone/data.js";
import { mountPhonePane } from "./phone/pane.js";
import { goTo, ledgerPlace, readRoute } from "./route.js";
import { store } from "./store.js";
import { openStream } from "./stream.js";
import { mountTop } from "./top.js";
import { mountBroken, mendAll } from "./wire/broken.js";
import { watchWire } from "./wire/data.js";
import { mountWirePane } from "./wire/pane.js";

const CONNECTION_LOST =
  "The connection to the console is lost, so what you see may be old. Trying again. Is rbm up still running?";
const SIMULATOR_AWAY = "The simulator does not answer: phones and wire stand still until it is back.";
const KEYS = {
  p: () => focusView("phone"),
  l: () => focusView("ledger"),
  w: () => focusView("wire"),
  c: openComposer,
  o: () => useControl(null, "[data-testid=open-conversation]"),
  "/": () => useControl("ledger", "[data-testid=filter-text]"),
  k: () => useControl("wire", "[data-testid=wire-pause]"),
  b: () => useControl("wire", "[data-testid=breakers] > summary"),
  m: mendAll,
  t: () => document.querySelector("[data-testid=theme]").click(),
  "?": openHelp,
  Escape: () => ledgerPlace()[0] === "message" && goTo("ledger"),
};

function start() {
  catchScriptErrors();
  readRoute();
  document.getElementById("skip").addEventListener("click", () => document.getElementById("main").focus());
  addEventListener("hashchange", readRoute);
  mountTop(document.getElementById("top"));
  mountBroken(document.getElementById("broken"));
  mountFlow(document.getElementById("flow"));
  mountPhonePane(document.getElementById("phone"));
  mountLedgerPane(document.getElementById("ledger"));
  mountWirePane(document.getElementById("wire"));
  for (const watch of [watchPhones, watchLedger, watchWire]) watch();
  for (const [key, action] of Object.entries(KEYS)) onKey(key, action);
  store.watch(["connection"], ({ connection }) => showWhile(connection === "lost", CONNECTION_LOST));
  store.watch(["simulatorIsAway"], ({ simulatorIsAway }) => showWhile(simulatorIsAway, SIMULATOR_AWAY));
  startShortcuts();
  startAges();
  openStream();
}

start();
