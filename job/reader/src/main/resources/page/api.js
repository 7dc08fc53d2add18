/**
 * Asks the reader. The token is kept in the tab's session storage, and goes nowhere but to this
 * reader.
 */

const KEY = 'freshet-token';

/** A request that the reader answered with a problem, or did not answer: then status is 0. */
export class Refused extends Error {
  constructor(status, kind, detail) {
    super(detail);
    this.status = status;
    this.kind = kind;
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
  const kind = String(problem.type || '').replace('urn:freshet:problem:', '');
  return new Refused(response.status, kind, problem.detail || `the status is ${response.status}`);
}

/** Returns the JSON of a path. */
export async function json(path, options = {}) {
  const response = await send(path, options);
  if (!response.ok) {
    throw await refusal(response);
  }
  return response.json();
}

/** Returns the health, which has a body also where the status is 503. */
export async function health() {
  return (await send('/health')).json();
}

/** Returns the text of the metrics. */
export async function metrics() {
  const response = await send('/metrics');
  if (!response.ok) {
    throw await refusal(response);
  }
  return response.text();
}

/** The path of a key; the values are those of the view's key columns, in order. */
export function keyPath(view, values) {
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
