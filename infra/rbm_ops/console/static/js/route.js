// Where the person is, in the address: #/ledger/message/AGENT/ID?phone=…&agent=…

import { store } from "./store.js";

const VIEWS = ["phone", "ledger", "wire"];
let lastLedgerPlace = [];

function parseHash(hash) {
  const [place, query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [view, ...rest] = place.split("/").filter(Boolean).map(decodeText);
  return {
    view: VIEWS.includes(view) ? view : "phone",
    place: view === "ledger" ? rest : [],
    params: Object.fromEntries(new URLSearchParams(query)),
  };
}

// A half-encoded address is a stranger's typing error, no reason to show nothing.
function decodeText(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function formatHash({ view, place = [], params = {} }) {
  const given = Object.entries(params).filter(([, value]) => value);
  const query = new URLSearchParams(given).toString();
  return `#/${[view, ...place.map(encodeURIComponent)].join("/")}${query ? `?${query}` : ""}`;
}

/** The address of another place; the chosen phone, agent and filters stay. */
export function hashOf(view, place = [], params = {}) {
  return formatHash({ view, place, params: { ...store.get().route.params, ...params } });
}

export function goTo(view, place = [], params = {}) {
  location.hash = hashOf(view, place, params);
  // The event of the browser comes too late for who wants to focus something there.
  readRoute();
}

/** Changes parameters without a new entry in the history. */
export function setParams(params) {
  const { view, place } = store.get().route;
  history.replaceState(null, "", hashOf(view, place, params));
  readRoute();
}

export function readRoute() {
  store.set({ route: parseHash(location.hash) });
}

/** What the ledger shows. On a wide window it keeps its place while phone or wire have the focus. */
export function ledgerPlace() {
  const { view, place } = store.get().route;
  if (view === "ledger") lastLedgerPlace = place;
  return lastLedgerPlace;
}
