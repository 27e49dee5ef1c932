// @ts-check
import { SseParser } from './sse_parser.js';

/**
 * @typedef {object} AntiphonEvent   a CloudEvent, as the server wrote it
 * @property {string} id
 * @property {string} type           "account.deposited", "command.rejected"
 * @property {string} source
 * @property {string} subject        the entity
 * @property {string} time
 * @property {number} streamversion
 * @property {string} commandid      the command that caused it
 * @property {string} correlationid
 * @property {boolean} last          it is the command's last event: the command is answered
 * @property {any} data
 */

/**
 * @typedef {object} Accepted        the body of a 202
 * @property {string} id
 * @property {string} correlationid
 * @property {string} cursor
 * @property {{self: string, events: string}} links
 */

/**
 * @typedef {object} Outcome
 * @property {'applied' | 'unchanged' | 'rejected' | 'failed'} status
 * @property {string} [code]         of a rejection
 * @property {string} [message]
 * @property {number} at             performance.now() when it came
 */

/** @typedef {'idle' | 'connecting' | 'live' | 'waiting' | 'closed'} State */

/**
 * @typedef {object} Options
 * @property {string} [base]             where the server is; default: where the page is from
 * @property {string} [token]            a JSON Web Token, or
 * @property {(renew: boolean) => string | Promise<string>} [getToken] asked for each request;
 *     `renew` when the server refused the last one
 * @property {string} [cursor]           go on from here instead of from now
 * @property {number} [heartbeatMs]      how often an idle stream shows that it lives
 */

const BACKOFF_MIN_MS = 500;
const BACKOFF_MAX_MS = 30_000;
const STABLE_MS = 30_000;
const REQUEST_MAX_MS = 30_000;
const REMEMBERED_MAX = 2_000;
const RETRYABLE = new Set([409, 429, 502, 503, 504]); // 409: our first try is still under way

/** The server's final no to a request: what its problem+json says. */
export class Refusal extends Error {
  /** @param {number} status @param {any} problem */
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = problem.code ?? '';
    /** @type {{location: string, code: string, message: string}[]} */
    this.errors = problem.errors ?? [];
  }
}

/**
 * Sends one user's commands and follows that user's events.
 *
 * Events: `event` (detail: AntiphonEvent; each once), `reset` (events were missed: read your state
 * anew), `state` (detail: {state, retryMs, status}; `status` is that of an answer that was no
 * stream, 401 where the server will not have the token any more; it is tried again all the same).
 */
export class Antiphon extends EventTarget {
  /** @type {State} */
  state = 'idle';
  cursor = '';

  #base;
  #getToken;
  #heartbeatMs;
  #renew = false;
  #failures = 0;
  #heardAt = 0;
  #baseDelayMs = BACKOFF_MIN_MS;
  #closing = new AbortController();
  #connection = new AbortController();
  #wake = () => {};
  /** @type {Set<string>} ids of the newest events, to drop repeats */
  #seen = new Set();
  /** @type {Map<string, Pending>} by command id, oldest first */
  #outcomes = new Map();

  /** @param {Options} options */
  constructor({
    base = '',
    token = '',
    getToken = () => token,
    cursor = '',
    heartbeatMs = 15_000,
  }) {
    super();
    this.#base = base;
    this.#getToken = getToken;
    this.cursor = cursor;
    this.#heartbeatMs = heartbeatMs;
  }

  /** Follows the stream until close(); reconnects for ever. */
  listen() {
    if (this.state !== 'idle') return;
    const signal = this.#closing.signal;
    const back = () => globalThis.document?.visibilityState !== 'hidden' && this.#hurry();
    for (const name of ['online', 'pageshow']) globalThis.addEventListener(name, back, { signal });
    globalThis.document?.addEventListener('visibilitychange', back, { signal });
    void this.#follow();
  }

  close() {
    this.#closing.abort();
    this.#connection.abort();
    this.#wake();
    this.#enter('closed');
  }

  /**
   * Sends a command until the server has taken it; each try carries the same Idempotency-Key, so it
   * has its effect once.
   * @param {string} category @param {string} entity @param {string} name @param {unknown} data
   * @param {{idempotencyKey?: string, ifMatch?: string}} [options]
   * @returns {Promise<Accepted>} throws Refusal when the server says no
   */
  async send(category, entity, name, data, { idempotencyKey = uniqueKey(), ifMatch } = {}) {
    const path = ['commands', category, entity, name].map(encodeURIComponent).join('/');
    /** @type {Record<string, string>} */
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
    if (ifMatch !== undefined) headers['if-match'] = ifMatch;
    const init = { method: 'POST', headers, body: JSON.stringify(data) };
    /** @type {Accepted} */
    const accepted = await this.#persist(`/${path}`, init);
    this.#pending(accepted.id);
    return accepted;
  }

  /**
   * What became of a command, from the stream, or asked for where the stream may have missed it.
   * @param {string} id @returns {Promise<Outcome>}
   */
  outcome(id) {
    const onStream = this.state === 'live' && this.#outcomes.has(id);
    const pending = this.#pending(id);
    pending.wanted = true;
    if (!onStream && !pending.settled) void this.#ask(id);
    return pending.promise;
  }

  /**
   * The state of an aggregate now; nothing where there is none.
   * @param {string} category @param {string} entity @returns {Promise<any>}
   */
  async aggregate(category, entity) {
    const path = ['aggregates', category, entity].map(encodeURIComponent).join('/');
    try {
      return await this.#persist(`/${path}`, {});
    } catch (error) {
      if (error instanceof Refusal && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * One request, repeated while the network or the server is away.
   * @param {string} path @param {RequestInit} init @returns {Promise<any>} its JSON
   */
  async #persist(path, init) {
    for (let failures = 0; ; ++failures) {
      let waitMs = 0;
      try {
        const limit = AbortSignal.timeout(REQUEST_MAX_MS);
        const signal = AbortSignal.any([this.#closing.signal, limit]);
        const response = await this.#fetch(path, init, signal);
        if (response.ok) return await response.json();
        const unauthorized = response.status === 401 && failures === 0;
        if (!unauthorized && !RETRYABLE.has(response.status)) throw await refusal(response);
        waitMs = retryAfterMs(response);
      } catch (error) {
        if (error instanceof Refusal || this.#closing.signal.aborted) throw error;
      }
      const delayMs = waitMs + backoffMs(failures, BACKOFF_MIN_MS);
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
  }

  /** @param {string} path @param {RequestInit} init @param {AbortSignal} signal */
  async #fetch(path, init, signal) {
    const token = await this.#getToken(this.#renew);
    const headers = { authorization: `Bearer ${token}`, ...init.headers };
    const response = await fetch(this.#base + path, {
      cache: 'no-store',
      ...init,
      headers,
      signal,
    });
    this.#renew = response.status === 401;
    return response;
  }

  async #follow() {
    while (!this.#closing.signal.aborted) {
      this.#enter('connecting');
      const startedAt = performance.now();
      let refused;
      try {
        refused = await this.#connect();
      } catch {
        // The network went away or the watchdog cut it: both are answered by the next connection.
      }
      if (this.#closing.signal.aborted) return;
      if (performance.now() - startedAt > STABLE_MS) this.#failures = 0;
      const waitMs = refused ? retryAfterMs(refused) : 0;
      const delayMs = waitMs + backoffMs(this.#failures++, this.#baseDelayMs);
      this.#enter('waiting', delayMs, refused?.status);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, delayMs);
        this.#wake = () => (clearTimeout(timer), resolve(undefined));
      });
      this.#wake = () => {};
    }
  }

  /** One connection, until it ends. @returns {Promise<Response | undefined>} what is no stream */
  async #connect() {
    this.#connection = new AbortController();
    this.#heardAt = performance.now();
    const watchdog = setInterval(() => this.#cutIfSilent(2.5), this.#heartbeatMs / 2);
    try {
      /** @type {Record<string, string>} */
      const headers = { accept: 'text/event-stream' };
      if (this.cursor) headers['last-event-id'] = this.cursor;
      const response = await this.#fetch('/events', { headers }, this.#connection.signal);
      if (response.status !== 200 || !response.body) {
        this.#connection.abort();
        return response;
      }
      await this.#read(response.body);
      return undefined;
    } finally {
      clearInterval(watchdog);
    }
  }

  /** @param {ReadableStream<Uint8Array>} body */
  async #read(body) {
    const decoder = new TextDecoder();
    const parser = new SseParser(this.cursor);
    const reader = body.getReader();
    this.#enter('live');
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#heardAt = performance.now();
      for (const message of parser.push(decoder.decode(value, { stream: true })))
        this.#take(message);
      this.#baseDelayMs = parser.retryMs ?? this.#baseDelayMs;
    }
  }

  /** @param {import('./sse_parser.js').SseMessage} message */
  #take({ type, data, id }) {
    this.cursor = id;
    if (type === 'ready' || type === 'reset') {
      // What happened before this place will not come any more.
      for (const [command, { wanted, settled }] of this.#outcomes) {
        if (!settled && wanted) void this.#ask(command);
        else if (!settled) this.#outcomes.delete(command);
      }
      if (type === 'reset') this.#emit('reset', JSON.parse(data));
    } else if (type === 'auth-expired') {
      this.#renew = true;
    } else if (type === 'message' && data !== '') {
      /** @type {AntiphonEvent} */
      const event = JSON.parse(data);
      if (this.#seen.has(event.id)) return;
      this.#seen.add(event.id);
      forgetOldest(this.#seen, REMEMBERED_MAX);
      if (event.last) this.#settle(event.commandid, outcomeOf(event));
      this.#emit('event', event);
    }
  }

  /** @param {string} id asks what became of it; an answer "pending" leaves it to the stream */
  async #ask(id) {
    const answer = await this.#persist(`/commands/${encodeURIComponent(id)}`, {}).catch(
      () => undefined,
    );
    if (!answer || answer.status === 'pending') return;
    this.#settle(id, { ...answer, at: performance.now() });
  }

  /** @param {string} id @param {Outcome} outcome */
  #settle(id, outcome) {
    const pending = this.#pending(id);
    pending.settled = true;
    pending.resolve(outcome);
  }

  /** @param {string} id */
  #pending(id) {
    const pending = this.#outcomes.get(id) ?? new Pending();
    this.#outcomes.set(id, pending);
    for (const [oldest, { wanted, settled }] of this.#outcomes) {
      if (this.#outcomes.size <= REMEMBERED_MAX || (wanted && !settled)) break;
      this.#outcomes.delete(oldest);
    }
    return pending;
  }

  /** The page is back or the network is: do not sit out a wait, and mistrust a silent stream. */
  #hurry() {
    this.#wake();
    this.#cutIfSilent(2);
  }

  /** @param {number} heartbeats */
  #cutIfSilent(heartbeats) {
    const silentMs = performance.now() - this.#heardAt;
    if (silentMs > heartbeats * this.#heartbeatMs) this.#connection.abort();
  }

  /** @param {State} state @param {number} [retryMs] @param {number} [status] */
  #enter(state, retryMs = 0, status = 0) {
    this.state = state;
    this.#emit('state', { state, retryMs, status });
  }

  /** @param {string} name @param {any} detail */
  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** A command's outcome, which may be known before anybody asks: the event can overtake the 202. */
class Pending {
  wanted = false;
  settled = false;
  /** @type {(outcome: Outcome) => void} */
  resolve = () => {};
  /** @type {Promise<Outcome>} */
  promise = new Promise((resolve) => (this.resolve = resolve));
}

/** @param {AntiphonEvent} event @returns {Outcome} */
function outcomeOf({ type, data }) {
  const at = performance.now();
  if (!type.startsWith('command.')) return { status: 'applied', at };
  const status = /** @type {Outcome['status']} */ (type.slice('command.'.length));
  return { status, code: data.code, message: data.message, at };
}

/** @param {Response} response */
async function refusal(response) {
  return new Refusal(response.status, await response.json().catch(() => ({})));
}

/** @param {Response} response */
function retryAfterMs(response) {
  return 1_000 * (Number(response.headers.get('retry-after')) || 0);
}

/** Full jitter, so that clients that lost one server do not come back together. */
function backoffMs(/** @type {number} */ failures, /** @type {number} */ baseMs) {
  return Math.random() * Math.min(BACKOFF_MAX_MS, baseMs * 2 ** failures);
}

/** @param {Set<string>} set @param {number} max */
function forgetOldest(set, max) {
  for (const oldest of set) {
    if (set.size <= max) return;
    set.delete(oldest);
  }
}

/** A random UUID would need a secure context, which a phone in the same network has not. */
function uniqueKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
