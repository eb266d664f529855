// The states of a message (DESIGN, section 5), in the order of their rank.

import { el } from "./dom.js";
import { toWords } from "./format.js";

export const STATES = {
  unknown_message: "An event came for a message that the ledger has not recorded yet.",
  pending: "The outcome of the call is not known yet; it is repeated with the same id.",
  suppressed: "Not sent: the recipient opted out, the request expired, or a guard refused it.",
  rejected: "Refused for good, by the platform or because the request is invalid.",
  unreachable: "No RCS at this number or network: the signal to use SMS.",
  accepted: "The platform took it. Whether it reaches the phone is told later.",
  unresolved: "Nothing was heard of it until its time ran out, or for 30 days.",
  expiry_inconclusive: "Its time ran out, but it could not be withdrawn: it may still arrive.",
  expired: "Its time ran out before it was delivered.",
  revoked: "Withdrawn before it was delivered.",
  delivered: "The user's phone has it.",
  read: "The user opened the conversation.",
};

export function makeStateChip(state) {
  const known = state in STATES;
  return el(
    "span",
    {
      class: `state ${known ? `state-${state}` : ""}`,
      title: STATES[state] ?? "",
      "data-testid": "state",
      "data-state": state,
    },
    toWords(state),
  );
}
