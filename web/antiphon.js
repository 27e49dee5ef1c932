// @ts-check
import { EventStream, backoffMs, retryAfterMs } from './event_stream.js';
import { parse, stringify } from './exact_json.js';

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
 * @typedef {object} FieldError      what is wrong with a part of a command
 * @property {string} location       JSON pointer (RFC 6901) into its body: "/lines/0/price"
 * @property {string} code
 * @property {string} message
 */

/**
 * @typedef {object} Outcome
 * @property {'applied' | 'unchanged' | 'rejected' | 'failed'} status
 * @property {string} [code]         of a rejection
 * @property {string} [message]
 * @property {FieldError[]} [errors]
 * @property {number} at             performance.now() when it came
 */

/**
 * @typedef {object} AnyContract   what `antiphon describe --format typescript` prints for one build
 * @property {Record<string, Record<string, any>>} commands   by category and name
 * @property {Record<string, Record<string, any>>} events
 * @property {Record<string, any>} states
 */

/**
 * @typedef {object} Options
 * @property {string} [base]             where the server is; default: where the page is from
 * @property {string} [token]            a JSON Web Token, or
 * @property {(renew: boolean) => string | Promise<string>} [getToken] asked for each request;
 *     `renew` when the server refused the last one
 * @property {string} [cursor]           go on from here instead of from now
 * @property {number} [heartbeatMs]      how often an idle stream shows that it lives
 */

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
    /** @type {FieldError[]} */
    this.errors = problem.errors ?? [];
  }
}

/**
 * Sends one user's commands and follows that user's events. In what it is sent, whole numbers that
 * a Number would round are BigInts.
 *
 * Events: `event` (detail: AntiphonEvent; each once), `reset` (events were missed: read your state
 * anew), `state` (detail: {state, retryMs, status}; `status` is that of an answer that was no
 * stream, 401 where the server will not have the token any more; it is tried again all the same).
 * @template {{commands: object, events: object, states: object}} [Contract=AnyContract]
 */
export class Antiphon extends EventTarget {
  #base;
  #getToken;
  #heartbeatMs;
  #renew = false;
  #closing = new AbortController();
  #stream;
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
    this.#heartbeatMs = heartbeatMs;
    this.#stream = this.#eventStream('/events', cursor);
    this.#stream.addEventListener('message', (e) => this.#take(/** @type {any} */ (e).detail));
    this.#stream.addEventListener('state', (e) =>
      this.#emit('state', /** @type {any} */ (e).detail),
    );
  }

  get state() {
    return this.#stream.state;
  }

  get cursor() {
    return this.#stream.cursor;
  }

  /** Follows the stream until close(); reconnects for ever. */
  listen() {
    this.#stream.listen();
  }

  close() {
    this.#closing.abort();
    this.#stream.close();
  }

  /**
   * The life of an aggregate, once listen() is called: a message `snapshot`, then each event by its
   * type. While there is none that the user may read, it asks again and again.
   * @param {string} category @param {string} entity @param {string} [cursor]
   */
  follow(category, entity, cursor) {
    return this.#eventStream(pathOf('aggregates', category, entity), cursor);
  }

  /**
   * Sends a command until the server has taken it; each try carries the same Idempotency-Key, so it
   * has its effect once.
   * @template {keyof Contract['commands'] & string} Category
   * @template {keyof Contract['commands'][Category] & string} Name
   * @param {Category} category @param {string} entity @param {Name} name
   * @param {Contract['commands'][Category][Name]} data
   * @param {{idempotencyKey?: string, ifMatch?: string}} [options]
   * @returns {Promise<Accepted>} throws Refusal when the server says no
   */
  send(category, entity, name, data, options) {
    return this.sendJson(category, entity, name, stringify(data), options);
  }

  /**
   * The same, of a body that is written already.
   * @param {string} category @param {string} entity @param {string} name @param {string} body
   * @param {{idempotencyKey?: string, ifMatch?: string}} [options]
   * @returns {Promise<Accepted>}
   */
  async sendJson(category, entity, name, body, { idempotencyKey = uniqueKey(), ifMatch } = {}) {
    /** @type {Record<string, string>} */
    const headers = { 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
    if (ifMatch !== undefined) headers['if-match'] = ifMatch;
    const init = { method: 'POST', headers, body };
    /** @type {Accepted} */
    const accepted = await this.#persist(pathOf('commands', category, entity, name), init);
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
   * The state of an aggregate now, after the event of a version, or at a time (RFC 3339); nothing
   * where there is none that the user may read.
   * @template {keyof Contract['states'] & string} Category
   * @param {Category} category @param {string} entity
   * @param {{version?: number, at?: string}} [moment]
   * @returns {Promise<{entity: string, version: number, state: Contract['states'][Category]} |
   *     undefined>}
   */
  aggregate(category, entity, moment = {}) {
    return this.#find(pathOf('aggregates', category, entity) + queryOf(moment));
  }

  /**
   * A page of an aggregate's events, behind a version; the next one lies behind the last of these.
   * @param {string} category @param {string} entity
   * @param {{after?: number, limit?: number}} [page]
   * @returns {Promise<AntiphonEvent[]>} none: there are no more, or the user may not read them
   */
  async events(category, entity, page = {}) {
    const path = pathOf('aggregates', category, entity, 'events');
    return (await this.#find(path + queryOf(page))) ?? [];
  }

  /**
   * A command of this user, and what is known of its outcome; nothing if there is none.
   * @param {string} id @returns {Promise<any>}
   */
  command(id) {
    return this.#find(pathOf('commands', id));
  }

  /** @param {string} path @returns {Promise<any>} nothing where there is nothing */
  async #find(path) {
    try {
      return await this.#persist(path, {});
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
        if (response.ok) return parse(await response.text());
        const unauthorized = response.status === 401 && failures === 0;
        if (!unauthorized && !RETRYABLE.has(response.status)) throw await refusal(response);
        waitMs = retryAfterMs(response);
      } catch (error) {
        if (error instanceof Refusal || this.#closing.signal.aborted) throw error;
      }
      const delayMs = waitMs + backoffMs(failures);
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

  /** @param {string} path @param {string} [cursor] */
  #eventStream(path, cursor) {
    const stream = new EventStream({
      open: (headers, signal) => this.#fetch(path, { headers }, signal),
      cursor,
      heartbeatMs: this.#heartbeatMs,
    });
    stream.addEventListener('message', (message) => {
      if (/** @type {any} */ (message).detail.type === 'auth-expired') this.#renew = true;
    });
    return stream;
  }

  /** @param {import('./sse_parser.js').SseMessage} message */
  #take({ type, data }) {
    if (type === 'ready' || type === 'reset') {
      // What happened before this place will not come any more.
      for (const [command, { wanted, settled }] of this.#outcomes) {
        if (!settled && wanted) void this.#ask(command);
        else if (!settled) this.#outcomes.delete(command);
      }
      if (type === 'reset') this.#emit('reset', JSON.parse(data));
    } else if (type === 'message' && data !== '') {
      /** @type {AntiphonEvent} */
      const event = parse(data);
      if (this.#seen.has(event.id)) return;
      this.#seen.add(event.id);
      forgetOldest(this.#seen, REMEMBERED_MAX);
      if (event.last) this.#settle(event.commandid, outcomeOf(event));
      this.#emit('event', event);
    }
  }

  /** @param {string} id asks what became of it; an answer "pending" leaves it to the stream */
  async #ask(id) {
    const answer = await this.command(id).catch(() => undefined);
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
  return { status, code: data.code, message: data.message, errors: data.errors, at };
}

/** @param {Response} response */
async function refusal(response) {
  return new Refusal(response.status, await response.json().catch(() => ({})));
}

/** @param {string[]} segments */
function pathOf(...segments) {
  return segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
}

/** @param {Record<string, string | number>} parameters */
function queryOf(parameters) {
  const pairs = Object.entries(parameters).map(([name, value]) => [name, String(value)]);
  return pairs.length ? `?${new URLSearchParams(pairs)}` : '';
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
