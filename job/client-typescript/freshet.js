// A client of Freshet's reader for Node 18 or newer and for browsers; freshet.d.ts has the contract.

const REPEATED = [429, 503];
const SILENCE_MS = 45_000; // The reader sends a comment every 15 seconds.
const MOST_RETRY_AFTER_S = 3600;
const LONGEST_PAUSE_MS = 10_000;

export class FreshetError extends Error {}

export class UnreachableError extends FreshetError {}

export class ProblemError extends FreshetError {
  constructor(problem) {
    super(`${problem.status} ${problem.title}: ${problem.detail}`);
    this.problem = problem;
    this.kind = problem.type.slice(problem.type.lastIndexOf(":") + 1);
  }
}

export function gtid(executed) {
  return "gtid:" + executed.replace(/\s+/g, "");
}

export class Freshet {
  #url;
  #token;
  #timeoutMs;
  #deadlineMs;

  constructor(url, token, { timeoutMs = 10_000, deadlineMs = 30_000 } = {}) {
    this.#url = String(url).replace(/\/+$/, "");
    this.#token = typeof token === "function" ? token : () => token;
    this.#timeoutMs = timeoutMs;
    this.#deadlineMs = deadlineMs;
  }

  get(view, key, query = {}) {
    return this.#call("GET", path(view, key) + parameters(query), undefined, Number(query.wait ?? 0));
  }

  async *pages(view, key, query = {}) {
    let cursor = query.cursor;
    do {
      const page = await this.get(view, key, { ...query, cursor });
      yield page;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  async batch(view, keys, { exactTotal, ...query } = {}) {
    const body = { keys, ...query, ...(exactTotal ? { count: "exact" } : {}) };
    const url = `/v1/views/${encodeURIComponent(view)}:batch`;
    return (await this.#call("POST", url, body)).answers;
  }

  repair(view, key) {
    return this.#call("POST", path(view, key) + "/repair");
  }

  invalidate(view, key) {
    return this.#call("POST", path(view, key) + "/invalidate");
  }

  async *events(view, key, { signal, ...query } = {}) {
    const url = path(view, key) + "/events" + parameters(query);
    let lastId;
    let failures = 0;
    while (!signal?.aborted) {
      failures++;
      let least = 0;
      const connection = new AbortController();
      const end = () => connection.abort();
      signal?.addEventListener("abort", end, { once: true });
      let silence = setTimeout(end, SILENCE_MS);
      const heard = () => {
        failures = 0;
        clearTimeout(silence);
        silence = setTimeout(end, SILENCE_MS);
      };
      try {
        const headers = await this.#headers();
        if (lastId !== undefined) {
          headers["Last-Event-ID"] = lastId;
        }
        const response = await reach(this.#url + url, { headers, signal: connection.signal });
        if (response.ok) {
          for await (const event of serverSentEvents(response.body, heard)) {
            lastId = event.id ?? lastId;
            if (event.type === "message") {
              yield { answer: JSON.parse(event.data) };
            } else if (event.type === "doubt") {
              yield { doubt: JSON.parse(event.data) };
            }
          }
        } else {
          const problem = await problemOf(response);
          if (!REPEATED.includes(response.status)) {
            throw problem;
          }
          least = retryAfterMs(response);
        }
      } catch (error) {
        // A lost connection: the next one tells what holds then.
        if (!(error instanceof UnreachableError)) {
          throw error;
        }
      } finally {
        clearTimeout(silence);
        signal?.removeEventListener("abort", end);
        connection.abort();
      }
      const pause = Math.min(LONGEST_PAUSE_MS, 100 * 2 ** Math.min(failures, 10)) * jitter();
      await sleep(Math.max(pause, least), signal);
    }
  }

  async #headers() {
    const token = String(await this.#token()).trim();
    if (!/^[!-~]+$/.test(token)) {
      // The message does not show the token.
      throw new TypeError("the token is empty, or has a character that HTTP refuses; check its source");
    }
    return { Authorization: `Bearer ${token}` };
  }

  async #call(method, url, body, waitMs = 0) {
    const end = Date.now() + this.#deadlineMs + waitMs;
    let pause = 50;
    for (;;) {
      let wait = pause * jitter();
      let failure;
      const headers = await this.#headers();
      if (body !== undefined) {
        headers["Content-Type"] = "application/json";
      }
      const rest = Math.max(1, Math.min(this.#timeoutMs + waitMs, end - Date.now()));
      try {
        const response = await reach(this.#url + url, {
          method,
          headers,
          body: body === undefined ? undefined : JSON.stringify(body),
          signal: AbortSignal.timeout(rest),
        });
        if (response.ok) {
          return await read(response);
        }
        failure = await problemOf(response);
        if (!REPEATED.includes(response.status)) {
          throw failure;
        }
        wait = Math.max(wait, retryAfterMs(response));
      } catch (error) {
        if (!(error instanceof UnreachableError)) {
          throw error;
        }
        failure = error;
      }
      if (Date.now() + wait > end) {
        throw failure;
      }
      await sleep(wait);
      pause = Math.min(2000, pause * 2);
    }
  }
}

function path(view, key) {
  if (key.length === 0) {
    throw new TypeError(`view ${view} is read without a key; give the values of its key columns`);
  }
  for (const part of key) {
    if (part === null || part === undefined || part === "." || part === "..") {
      // URL takes the latter two as steps within the path.
      throw new TypeError(`key part ${part} of view ${view} fits no path; read it by batch`);
    }
  }
  return "/v1/views/" + [view, ...key].map((part) => encodeURIComponent(String(part))).join("/");
}

function parameters({ exactTotal, ...query }) {
  if (query.wait !== undefined && query.after === undefined) {
    throw new TypeError("wait is given without after; give the write to wait for");
  }
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) {
      given.set(name, String(value));
    }
  }
  if (exactTotal) {
    given.set("count", "exact");
  }
  const text = given.toString();
  return text === "" ? "" : "?" + text;
}

/** Fetches; fails with UnreachableError when there is no response. */
async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch (error) {
    throw new UnreachableError(`${url.split("?")[0]}: no answer (${error})`, { cause: error });
  }
}

async function read(response) {
  try {
    return await response.json();
  } catch (error) {
    throw new UnreachableError(`${response.url.split("?")[0]}: no whole answer of a reader (${error})`, {
      cause: error,
    });
  }
}

async function problemOf(response) {
  const problem = {
    type: "about:blank",
    title: response.statusText,
    status: response.status,
    detail: "the response is not from a reader; check the URL",
  };
  const text = await response.text().catch(() => "");
  try {
    Object.assign(problem, JSON.parse(text));
  } catch (error) {
    // A proxy's page: what was set above says so.
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
  }
  return new ProblemError(problem);
}

function retryAfterMs(response) {
  const text = response.headers.get("Retry-After") ?? "";
  return /^\d+$/.test(text) ? Math.min(MOST_RETRY_AFTER_S, Number(text)) * 1000 : 0;
}

function jitter() {
  return 0.75 + Math.random() / 2;
}

function sleep(ms, signal) {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
  });
}

/** Yields the events of a stream (WHATWG HTML, section 9.2); calls heard for all that arrives. */
async function* serverSentEvents(body, heard) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  let event = { type: "message", id: undefined, data: [] };
  for (;;) {
    let chunk;
    try {
      chunk = await reader.read();
    } catch (error) {
      throw new UnreachableError(`the stream was cut (${error})`, { cause: error });
    }
    if (chunk.done) {
      return;
    }
    heard();
    const lines = (rest + decoder.decode(chunk.value, { stream: true })).split(/\r?\n/);
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if (event.data.length > 0) {
          yield { ...event, data: event.data.join("\n") };
        }
        event = { type: "message", id: event.id, data: [] };
        continue;
      }
      const colon = line.indexOf(":");
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "data") {
        event.data.push(value);
      } else if (field === "event") {
        event.type = value || "message";
      } else if (field === "id") {
        event.id = value;
      }
    }
  }
}
