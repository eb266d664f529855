// What is broken on purpose now, in words, on every view.

import { el, renderWhenChanged } from "../dom.js";
import { announce } from "../announce.js";
import { makeButton } from "../controls.js";
import { makeIcon } from "../icons.js";
import { store } from "../store.js";
import { mendEverything } from "./data.js";

const SENTENCES = {
  dropNext: (count) => (
    count === 1 ? "the next callback is dropped" : `the next ${count} callbacks are dropped`
  ),
  delaySeconds: (seconds) => `callbacks are ${seconds} s late`,
  copies: (copies) => copies > 1 && `each callback comes ${copies} times`,
  isReversed: () => "callbacks come in reverse order",
  isWronglySigned: () => "callbacks are wrongly signed",
  createStatus: (status) => `the platform answers ${status}`,
  createDelaySeconds: (seconds) => `the platform answers ${seconds} s late`,
};

function listBroken({ functions, disturbances, tokenIsRotated }) {
  const stopped = functions.filter(
    ({ state }) => state === "stopped",
  ).map(({ name }) => `${name} is stopped`);
  const disturbed = Object.entries(SENTENCES).map(
    ([name, say]) => disturbances?.[name] && say(disturbances[name]),
  );
  return [
    ...stopped,
    ...disturbed,
    tokenIsRotated && "the platform signs with a token that the webhook does not know",
  ].filter(Boolean);
}

export function mountBroken(element) {
  store.watch(["functions", "disturbances", "tokenIsRotated"], (state) => {
    const broken = listBroken(state);
    element.hidden = broken.length === 0;
    renderWhenChanged(element, broken, () => (broken.length ? makeBanner(broken) : null));
  });
}

function makeBanner(broken) {
  return [
    makeIcon("warning"),
    el(
      "span",
      { class: "broken-text", "data-testid": "broken-text" },
      el("strong", {}, "Broken on purpose: "),
      broken.join("; "),
      ".",
    ),
    makeButton("Mend everything", mendAll, { icon: "mend", kind: "small", testId: "mend-everything" }),
  ];
}

export async function mendAll() {
  await mendEverything();
  announce("Everything is mended.");
}
