// Server-sent events of the console, and whether they come at all.

import { dismissCallErrors } from "./errors.js";
import { store } from "./store.js";

const EVENT_NAMES = [
  "wire",
  "conversation",
  "phone",
  "callbacks",
  "update",
  "functions",
  "deadLetter",
  "simulator",
];
const RECONNECT_MS = 2_000;
const listeners = new Map(EVENT_NAMES.map((name) => [name, new Set()]));
const onReconnect = new Set();

export function onStream(name, listener) {
  listeners.get(name).add(listener);
}

/** `reload` runs at each (re)connection, since events may have been missed. */
export function onConnection(reload) {
  onReconnect.add(reload);
}

function reloadAll() {
  for (const reload of onReconnect) reload();
}

onStream("simulator", ({ isConnected }) => {
  store.set({ simulatorIsAway: !isConnected });
  if (isConnected) reloadAll();
});

export function openStream() {
  const source = new EventSource("/api/stream");
  source.addEventListener("open", () => {
    store.set({ connection: "live" });
    dismissCallErrors();
    reloadAll();
  });
  // The page read too slowly and has missed events.
  source.addEventListener("missed", reloadAll);
  source.addEventListener("error", () => {
    store.set({ connection: "lost" });
    // The browser reconnects by itself unless the answer was no event stream.
    if (source.readyState === EventSource.CLOSED) setTimeout(openStream, RECONNECT_MS);
  });
  for (const name of EVENT_NAMES) {
    source.addEventListener(name, (event) => {
      const data = JSON.parse(event.data);
      for (const listener of listeners.get(name)) listener(data);
    });
  }
}
