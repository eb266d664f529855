// Loads what the ledger shows, when it is shown and whenever something changed.

import { getJson, path } from "../api.js";
import { ledgerPlace } from "../route.js";
import { onConnection, onStream } from "../stream.js";
import { store } from "../store.js";
import { throttle } from "../schedule.js";

const MESSAGES_SHOWN = 200;

const loadMessages = throttle(
  async () => store.set({ messages: (await getJson(`/api/messages?limit=${MESSAGES_SHOWN}`)).messages }),
  400,
);

const loadPlace = throttle(async () => {
  const [section, ...rest] = ledgerPlace();
  await LOADERS[section]?.(rest);
}, 400);

const LOADERS = {
  message: async ([agentId, messageId]) => {
    const story = await getMissing(path`/api/messages/${agentId}/${messageId}`);
    store.set({ story: { agentId, messageId, ...story } });
  },
  conversations: async ([agentId, phoneNumber]) => {
    store.set({ consents: (await getJson("/api/conversations")).conversations });
    if (!phoneNumber) return;
    const opened = await getMissing(path`/api/conversations/${agentId}/${phoneNumber}`);
    store.set({ openedConversation: { agentId, phoneNumber, ...opened } });
  },
  quarantine: async () => store.set({ quarantine: (await getJson("/api/quarantine")).documents }),
  "dead-letters": async () => store.set({ deadLetters: (await getJson("/api/dead-letters")).messages }),
  statistics: async () => store.set({ statistics: await getJson("/api/statistics") }),
};

// A message that was just sent has no document yet: that is a state to show, not an error.
async function getMissing(address) {
  try {
    return await getJson(address);
  } catch (error) {
    if (error.httpStatus !== 404) throw error;
    return { isMissing: true };
  }
}

export function watchLedger() {
  const loadAll = () => {
    loadMessages();
    loadPlace();
  };
  onConnection(loadAll);
  onStream("update", loadAll);
  onStream("deadLetter", loadPlace);
  // By the place, not by what is loaded: what passes while the story loads belongs to it too.
  onStream("wire", ({ messageId }) => {
    const [section, , shownId] = ledgerPlace();
    if (section === "message" && messageId === shownId) loadPlace();
  });
  let shown = null;
  store.watch(["route"], () => {
    const place = ledgerPlace().join("/");
    if (place === shown) return;
    shown = place;
    loadPlace();
  });
}
