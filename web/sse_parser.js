// @ts-check

/**
 * @typedef {object} SseMessage
 * @property {string} type   "message" unless the server named it
 * @property {string} data   empty: it only moves the cursor
 * @property {string} id     the cursor after this message; what Last-Event-ID has to say next
 */

/** Reads a text/event-stream that comes in pieces cut anywhere (WHATWG, server-sent events). */
export class SseParser {
  /** @type {number | undefined} what the server last asked for by `retry:` */
  retryMs;

  #rest = '';
  #endedByCr = false;
  #id = '';
  #type = '';
  /** @type {string[]} */
  #data = [];

  /** @param {string} id where the stream goes on from */
  constructor(id = '') {
    this.#id = id;
  }

  /**
   * @param {string} text the next piece, decoded
   * @returns {SseMessage[]} the messages that it completes
   */
  push(text) {
    // A CR ends its line at once; the LF that may follow in the next piece belongs to it.
    if (this.#endedByCr && text.startsWith('\n')) text = text.slice(1);
    else if (text === '') return [];
    const lines = (this.#rest + text).split(/\r\n|[\r\n]/);
    this.#endedByCr = text.endsWith('\r');
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => (line === '' ? this.#dispatch() : this.#field(line)));
  }

  /** @param {string} line @returns {SseMessage[]} none */
  #field(line) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#type = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'retry' && /^\d+$/.test(value)) this.retryMs = Number(value);
    return [];
  }

  /** @returns {SseMessage[]} */
  #dispatch() {
    const message = { type: this.#type || 'message', data: this.#data.join('\n'), id: this.#id };
    this.#type = '';
    this.#data = [];
    return [message];
  }
}
