// @ts-check
import { SseParser } from './sse_parser.js';

/** @typedef {import('./sse_parser.js').SseMessage} SseMessage */
/** @typedef {'idle' | 'connecting' | 'live' | 'waiting' | 'closed'} State */

/**
 * @typedef {object} Source
 * @property {(headers: Record<string, string>, signal: AbortSignal) => Promise<Response>} open
 * @property {string} [cursor]           go on from here instead of from now
 * @property {number} [heartbeatMs]      how often an idle stream shows that it lives
 */

const BACKOFF_MIN_MS = 500;
const BACKOFF_MAX_MS = 30_000;
const STABLE_MS = 30_000;

/**
 * Follows one stream of server-sent events until close(), over any number of connections: after
 * any end, any answer and any silence it comes back, with `Last-Event-ID`.
 *
 * Events: `message` (detail: SseMessage), `state` (detail: {state, retryMs, status}; `status` is
 * that of an answer that was no stream; it is tried again all the same).
 */
export class EventStream extends EventTarget {
  /** @type {State} */
  state = 'idle';
  cursor = '';

  #open;
  #heartbeatMs;
  #failures = 0;
  #heardAt = 0;
  #baseDelayMs = BACKOFF_MIN_MS;
  #closing = new AbortController();
  #connection = new AbortController();
  #wake = () => {};

  /** @param {Source} source */
  constructor({ open, cursor = '', heartbeatMs = 15_000 }) {
    super();
    this.#open = open;
    this.cursor = cursor;
    this.#heartbeatMs = heartbeatMs;
  }

  listen() {
    if (this.state !== 'idle') return;
    const signal = this.#closing.signal;
    const back = () => globalThis.document?.visibilityState !== 'hidden' && this.hurry();
    for (const name of ['online', 'pageshow']) globalThis.addEventListener(name, back, { signal });
    globalThis.document?.addEventListener('visibilitychange', back, { signal });
    // A page that the browser keeps for "back" would keep one of its few connections, too.
    globalThis.addEventListener('pagehide', () => this.#connection.abort(), { signal });
    void this.#follow();
  }

  close() {
    this.#closing.abort();
    this.#connection.abort();
    this.#wake();
    this.#enter('closed');
  }

  /** The page is back or the network is: do not sit out a wait, and mistrust a silent stream. */
  hurry() {
    this.#wake();
    this.#cutIfSilent(2);
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
      const response = await this.#open(headers, this.#connection.signal);
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
      for (const message of parser.push(decoder.decode(value, { stream: true }))) {
        this.cursor = message.id;
        this.#emit('message', message);
      }
      this.#baseDelayMs = parser.retryMs ?? this.#baseDelayMs;
    }
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

/** @param {Response} response */
export function retryAfterMs(response) {
  return 1_000 * (Number(response.headers.get('retry-after')) || 0);
}

/** Full jitter, so that clients that lost one server do not come back together. */
export function backoffMs(/** @type {number} */ failures, baseMs = BACKOFF_MIN_MS) {
  return Math.random() * Math.min(BACKOFF_MAX_MS, baseMs * 2 ** failures);
}
