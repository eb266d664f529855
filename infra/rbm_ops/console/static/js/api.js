// Calls of the console's HTTP API. Every call has a time limit; every failure is an ApiError in plain words.

const TIMEOUT_MS = 20_000;

export class ApiError extends Error {
  constructor(message, { httpStatus = 0, body = null } = {}) {
    super(message);
    this.name = "ApiError";
    this.httpStatus = httpStatus;
    this.body = body;
  }
}

export async function callApi(method, path, body) {
  const response = await fetchAnswer(method, path, body);
  const answer = await readJson(response, `${method} ${path}`);
  if (!response.ok) {
    const reason = answer?.error?.message ?? response.statusText;
    throw new ApiError(`${method} ${path} answered ${response.status}: ${reason}`, {
      httpStatus: response.status,
      body: answer,
    });
  }
  return answer;
}

async function fetchAnswer(method, path, body) {
  try {
    return await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      cache: "no-store",
    });
  } catch (error) {
    const isLate = error.name === "TimeoutError";
    const reason = isLate ? `no answer in ${TIMEOUT_MS / 1000} s` : "the console does not answer";
    throw new ApiError(`${method} ${path} failed: ${reason}. Is rbm up still running?`);
  }
}

async function readJson(response, what) {
  const text = await response.text();
  if (!text) return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(`${what} answered ${response.status} and no JSON.`, { httpStatus: response.status });
  }
}

export const getJson = (path) => callApi("GET", path);
export const postJson = (path, body = {}) => callApi("POST", path, body);

/** The simulator's control API; `tail` is built with `path` below. */
export function callSimulator(method, tail, body) {
  return callApi(method, `/api/simulator/${tail}`, body);
}

/** path`phones/${number}` with every value encoded. */
export function path(texts, ...values) {
  return texts.reduce((whole, text, index) => whole + encodeURIComponent(values[index - 1]) + text);
}
