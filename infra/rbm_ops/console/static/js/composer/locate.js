// Finds the line of a JSON text on which a value stands, by its path: "contentMessage.suggestions[2].reply".

/** {lines: Map of path → line (from 1), error: {line, message} or null} */
export function locatePaths(text) {
  const reader = { text, place: 0, lines: new Map() };
  try {
    readValue(reader, "");
    skipBlanks(reader);
    if (reader.place < text.length) fail(reader, "nothing more may follow");
    return { lines: reader.lines, error: null };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    return { lines: reader.lines, error: { line: lineAt(text, reader.place), message: error.message } };
  }
}

/** The line of a path or, where it does not stand in the text ("is missing"), that of what should hold it. */
export function lineOfPath(lines, path) {
  for (let known = path; known; known = known.replace(/(\.[^.[\]]*|\[\d+\])$|^[^.[]+$/, "")) {
    if (lines.has(known)) return lines.get(known);
  }
  return null;
}

class JsonFault extends Error {}

function fail({ text, place }, problem) {
  const found = place < text.length ? `“${text[place]}”` : "the end";
  throw new JsonFault(`This is no JSON: ${problem}, at ${found}.`);
}

function lineAt(text, place) {
  return text.slice(0, place).split("\n").length;
}

function skipBlanks(reader) {
  while (" \t\r\n".includes(reader.text[reader.place] ?? "x")) reader.place += 1;
}

function readValue(reader, path) {
  skipBlanks(reader);
  reader.lines.set(path, lineAt(reader.text, reader.place));
  const first = reader.text[reader.place];
  if (first === "{") return readMembers(reader, path);
  if (first === "[") return readItems(reader, path);
  return readScalar(reader);
}

function readMembers(reader, path) {
  readList(reader, "}", () => {
    skipBlanks(reader);
    if (reader.text[reader.place] !== '"') fail(reader, "a name in double quotes is missing");
    const name = readScalar(reader);
    skipBlanks(reader);
    if (reader.text[reader.place] !== ":") fail(reader, "a colon is missing");
    reader.place += 1;
    readValue(reader, path ? `${path}.${name}` : name);
  });
}

function readItems(reader, path) {
  let index = 0;
  readList(reader, "]", () => {
    readValue(reader, `${path}[${index}]`);
    index += 1;
  });
}

function readList(reader, end, readItem) {
  reader.place += 1;
  skipBlanks(reader);
  while (reader.text[reader.place] !== end) {
    readItem();
    skipBlanks(reader);
    const next = reader.text[reader.place];
    if (next !== "," && next !== end) fail(reader, `a comma or “${end}” is missing`);
    if (next === end) break;
    reader.place += 1;
    skipBlanks(reader);
    if (reader.text[reader.place] === end) fail(reader, "a value is missing after the comma");
  }
  reader.place += 1;
}

function readScalar(reader) {
  const scalar = /"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
  scalar.lastIndex = reader.place;
  const found = scalar.exec(reader.text);
  if (!found) fail(reader, "a value is missing");
  try {
    const value = JSON.parse(found[0]);
    reader.place = scalar.lastIndex;
    return value;
  } catch {
    return fail(reader, "this is no value of JSON");
  }
}
