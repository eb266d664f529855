// Lists as one stop of the Tab key; inside, arrow keys move.

/** Arrow keys move the focus among the elements that `selector` finds; returns whether it did. */
export function moveFocus(event, container, selector, [backward, forward] = ["ArrowUp", "ArrowDown"]) {
  const step = { [backward]: -1, [forward]: 1 }[event.key];
  const stops = [...container.querySelectorAll(selector)];
  const place = stops.indexOf(document.activeElement);
  const target = step && place >= 0 ? stops[place + step] : undefined;
  if (!target) return false;
  event.preventDefault();
  target.focus();
  return true;
}

export function makeRoving(container, selector) {
  container.addEventListener("keydown", (event) => moveFocus(event, container, selector));
  container.addEventListener("focusin", () => keepOneStop(container, selector));
}

/** Tab reaches one of them only: the one last used, or the first. To be called when the list has changed. */
export function keepOneStop(container, selector) {
  const stops = [...container.querySelectorAll(selector)];
  const focused = stops.find((stop) => stop === document.activeElement);
  const current = focused ?? stops.find(({ dataset }) => dataset.stop) ?? stops[0];
  for (const stop of stops) {
    stop.tabIndex = stop === current ? 0 : -1;
    if (stop === current) stop.dataset.stop = "here";
    else delete stop.dataset.stop;
  }
}
