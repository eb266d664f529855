// Loads the wire, the partner queue and what is broken on purpose; and breaks and mends.

import { callApi, callSimulator, getJson, path, postJson } from "../api.js";
import { onConnection, onStream } from "../stream.js";
import { store } from "../store.js";
import { throttle } from "../schedule.js";

const RECORDS_KEPT = 400;
const SHOWN_EVERY_MS = 150;
const ROTATED_KEY = "rbm-console-token-is-rotated";

const loadCloud = throttle(async () => {
  const cloud = await getJson("/api/cloud");
  store.set({ cloud, functions: cloud.functions });
}, 1000);
const loadDisturbances = throttle(
  async () => store.set({ disturbances: await callSimulator("GET", "disturbances") }),
  500,
);
const loadCallbacks = throttle(
  async () => store.set({ callbacks: await callSimulator("GET", "callbacks") }),
  1000,
);
const loadWire = throttle(async () => {
  const { records } = await callSimulator("GET", "wire?after=0&limit=2000");
  const newest = records.at(-1)?.time;
  // Those that came while the answer was on its way; a simulator without any has been started anew.
  const newer = store.get().wire.filter(({ time }) => newest && time > newest);
  store.set({ wire: [...newer, ...records.reverse()].slice(0, RECORDS_KEPT) });
}, 1000);

/** A simulator that was started anew counts from 1 again. */
export const keyOfRecord = ({ number, time }) => `${number} ${time}`;

// In a storm the page shows a batch at a time, not each record.
let arrived = [];
const showArrived = throttle(async () => {
  const fresh = arrived.reverse();
  arrived = [];
  const known = new Set(store.get().wire.map(keyOfRecord));
  const unknown = fresh.filter((record) => !known.has(keyOfRecord(record)));
  store.set({ wire: [...unknown, ...store.get().wire].slice(0, RECORDS_KEPT) });
}, SHOWN_EVERY_MS);

export function watchWire() {
  store.set({ tokenIsRotated: sessionStorage.getItem(ROTATED_KEY) === "yes" });
  onConnection(() => {
    loadCloud();
    loadDisturbances();
    loadCallbacks();
    loadWire();
  });
  onStream("functions", (functions) => store.set({ functions: functions }));
  onStream("callbacks", loadCallbacks);
  onStream("wire", (record) => {
    arrived.push(record);
    showArrived();
    // Each dropped callback uses up one of those that were asked for.
    if (record.outcome === "dropped") loadDisturbances();
  });
}

export async function disturb(changes) {
  store.set({ disturbances: await callSimulator("PUT", "disturbances", changes) });
}

export async function commandFunction(name, action) {
  const changed = await postJson(path`/api/functions/${name}`, { action });
  store.set({
    functions: store.get().functions.map((each) => (each.name === name ? { ...each, ...changed } : each)),
  });
}

export async function rotateToken() {
  await postJson("/api/rotate-token");
  rememberRotation(true);
}

export async function restoreToken() {
  await postJson("/api/rotate-token", { restore: true });
  rememberRotation(false);
}

function rememberRotation(isRotated) {
  sessionStorage.setItem(ROTATED_KEY, isRotated ? "yes" : "no");
  store.set({ tokenIsRotated: isRotated });
}

/** Everything as it should be, whatever was broken before; also what another page broke. */
export async function mendEverything() {
  await callApi("DELETE", "/api/simulator/disturbances");
  await restoreToken();
  const stopped = store.get().functions.filter(({ state }) => state === "stopped");
  await Promise.all(stopped.map(({ name }) => commandFunction(name, "start")));
  loadDisturbances();
  loadCloud();
}
