// Files and media. Nothing is ever loaded from another host: a drawing stands for it, with name and kind.

import { el } from "../dom.js";
import { formatBytes } from "../format.js";
import { makeIcon } from "../icons.js";

const KINDS = [
  [/\.(jpe?g|png|gif|webp)$|^image\//i, "image", "Image"],
  [/\.(mp4|m4v|webm|mpe?g|h263|mov)$|^video\//i, "video", "Video"],
  [/\.(mp3|aac|ogg|oga|3gpp?|m4a|wav)$|^audio\//i, "audio", "Audio"],
  [/\.pdf$|^application\/pdf$/i, "pdf", "PDF"],
];
const HUES = 6;

/** contentInfo or uploadedRbmFile of a message: what can be known without loading it. */
function describeFile({ fileUrl = "", fileName = "" }) {
  const address = String(fileUrl || fileName);
  const name = lastSegment(address);
  return { name, address, ...kindOf(name) };
}

function lastSegment(address) {
  const path = address.split(/[?#]/)[0];
  return path.slice(path.lastIndexOf("/") + 1) || address || "no address";
}

function kindOf(text) {
  const [, icon, label] = KINDS.find(([pattern]) => pattern.test(text)) ?? [null, "document", "File"];
  return { icon, label };
}

export function makeMediaPreview(file, { height = "MEDIUM", description = "" } = {}) {
  const { name, address, icon, label } = describeFile(file);
  return el(
    "figure",
    {
      class: `media media-${String(height).toLowerCase()} media-hue-${hueOf(address)}`,
      role: "img",
      "aria-label": description || `${label} ${name} (not loaded)`,
      title: `${address}\nThe console never loads media of other hosts.`,
      "data-testid": "media",
    },
    makeIcon(icon, "media-icon"),
    el(
      "figcaption",
      {},
      el("span", { class: "media-name" }, name),
      el("span", { class: "media-kind" }, description || label),
    ),
  );
}

// The same file has the same colour wherever it is shown.
function hueOf(text) {
  return [...text].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 9973, 7) % HUES;
}

/** A file that the user sent. */
export function makeUserFile({ payload = {} }) {
  const kind = kindOf(payload.mimeType ?? payload.fileName ?? "");
  return el(
    "div",
    { class: "file", "data-testid": "user-file" },
    makeIcon(kind.icon, "file-icon"),
    el(
      "div",
      {},
      el("div", { class: "file-name" }, payload.fileName ?? "File"),
      el(
        "div",
        { class: "file-kind" },
        [payload.mimeType ?? kind.label, formatBytes(payload.fileSizeBytes)].filter(Boolean).join(" · "),
      ),
    ),
  );
}

export function makeLocation({ latitude, longitude }) {
  return el(
    "div",
    { class: "file", "data-testid": "user-location" },
    makeIcon("pin", "file-icon"),
    el(
      "div",
      {},
      el("div", { class: "file-name" }, "Location"),
      el("div", { class: "file-kind" }, `${latitude}, ${longitude}`),
    ),
  );
}
