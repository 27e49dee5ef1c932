// @ts-check
import { draw, drawChange } from './drawing.js';
import { make } from './elements.js';
import { parse } from './exact_json.js';
import { Past } from './past.js';

/** @typedef {import('./antiphon.js').Antiphon} Antiphon */
/** @typedef {import('./event_stream.js').EventStream} EventStream */

/** @param {string} id @returns {any} */
const at = (id) => document.getElementById(id);

/** One aggregate as it is now, or was, for as long as somebody looks. */
export class AggregateView {
  #client;
  #category;
  #entity;
  /** @type {EventStream | undefined} */
  #stream;
  #past;
  /** @type {any} as it is now */
  #present;
  #reading = false;
  #readAgain = false;
  #closing = new AbortController();

  /** @param {Antiphon} client @param {string} category @param {string} entity */
  constructor(client, category, entity) {
    this.#client = client;
    this.#category = category;
    this.#entity = entity;
    at('state-entity').textContent = `${category} ${entity}`;
    this.#past = new Past(client, category, entity, (then) => this.#draw(then));
    this.#show(undefined);
    const { signal } = this.#closing;
    document.addEventListener('visibilitychange', () => this.#look(), { signal });
    this.#look();
  }

  close() {
    this.#closing.abort();
    this.#stream?.close();
    this.#past.close();
  }

  /** It may be there now. @param {string} category @param {string} entity */
  changed(category, entity) {
    if (category === this.#category && entity === this.#entity) this.#stream?.hurry();
  }

  /** A browser has six connections for all its windows; one that nobody looks at needs none. */
  #look() {
    this.#stream?.close();
    if (document.visibilityState === 'hidden') return;
    const stream = this.#client.follow(this.#category, this.#entity);
    stream.addEventListener('message', (e) => this.#hear(/** @type {any} */ (e).detail));
    stream.addEventListener('state', (e) => {
      if (/** @type {any} */ (e).detail.status === 404) this.#show(undefined);
    });
    this.#stream = stream;
    stream.listen();
  }

  /** @param {import('./sse_parser.js').SseMessage} message */
  #hear({ type, data }) {
    if (type === 'snapshot') this.#show(parse(data));
    else if (data !== '' && parse(data).streamversion) void this.#read();
  }

  /** What an event makes of the state is the aggregate's to say; events meanwhile make one more. */
  async #read() {
    this.#readAgain = true;
    if (this.#reading) return;
    this.#reading = true;
    try {
      while (this.#readAgain && !this.#closing.signal.aborted) {
        this.#readAgain = false;
        this.#show(await this.#client.aggregate(this.#category, this.#entity));
      }
    } catch {
      // Refused, or closed: the stream says what there is to say.
    } finally {
      this.#reading = false;
    }
  }

  /** @param {any} aggregate */
  #show(aggregate) {
    if (this.#closing.signal.aborted) return;
    this.#present = aggregate;
    this.#past.reaches(aggregate?.version ?? 0);
    if (!this.#past.isOpen) this.#draw();
  }

  /** @param {{state: any, before: any}} [then] of its past; else as it is now */
  #draw(then) {
    const nothing = make('p', { class: 'hint' }, 'Nothing that you may see, so far.');
    const { version = 0, state = undefined } = this.#present ?? {};
    at('state-version').textContent = version && !then ? `version ${version}` : '';
    if (!then) at('state').replaceChildren(version ? draw(state) : nothing);
    else if (then.state === undefined) at('state').replaceChildren(nothing);
    else at('state').replaceChildren(drawChange(then.before, then.state));
  }
}
