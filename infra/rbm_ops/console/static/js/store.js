// What the page knows, in one place; views watch the members that they show.

function createStore(initial) {
  let state = initial;
  const watchers = new Set();
  return {
    get: () => state,
    set(changes) {
      const before = state;
      state = { ...state, ...changes };
      for (const { names, react } of [...watchers]) {
        if (names.some((name) => before[name] !== state[name])) react(state);
      }
    },
    /** Calls `react` now and whenever one of `names` is set to another value. */
    watch(names, react) {
      watchers.add({ names, react });
      react(state);
    },
  };
}

export const store = createStore({
  route: null,
  connection: "connecting",
  simulatorIsAway: false,
  cloud: null,
  functions: [],
  tokenIsRotated: false,
  disturbances: null,
  phone: null,
  phones: [],
  agents: [],
  conversations: [],
  conversation: null,
  messages: null,
  story: null,
  consents: null,
  openedConversation: null,
  quarantine: null,
  deadLetters: null,
  statistics: null,
  wire: [],
  callbacks: null,
});
