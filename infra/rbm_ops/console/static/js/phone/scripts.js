// What an automatic phone does by itself: the simulator's scripts by name (rbm_ops.simulator.fates).

export const SCRIPTS = {
  hand: "in your hand: delivered, no more",
  ordinary: "ordinary: delivered and read",
  "0101": "delivered and read",
  "0102": "delivered, never read",
  "0103": "offline until its TTL",
  "0104": "unreachable: no RCS (404)",
  "0105": "DELIVERED before the answer, then read",
  "0106": "receipts three times, in reverse order",
  "0107": "read, and replies with a text",
  "0108": "read, and taps the first suggestion",
  "0109": "delivered, and opts out",
  "0110": "expiry inconclusive, then delivered",
  "0111": "refused: not a tester (403)",
  "0112": "429 first, the repeat is fine",
  "0113": "500 though accepted",
  "0114": "first answer held for 30 s",
  "0115": "delivered, then an unknown event",
  "0116": "read, and sends a location",
  "0117": "read, and sends a file",
  "0118": "expires, and is delivered too",
  "0119": "slow: answer, DELIVERED and READ",
  "0120": "429 at every create",
  "0121": "shows text only (400 for cards)",
  "0122": "revoked too late",
};

export function describeScript(script) {
  if (typeof script !== "string") return script?.description || "a script of its own";
  return SCRIPTS[script] ?? script;
}
