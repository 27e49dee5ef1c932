// @ts-check
import { Refusal } from './antiphon.js';
import { stringify } from './exact_json.js';

/** @typedef {import('./antiphon.js').Antiphon} Antiphon */
/** @typedef {import('./antiphon.js').AntiphonEvent} AntiphonEvent */
/** @typedef {import('./antiphon.js').Outcome} Outcome */

const ROWS_MAX = 200;
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** @param {string} id @returns {any} */
const at = (id) => document.getElementById(id);

/** What one user sent, how far it is, and what the user heard, as two lists of the page. */
export class Journal {
  #client;
  /** @type {Set<string>} ids of own commands that were taken and whose last event has not come */
  #own = new Set();
  /** Own commands that have no id yet: an event of an unknown command may be theirs. */
  #sending = 0;
  /** @type {AntiphonEvent[]} */
  #unclaimed = [];
  #heard = 0;

  /** @param {Antiphon} client */
  constructor(client) {
    this.#client = client;
    at('commands').replaceChildren();
    at('events').replaceChildren();
    at('events-count').textContent = '';
  }

  /**
   * Sends a command and shows what becomes of it.
   * @param {string} category @param {string} entity @param {string} name @param {string} json
   * @returns {Promise<Outcome>} throws Refusal when the server does not take it
   */
  async send(category, entity, name, json) {
    const row = addCommand(name, `${category} ${entity}`, json);
    const sentAt = performance.now();
    reach(row, 0, time.format(new Date()));
    this.#sending += 1;
    let accepted;
    try {
      accepted = await this.#client.sendJson(category, entity, name, json);
      reach(row, 1, since(sentAt));
      this.#own.add(accepted.id);
    } catch (error) {
      if (error instanceof Refusal)
        answer(row, { ...error, status: 'refused', message: error.message }, since(sentAt));
      throw error;
    } finally {
      this.#sending -= 1;
      if (this.#sending === 0) for (const event of this.#unclaimed.splice(0)) this.#trace(event);
    }
    const outcome = await this.#client.outcome(accepted.id);
    answer(row, outcome, since(sentAt, outcome.at));
    return outcome;
  }

  /** @param {AntiphonEvent} event */
  hear(event) {
    const row = clone('event-row');
    row.dataset.kind = event.type.split('.')[0];
    fill(row, 'b', event.type);
    const ofCommand = row.dataset.kind === 'command';
    fill(row, '.entity', ofCommand ? '' : `${event.subject} · ${event.streamversion}`);
    fill(row, 'code', stringify(event.data));
    fill(row, 'time', time.format(new Date(event.time)));
    prepend('events', row);
    at('events-count').textContent = String(++this.#heard);

    if (!event.last) return;
    if (this.#sending > 0) this.#unclaimed.push(event);
    else void this.#trace(event);
  }

  /**
   * Shows the command that another window sent; that of another user is nobody's business here.
   * @param {AntiphonEvent} event
   */
  async #trace({ commandid, time: at }) {
    if (this.#own.delete(commandid)) return;
    const found = await this.#client.command(commandid).catch(() => undefined);
    if (!found) return;
    const { category, entity, name } = found.command;
    const row = addCommand(name, `${category} ${entity}`, '');
    row.querySelector('.elsewhere')?.removeAttribute('hidden');
    reach(row, 0, '');
    reach(row, 1, '');
    answer(row, await this.#client.outcome(commandid), time.format(new Date(at)));
  }
}

/** @param {string} name @param {string} entity @param {string} json */
function addCommand(name, entity, json) {
  const row = clone('command-row');
  fill(row, 'b', name);
  fill(row, '.entity', entity);
  fill(row, 'code', json === '{}' ? '' : json);
  prepend('commands', row);
  return row;
}

/**
 * @param {HTMLElement} row
 * @param {{status: string, code?: string, message?: string}} outcome
 * @param {string} when
 */
function answer(row, { status, code, message }, when) {
  row.dataset.status = status;
  reach(row, 2, when);
  fill(row, '.track li:last-child span', status);
  const words = status === 'unchanged' ? ['Nothing new: it was so already.'] : [code, message];
  fill(row, '.note', status === 'applied' ? '' : words.filter(Boolean).join(': '));
}

/** @param {HTMLElement} row @param {number} step @param {string} words */
function reach(row, step, words) {
  const item = row.querySelectorAll('.track li')[step];
  item.classList.add('reached');
  fill(item, 'output', words);
}

/** @param {number} from @param {number} [to] */
function since(from, to = performance.now()) {
  return `${(to - from).toFixed(1)} ms`;
}

/** @param {string} id @returns {HTMLElement} */
function clone(id) {
  return at(id).content.firstElementChild.cloneNode(true);
}

/** @param {Element} parent @param {string} selector @param {string} text */
function fill(parent, selector, text) {
  /** @type {Element} */ (parent.querySelector(selector)).textContent = text;
}

/** @param {string} list @param {HTMLElement} row */
function prepend(list, row) {
  at(list).prepend(row);
  if (at(list).childElementCount > ROWS_MAX) at(list).lastElementChild.remove();
}
