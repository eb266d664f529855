// Values as people read them.

const UNITS = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/** 0.04 → "40 ms", 3.21 → "3.2 s", 400 → "6 min 40 s". */
export function formatSeconds(seconds) {
  if (seconds < 0) return `−${formatSeconds(-seconds)}`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${Number(seconds.toFixed(1))} s`;
  const place = UNITS.findIndex(([least]) => seconds >= least);
  const [size, unit] = UNITS[place];
  const [finerSize, finerUnit] = UNITS[place + 1];
  const finer = Math.floor((seconds % size) / finerSize);
  return `${Math.floor(seconds / size)} ${unit}${finer ? ` ${finer} ${finerUnit}` : ""}`;
}

export function formatAge(time, now = Date.now()) {
  const seconds = Math.max(0, (now - Date.parse(time)) / 1000);
  if (seconds < 5) return "now";
  const [size, unit] = UNITS.find(([least]) => seconds >= least);
  return `${Math.floor(seconds / size)} ${unit}`;
}

export function formatClock(time, { withSeconds = false } = {}) {
  const options = { hour: "2-digit", minute: "2-digit", ...(withSeconds && { second: "2-digit" }) };
  return isTime(time) ? new Date(time).toLocaleTimeString([], options) : "";
}

/** 14:02:07.123, and the day where it is not today. */
export function formatMoment(time) {
  if (!isTime(time)) return "no time";
  const date = new Date(time);
  const clock = `${date.toLocaleTimeString("en-GB")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
  return date.toDateString() === new Date().toDateString() ? clock : `${date.toLocaleDateString()} ${clock}`;
}

export function isTime(time) {
  return Boolean(time) && !Number.isNaN(Date.parse(time));
}

export function formatBytes(bytes) {
  const size = Number(bytes);
  if (!Number.isFinite(size)) return "";
  if (size < 1024) return formatCount(size, "byte");
  return size < 1024 ** 2 ? `${Math.round(size / 1024)} kB` : `${(size / 1024 ** 2).toFixed(1)} MB`;
}

/** +14155550101 → +1 415 555 0101; other countries in groups of three. */
export function formatPhone(number) {
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number);
  if (american) return `+1 ${american.slice(1).join(" ")}`;
  return String(number).replace(/^(\+\d{2})(\d{3})(\d{3})/, "$1 $2 $3 ");
}

export function formatCount(count, noun) {
  return `${count.toLocaleString()} ${noun}${count === 1 ? "" : "s"}`;
}

/** "user_message" or "subscriptionResponse" as words. */
export function toWords(name) {
  return name.replace(/_/g, " ").replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
