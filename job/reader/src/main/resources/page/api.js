/**
 * Asks the reader. The token is kept in the tab's session storage, and goes nowhere but to this
 * reader.
 */

const KEY = 'freshet-token';

/** The longest pause that the page takes from a response, in seconds. */
const MOST_RETRY_AFTER = 60;

/**
 * A request that the reader answered with a problem, or did not answer: then status is 0. retryAfter
 * is the least pause before the next attempt, in milliseconds.
 */
export class Refused extends Error {
  constructor(status, kind, detail, retryAfter = 0) {
    super(detail);
    this.status = status;
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may be answered later. */
  get mayPass() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export function token() {
  return sessionStorage.getItem(KEY) || '';
}

export function keepToken(text) {
  sessionStorage.setItem(KEY, text);
}

export function forgetToken() {
  sessionStorage.removeItem(KEY);
}

async function send(path, options = {}) {
  const headers = {...options.headers};
  if (path.startsWith('/v1/')) {
    headers.Authorization = `Bearer ${token()}`;
  }
  let response;
  try {
    response = await fetch(path, {...options, headers, cache: 'no-store', credentials: 'omit'});
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    throw new Refused(0, 'unreachable', 'the reader does not answer');
  }
  return response;
}

async function refusal(response) {
  let problem = {};
  try {
    problem = await response.json();
  } catch (e) {
    // A proxy may answer without a problem; the status says what there is to say.
  }
  const kind = String(problem?.type || '').replace('urn:freshet:problem:', '');
  const seconds = Number(response.headers.get('Retry-After')) || 0;
  return new Refused(response.status, kind, problem?.detail || `the status is ${response.status}`,
    Math.min(seconds, MOST_RETRY_AFTER) * 1000);
}

/** Reads a body; fails with Refused if it is cut, or is not what a reader sends. */
async function body(read) {
  try {
    return await read();
  } catch (e) {
    if (e.name === 'AbortError') {
      throw e;
    }
    throw new Refused(0, 'unreachable', 'the response is cut, or is not a reader’s');
  }
}

/**
 * Returns the JSON of a path.
 *
 * @param {function(Object): boolean} isExpected whether the JSON is what a reader sends
 */
export async function json(path, options = {}, isExpected = () => true) {
  const response = await send(path, options);
  if (!response.ok) {
    throw await refusal(response);
  }
  return checked(await body(() => response.json()), isExpected);
}

function checked(value, isExpected) {
  if (typeof value !== 'object' || value === null || !isExpected(value)) {
    throw new Refused(0, 'unreachable', 'the response is not a reader’s');
  }
  return value;
}

/** Returns the health, which has a body also where the status is 503. */
export async function health() {
  const response = await send('/health');
  return checked(await body(() => response.json()),
    found => ['postgres', 'mysql', 'catalogue'].every(part => typeof found[part]?.status === 'string'));
}

/** Returns the views that the token may read, and what it may do. */
export function views() {
  return json('/v1/views', {}, found =>
    Array.isArray(found.views) && Array.isArray(found.jobs) && typeof found.token?.key === 'object');
}

/** Returns the samples of the last hour. */
export function history() {
  return json('/v1/history', {}, found => Array.isArray(found.samples));
}

/** Returns the queries to MySQL of the last hour that took longest. */
export function fallbacks() {
  return json('/v1/fallbacks', {}, found => Array.isArray(found.fallbacks));
}

/** Returns the dead letters that the token may see. */
export function deadLetters() {
  return json('/v1/dead-letters', {}, found => Array.isArray(found.letters));
}

/** Has a dead letter replayed or dropped. */
export function requestForLetter(letter, word) {
  const path = [letter.job, letter.view, letter.id, word].map(encodeURIComponent).join('/');
  return json(`/v1/dead-letters/${path}`, {method: 'POST'});
}

/** Returns the text of the metrics. */
export async function metrics() {
  const response = await send('/metrics');
  if (!response.ok) {
    throw await refusal(response);
  }
  const text = await body(() => response.text());
  if (!text.includes('\nfreshet_reader_start_time_seconds')) {
    throw new Refused(0, 'unreachable', 'the response is cut, or is not a reader’s');
  }
  return text;
}

/**
 * The path of a key; the values are those of the view's key columns, in order. Fails with Refused if
 * a browser would take a value as a step within the path.
 */
export function keyPath(view, values) {
  const step = values.find(value => value === '.' || value === '..');
  if (step !== undefined) {
    throw new Refused(0, 'bad-key', `the value ${step} fits no path; read the key by batch`);
  }
  return `/v1/views/${[view, ...values].map(encodeURIComponent).join('/')}`;
}

/**
 * Follows an event stream until the signal aborts. An EventSource cannot send the token.
 *
 * @param {function({type: string, data: Object})} listener
 * @return a promise that ends with the stream, or fails with Refused
 */
export async function events(path, signal, listener) {
  const response = await send(path, {signal, headers: {Accept: 'text/event-stream'}});
  if (!response.ok) {
    throw await refusal(response);
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const {done, value} = await reader.read();
    if (done) {
      return;
    }
    const parts = (rest + value.replaceAll('\r\n', '\n')).split('\n\n');
    rest = parts.pop();
    parts.forEach(part => deliver(part, listener));
  }
}

function deliver(text, listener) {
  let type = 'message';
  const data = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('event:')) {
      type = line.slice(6).trim();
    } else if (line.startsWith('data:')) {
      data.push(line.slice(5).replace(/^ /, ''));
    }
  }
  if (data.length > 0) {
    listener({type, data: JSON.parse(data.join('\n'))});
  }
}
