"""What can be wrong with how a page looks, found by the browser itself: each function names the culprits."""

from playwright.async_api import Page

_NAME_ELEMENTS = """
const name = (element) => `${element.tagName}.${element.className}: ${element.textContent.slice(0, 40)}`;
const isVisible = (element) => element.checkVisibility({ visibilityProperty: true });
const isShown = (element) => {
  const { width, height } = element.getBoundingClientRect();
  return isVisible(element) && width > 1 && height > 1;
};
const listTexts = () => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (text.data.trim() && isShown(text.parentElement)) texts.push(text);
  }
  return texts;
};
"""

# What scrolls by itself may be wider than its window.
_OVERFLOWING = """() => {
  const scrolls = (element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
  const canScroll = (element) => {
    for (let each = element.parentElement; each; each = each.parentElement) if (scrolls(each)) return true;
    return false;
  };
  const isOutside = (element) => {
    const { left, right } = element.getBoundingClientRect();
    return left < -1 || right > innerWidth + 1;
  };
  const found = [...document.body.querySelectorAll("*")].filter(
    (element) => isShown(element) && isOutside(element) && !canScroll(element),
  );
  if (document.documentElement.scrollWidth > innerWidth) found.push(document.documentElement);
  return found.map(name);
}"""

# Latin letters that run to the left: a text of somebody else has turned them round.
_TURNED = """(marker) => listTexts().filter((text) => {
  const word = /[A-Za-z]{3,}/.exec(text.data);
  if (!word || text.data.includes(marker)) return false;
  const leftOf = (place) => {
    const range = document.createRange();
    range.setStart(text, place);
    range.setEnd(text, place + 1);
    return range.getBoundingClientRect();
  };
  const [first, second] = [leftOf(word.index), leftOf(word.index + 1)];
  return first.top === second.top && first.left > second.left;
}).map((text) => name(text.parentElement))"""

# Colours as they are painted, one ground over the other.
_PALE = """(leastRatio) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const paint = (colors) => {
    canvas.fillStyle = "#fff";
    canvas.fillRect(0, 0, 1, 1);
    for (const color of colors) {
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const luminance = (rgb) => {
    const [red, green, blue] = rgb.map((byte) => byte / 255).map(
      (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4),
    );
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundsOf = (element) => {
    const grounds = [];
    for (let each = element; each; each = each.parentElement) {
      grounds.unshift(getComputedStyle(each).backgroundColor);
    }
    return grounds;
  };
  const contrast = (element) => {
    const grounds = groundsOf(element);
    const lights = [paint(grounds), paint([...grounds, getComputedStyle(element).color])].map(luminance);
    return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
  };
  const elements = new Set(listTexts().map((text) => text.parentElement));
  return [...elements]
    .filter((element) => !element.closest(":disabled, svg") && contrast(element) < leastRatio)
    .map((element) => `${contrast(element).toFixed(2)} ${name(element)}`);
}"""


async def find_overflowing(page: Page) -> list[str]:
    """What reaches beyond the window and can't be scrolled to."""
    return await _find(page, _OVERFLOWING)


async def find_turned(page: Page, *, marker: str) -> list[str]:
    """Words that run from right to left; texts with the marker may."""
    return await _find(page, _TURNED, marker)


async def find_pale(page: Page, *, least_ratio: float) -> list[str]:
    """Texts whose contrast with their ground is below the ratio."""
    return await _find(page, _PALE, least_ratio)


async def _find(page: Page, script: str, argument: object = None) -> list[str]:
    whole = f"(argument) => {{ {_NAME_ELEMENTS} return ({script})(argument); }}"
    found: list[str] = await page.evaluate(whole, argument)
    return found
