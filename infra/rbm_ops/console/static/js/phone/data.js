// Loads phones, agents and the chosen conversation, and sends what the person does to the simulator.

import { callSimulator, path } from "../api.js";
import { onConnection, onStream } from "../stream.js";
import { setParams } from "../route.js";
import { store } from "../store.js";
import { throttle } from "../schedule.js";

// An ending without a fixed fate: an ordinary phone.
const FIRST_PHONE = "+14155550100";
const FIRST_AGENT = "growing-tree-bank";

/** The phone and agent that the page shows: as the address says, else the latest conversation. */
export function chosen() {
  const { route, conversations } = store.get();
  const latest = conversations.toSorted(
    (one, other) => String(other.lastTime).localeCompare(String(one.lastTime)),
  )[0];
  const phoneNumber = route.params.phone ?? latest?.phoneNumber ?? FIRST_PHONE;
  const withPhone = conversations.find((each) => each.phoneNumber === phoneNumber);
  return {
    phoneNumber,
    agentId: route.params.agent ?? withPhone?.agentId ?? store.get().agents[0]?.agentId ?? FIRST_AGENT,
  };
}

export function choose({ phoneNumber, agentId }) {
  setParams({ ...(phoneNumber && { phone: phoneNumber }), ...(agentId && { agent: agentId }) });
}

export function listPhoneNumbers() {
  const { phones, conversations } = store.get();
  const numbers = [...phones, ...conversations].map(({ phoneNumber }) => phoneNumber);
  return [...new Set([...numbers, chosen().phoneNumber])].sort();
}

export function listAgentIds() {
  const { agents, conversations } = store.get();
  return [
    ...new Set([...agents, ...conversations].map(({ agentId }) => agentId).concat(chosen().agentId)),
  ].sort();
}

export function findAgent(agentId) {
  return store.get().agents.find((agent) => agent.agentId === agentId) ?? { agentId, displayName: agentId };
}

const loadPhones = throttle(
  async () => store.set({ phones: (await callSimulator("GET", "phones")).phones }),
  500,
);
const loadAgents = throttle(
  async () => store.set({ agents: (await callSimulator("GET", "agents")).agents }),
  500,
);
const loadConversations = throttle(
  async () => store.set({ conversations: (await callSimulator("GET", "conversations")).conversations }),
  700,
);

const loadConversation = throttle(async () => {
  const { phoneNumber, agentId } = chosen();
  const [phone, { conversations }] = await Promise.all([
    callSimulator("GET", path`phones/${phoneNumber}`),
    callSimulator("GET", path`phones/${phoneNumber}/conversations`),
  ]);
  const found = conversations.find((each) => each.agentId === agentId);
  store.set({ phone, conversation: found ?? { agentId, phoneNumber, isSubscribed: true, entries: [] } });
}, 150);

export function watchPhones() {
  onConnection(() => {
    loadPhones();
    loadAgents();
    loadConversations();
    loadConversation();
  });
  onStream("phone", ({ phoneNumber }) => {
    loadPhones();
    if (phoneNumber === chosen().phoneNumber) loadConversation();
  });
  onStream("conversation", ({ phoneNumber, agentId }) => {
    loadConversations();
    const current = chosen();
    if (phoneNumber === current.phoneNumber && agentId === current.agentId) loadConversation();
  });
  watchChoice();
}

function watchChoice() {
  let shown = "";
  store.watch(["route", "conversations", "agents"], () => {
    const choice = JSON.stringify(chosen());
    if (choice === shown) return;
    shown = choice;
    loadConversation();
  });
}

export async function actOnPhone(action) {
  const { phoneNumber, agentId } = chosen();
  const answer = await callSimulator("POST", path`phones/${phoneNumber}/actions`, { agentId, ...action });
  loadConversation();
  return answer.events;
}

export async function changePhone(changes) {
  const phone = await callSimulator("PATCH", path`phones/${chosen().phoneNumber}`, changes);
  store.set({ phone });
  loadPhones();
  loadConversation();
}
