// The only place that makes elements. Texts of users become text nodes and checked attributes, never markup.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";
const FORBIDDEN_ATTRIBUTE = /^(on|style$|srcdoc$|formaction$)/i;

/** An element: `el("button", {class: "chip", on: {click}}, "Send")`. Null children are left out. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);
}

function fill(element, { on = {}, ...attributes }, children) {
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  for (const [type, listener] of Object.entries(on)) element.addEventListener(type, listener);
  element.append(...flatten(children));
  return element;
}

function flatten(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** False, null and undefined take the attribute away; true sets it empty. */
export function setAttribute(element, name, value) {
  if (FORBIDDEN_ATTRIBUTE.test(name)) throw new Error(`Attribute ${name} is not allowed.`);
  if (name === "href" && !isSafeAddress(value)) throw new Error("Only links to web pages are allowed.");
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

function isSafeAddress(address) {
  return String(address).startsWith("#") || isWebAddress(address);
}

export function isWebAddress(text) {
  try {
    return ["http:", "https:"].includes(new URL(text).protocol);
  } catch {
    return false;
  }
}

/** A link to another site, or only its text where it is no web address. */
export function webLink(address, text = address) {
  if (!isWebAddress(address)) return el("span", {}, text);
  return el("a", { href: address, rel: "noreferrer noopener", target: "_blank" }, text);
}

export function replaceChildren(parent, ...children) {
  parent.replaceChildren(...flatten(children));
}

/** Makes the children of `parent` those of `items`, keeping each element whose key and signature stay. */
export function syncChildren(parent, items, { keyOf, signatureOf = JSON.stringify, build }) {
  const existing = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = items.map((item) => reuseOrBuild(existing, item, { keyOf, signatureOf, build }));
  const kept = new Set(wanted);
  for (const child of [...parent.children]) if (!kept.has(child)) child.remove();
  wanted.forEach((child, index) => {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  });
}

function reuseOrBuild(existing, item, { keyOf, signatureOf, build }) {
  const key = String(keyOf(item));
  const signature = signatureOf(item);
  const old = existing.get(key);
  if (old?.signature === signature) return old;
  const built = build(item, old);
  built.dataset.key = key;
  built.signature = signature;
  if (old?.contains(document.activeElement)) queueMicrotask(() => focusFirst(built));
  return built;
}

function focusFirst(element) {
  const focusable = "a, button, [tabindex]";
  const target = element.matches(focusable) ? element : element.querySelector(focusable);
  target?.focus({ preventScroll: true });
}

/** Makes the content anew only for another `signature`: what one is about to click stays where it is.
 *
 * The focus and what was unfolded stay too.
 */
export function renderWhenChanged(element, signature, ...children) {
  const text = JSON.stringify(signature);
  if (element.signature === text) return;
  const testId = element.contains(document.activeElement) ? document.activeElement.dataset.testid : undefined;
  const unfolded = [...element.querySelectorAll("details")].map((fold) => fold.open);
  replaceChildren(element, ...children.map((child) => (typeof child === "function" ? child() : child)));
  element.querySelectorAll("details").forEach((fold, place) => (fold.open ||= unfolded[place] ?? false));
  if (testId) element.querySelector(`[data-testid="${testId}"]`)?.focus({ preventScroll: true });
  element.signature = text;
}
