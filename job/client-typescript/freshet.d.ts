// The types follow the reader's openapi.yaml; a test compares them with it.

/** A column's value. Integers beyond 2^53 and decimals are strings. */
export type Value = string | number | null;

/** The values of a key's columns, in their order. */
export type Key = readonly (string | number | bigint)[];

export type State = "VALID" | "ABSENT" | "BUILDING" | "INVALID";

/** Why the projection does not answer. */
export type Reason =
  | "absent"
  | "building"
  | "store-lost"
  | "rebuilding"
  | "stale"
  | "behind"
  | "store-unavailable"
  | "requested"
  | "unreadable-value"
  | "unstorable-value"
  | "too-large"
  | "handling-failed"
  | "unplaceable-change"
  | "schema-changed"
  | "untold-write"
  | "invalidated";

/** One page of a key's entries, with its version. */
export interface Answer<Item = Record<string, Value>> {
  view: string;
  key: Record<string, Value>;
  source: "projection" | "mysql";
  /** What the projection has of the key; null when Postgres could not be asked. */
  state: State | null;
  /** Why MySQL was asked, or "stale"; null when the projection answered. */
  reason: Reason | null;
  /** True when MySQL did not answer and the projection is older than the view's FRESHNESS. */
  stale?: true;
  /** The position in the binlog up to which the page is complete; null from MySQL. */
  version: string | null;
  as_of: string;
  lag_ms: number;
  /** How many entries the key has; 1000+ beyond 1000, unless the total is asked to be exact. */
  total: string;
  items: Item[];
  /** Asks for the next page; null on the last. */
  next_cursor: string | null;
}

/** The projection does not vouch for what it has; the last answer may be out of date. */
export interface Doubt {
  view: string;
  key: Record<string, Value>;
  state: State | null;
  reason: Reason;
  at: string;
}

/** What is wrong, and what to do about it (RFC 9457). */
export interface Problem {
  type: ProblemType | (string & {});
  title: string;
  status: number;
  detail: string;
}

export type ProblemType =
  | "urn:freshet:problem:unauthorized"
  | "urn:freshet:problem:forbidden"
  | "urn:freshet:problem:unknown-route"
  | "urn:freshet:problem:unknown-view"
  | "urn:freshet:problem:unknown-key"
  | "urn:freshet:problem:unknown-letter"
  | "urn:freshet:problem:method-not-allowed"
  | "urn:freshet:problem:bad-request"
  | "urn:freshet:problem:bad-key"
  | "urn:freshet:problem:bad-parameter"
  | "urn:freshet:problem:bad-cursor"
  | "urn:freshet:problem:uri-too-long"
  | "urn:freshet:problem:request-timeout"
  | "urn:freshet:problem:too-large"
  | "urn:freshet:problem:body-too-large"
  | "urn:freshet:problem:answer-too-large"
  | "urn:freshet:problem:too-many-requests"
  | "urn:freshet:problem:overload"
  | "urn:freshet:problem:timeout"
  | "urn:freshet:problem:source-unavailable"
  | "urn:freshet:problem:projection-unavailable"
  | "urn:freshet:problem:abandoned"
  | "urn:freshet:problem:source-refused"
  | "urn:freshet:problem:too-many-streams"
  | "urn:freshet:problem:view-unavailable"
  | "urn:freshet:problem:requests-unavailable"
  | "urn:freshet:problem:internal";

/** A key of a batch that has a problem instead of an answer. */
export interface Unanswered {
  view: string;
  key: Record<string, Value>;
  problem: Problem;
}

/** A request that was handed to the view's job. */
export interface Requested {
  view: string;
  key: Record<string, Value>;
  requested: "repair" | "invalidate";
  at: string;
}

export interface Range {
  /** The lower bound of a view that declares one. */
  from?: string | number;
  /** The upper bound of a view that declares one. */
  to?: string | number;
}

export interface Query extends Range {
  /** Most entries of a page, 1 to 1000; 50 by default. */
  limit?: number;
  /** The next_cursor of the page before. */
  cursor?: string;
  /** Counts all entries of the key for total. */
  exactTotal?: boolean;
  /** A write that the answer must show: a position such as binlog.000012:4567, or what gtid returns. */
  after?: string;
  /** For how many milliseconds the reader waits for the projection before MySQL answers; with after. */
  wait?: number;
}

export type Event<Item = Record<string, Value>> =
  | { answer: Answer<Item>; doubt?: undefined }
  | { doubt: Doubt; answer?: undefined };

/** The reader did not answer. */
export class FreshetError extends Error {}

/** No reader was reached, or what answered is none. */
export class UnreachableError extends FreshetError {}

/** The reader answered with a problem. */
export class ProblemError extends FreshetError {
  readonly problem: Problem;
  /** The problem's name, such as bad-key. */
  readonly kind: string;
  constructor(problem: Problem);
}

/** Returns the after of a GTID or of a set of GTIDs, such as @@GLOBAL.gtid_executed. */
export function gtid(executed: string): string;

/**
 * A client of one reader, or of several behind one address.
 *
 * Calls are retried when the reader cannot be reached and when it answers 429 or 503, until the
 * deadline; a retry waits as long as Retry-After says. All other problems reject with ProblemError.
 */
export class Freshet {
  /**
   * @param token the token, or a function that is called for each request, for tokens that expire
   * @param options timeoutMs is how long a request may take, and deadlineMs how long a call may take
   *     with its retries; the wait of a read is added to both
   */
  constructor(
    url: string | URL,
    token: string | (() => string | Promise<string>),
    options?: { timeoutMs?: number; deadlineMs?: number },
  );

  /** Reads one page of a key, by default the first. */
  get<Item = Record<string, Value>>(view: string, key: Key, query?: Query): Promise<Answer<Item>>;

  /** Reads the pages of a key one after the other. */
  pages<Item = Record<string, Value>>(view: string, key: Key, query?: Query): AsyncGenerator<Answer<Item>>;

  /** Reads the first pages of 1 to 100 keys. The results are in the order of the keys. */
  batch<Item = Record<string, Value>>(
    view: string,
    keys: readonly (readonly (string | number)[])[],
    query?: Range & { limit?: number; exactTotal?: boolean },
  ): Promise<(Answer<Item> | Unanswered)[]>;

  /** Asks the view's job to repair a key from MySQL; resolves before that is done. */
  repair(view: string, key: Key): Promise<Requested>;

  /** Like repair, and MySQL answers the key until that is done. */
  invalidate(view: string, key: Key): Promise<Requested>;

  /**
   * Yields a key's first page, at once and whenever it changes, until the signal aborts or the
   * generator is closed. A connection that ends, falls silent, or is refused with a problem that may
   * pass is replaced by another, which never shows an older version.
   */
  events<Item = Record<string, Value>>(
    view: string,
    key: Key,
    query?: Range & { limit?: number; signal?: AbortSignal },
  ): AsyncGenerator<Event<Item>>;
}
