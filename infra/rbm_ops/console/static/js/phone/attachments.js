// What a user can send besides text: a location or a file.

import { el } from "../dom.js";
import { makeField, openForm } from "../controls.js";
import { actOnPhone } from "./data.js";

// Google's own example of a location (receive guide, April 2026).
const EXAMPLE = { latitude: "37.422", longitude: "-122.084056" };
const MIME_TYPES = [
  "image/jpeg",
  "image/png",
  "image/gif",
  "video/mp4",
  "audio/mpeg",
  "application/pdf",
  "text/vcard",
];

export function openLocationForm() {
  const inputs = Object.entries(EXAMPLE).map(([name, value]) =>
    makeInput(name, { name, value, type: "number", step: "any", "data-testid": name }),
  );
  return openForm("Send a location", inputs, "Send location", ({ latitude, longitude }) =>
    actOnPhone({ kind: "location", latitude: Number(latitude), longitude: Number(longitude) }),
  );
}

export function openFileForm() {
  const mimeType = { name: "mimeType", value: MIME_TYPES[0], list: "mime-types" };
  const size = { name: "fileSizeBytes", value: "127806", type: "number", min: "1" };
  const fields = [
    makeInput("File name", { name: "fileName", value: "receipt.jpg", "data-testid": "file-name" }),
    makeInput("Type", { ...mimeType, "data-testid": "mime-type" }),
    el("datalist", { id: "mime-types" }, MIME_TYPES.map((value) => el("option", { value }))),
    makeInput("Size in bytes", { ...size, "data-testid": "file-size" }),
  ];
  return openForm("Send a file", fields, "Send file", sendFile, {
    intro: "No file is uploaded: the webhook gets a userFile with this name, type and size.",
  });
}

function sendFile({ fileName, mimeType, fileSizeBytes }) {
  return actOnPhone({ kind: "file", fileName, mimeType, fileSizeBytes: Number(fileSizeBytes) });
}

function makeInput(label, attributes) {
  return makeField(label, el("input", { class: "input", required: true, ...attributes }));
}
