// @ts-check
import { Refusal } from './antiphon.js';
import { stringify } from './exact_json.js';

/** @typedef {import('./antiphon.js').Antiphon} Antiphon */

const KEPT_MAX = 500;
const time = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** @param {string} id @returns {any} */
const at = (id) => document.getElementById(id);

/**
 * A slider of the page through the versions of one aggregate. At its end it is now.
 *
 * `show` is given what the aggregate was, and what before that, by the version; nothing: it is now.
 */
export class Past {
  #client;
  #category;
  #entity;
  #show;
  #now = 0;
  /** The version that is wanted; 0: now. */
  #wanted = 0;
  #reading = false;
  /** @type {Map<number, any>} states by version: they do not change any more */
  #states = new Map();
  #closing = new AbortController();

  /**
   * @param {Antiphon} client @param {string} category @param {string} entity
   * @param {(then?: {state: any, before: any}) => void} show
   */
  constructor(client, category, entity, show) {
    this.#client = client;
    this.#category = category;
    this.#entity = entity;
    this.#show = show;
    const { signal } = this.#closing;
    const slide = () => void this.#slide(Number(at('past-version').value));
    at('past-version').addEventListener('input', slide, { signal });
    at('past-now').addEventListener('click', () => void this.#slide(this.#now), { signal });
    this.reaches(0);
  }

  close() {
    this.#closing.abort();
  }

  get isOpen() {
    return this.#wanted > 0;
  }

  /** So many versions there are by now. @param {number} version */
  reaches(version) {
    if (version < this.#now) this.#states.clear(); // another log: it was restored
    this.#now = version;
    if (this.#wanted >= version) this.#wanted = 0;
    at('past').hidden = version < 2;
    at('past-version').max = String(version);
    at('past-version').value = String(this.#wanted || version);
    at('past-now').disabled = !this.isOpen;
    this.#count();
    if (!this.isOpen) this.#tell('');
  }

  /** @param {number} version */
  async #slide(version) {
    this.#wanted = version < this.#now ? version : 0;
    this.reaches(this.#now);
    if (!this.isOpen) this.#show();
    if (this.#reading) return;
    this.#reading = true;
    try {
      await this.#read();
    } catch (error) {
      if (error instanceof Refusal) this.#tell(error.message);
    } finally {
      this.#reading = false;
    }
  }

  /** What is wanted last counts; what the slider has only passed is not asked for. */
  async #read() {
    for (let shown = 0; this.isOpen && shown !== this.#wanted; ) {
      const version = this.#wanted;
      const before = await this.#stateOf(version - 1);
      const state = await this.#stateOf(version);
      const wanted = { after: version - 1, limit: 1 };
      const [event] = await this.#client.events(this.#category, this.#entity, wanted);
      if (this.#closing.signal.aborted) return;
      shown = version;
      if (version !== this.#wanted) continue;
      this.#show({ state, before });
      if (event) this.#tell(event.type, stringify(event.data), event.time);
    }
  }

  /** @param {number} version */
  async #stateOf(version) {
    if (version === 0) return undefined;
    if (!this.#states.has(version)) {
      const then = await this.#client.aggregate(this.#category, this.#entity, { version });
      if (this.#states.size >= KEPT_MAX) this.#states.clear();
      this.#states.set(version, then?.state);
    }
    return this.#states.get(version);
  }

  #count() {
    const words = this.isOpen ? `version ${this.#wanted} of ${this.#now}` : `${this.#now}, now`;
    at('past-version').setAttribute('aria-valuetext', words);
    at('past-count').textContent = words;
  }

  /** @param {string} words @param {string} [data] @param {string} [when] */
  #tell(words, data = '', when = '') {
    at('past-event').textContent = words;
    at('past-data').textContent = data;
    at('past-time').dateTime = when;
    at('past-time').textContent = when && time.format(new Date(when));
  }
}
