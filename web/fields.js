// @ts-check
import { freshId, labelOf, make } from './elements.js';

/** @typedef {import('./contract.js').Schema} Schema */

/**
 * What a form consists of: fields, and groups of others.
 * @typedef {object} Control
 * @property {HTMLElement} element
 * @property {(place: string, places: Places) => string | undefined} read its JSON, or nothing where
 *     it is left out; notes its parts in `places`
 * @property {(message: string) => void} complain says what is wrong with it; nothing more: ''
 */

/** @typedef {Map<string, Control>} Places by JSON pointer (RFC 6901) */

/**
 * @typedef {object} Kind                 of a field
 * @property {string} [tag]
 * @property {Record<string, any>} [attributes]
 * @property {string[]} [options]         to choose from
 * @property {(text: string) => string} [toJson]
 * @property {string} [hint]
 */

const PROSE_MIN = 1_000; // characters, from which on a text is expected to have lines

/**
 * A field for one value: text, a number, a choice, a date. It does not judge: what is no number,
 * say, is sent as the text that it is, so that there is one place that says what is right.
 * @param {Schema} schema @param {string} name @param {boolean} required
 * @returns {Control}
 */
export function drawField(schema, name, required) {
  const { tag = 'input', attributes, options = [], toJson = JSON.stringify, hint } = kindOf(schema);
  const notes = [hint, ...limitsOf(schema)].filter((note) => note);
  const about = make('p', { id: freshId('about'), class: 'hint' }, notes.join(' · '));
  const error = make('p', { id: freshId('error'), class: 'error' });
  const id = freshId('field');
  const described = `${about.id} ${error.id}`;
  const input = make(
    tag,
    { ...attributes, id, name, required, 'aria-describedby': described },
    ...options.map((option) => make('option', { value: option }, option)),
  );
  const label = make('label', { for: id }, labelOf(name));
  if (!required) label.append(' ', make('small', {}, 'optional'));

  /** @param {string} message */
  const complain = (message) => {
    error.textContent = message;
    input.setAttribute('aria-invalid', String(message !== ''));
  };
  input.addEventListener('input', () => complain(''));
  const mayBeEmpty = required && schema.type === 'string';
  return {
    element: make('div', { class: 'field' }, label, input, about, error),
    read: () => (input.value === '' && !mayBeEmpty ? undefined : toJson(input.value)),
    complain,
  };
}

/** @param {Schema} schema @returns {Kind} */
function kindOf({ enum: names, type, format, description, maxLength = 0 }) {
  const plain = { type: 'text', autocomplete: 'off', autocapitalize: 'off', spellcheck: false };
  if (names) return { tag: 'select', options: ['', ...names.map(String)] };
  if (type === 'boolean')
    return { tag: 'select', options: ['', 'true', 'false'], toJson: (text) => text };
  if (type === 'integer')
    return { attributes: { ...plain, inputMode: 'numeric' }, toJson: wholeNumber };
  if (format === 'decimal')
    return { attributes: { ...plain, inputMode: 'decimal' }, toJson: trimmed };
  if (format === 'date') return { attributes: { type: 'date' } };
  if (format === 'date-time')
    return {
      attributes: { type: 'datetime-local', step: 'any' },
      toJson: instant,
      hint: 'in your time zone',
    };
  if (maxLength >= PROSE_MIN) return { tag: 'textarea', attributes: { rows: 4 } };
  return { attributes: plain, hint: description, toJson: format ? trimmed : undefined };
}

/** Digits are sent as they are, whatever a Number makes of them. @param {string} text */
function wholeNumber(text) {
  const digits = text.trim();
  return /^-?\d+$/.test(digits) ? String(BigInt(digits)) : JSON.stringify(text);
}

/** @param {string} text */
function trimmed(text) {
  return JSON.stringify(text.trim());
}

/** @param {string} text a date and time of the user's time zone, or nothing */
function instant(text) {
  return JSON.stringify(text && new Date(text).toISOString());
}

/** What is told of its limits before anything is wrong. @param {Schema} schema */
function limitsOf(schema) {
  const decimals = schema['x-decimal-places'];
  return [
    range(ownLimit(schema.minimum), ownLimit(schema.maximum)),
    range(schema.minLength, schema.maxLength, ' characters'),
    range(schema.formatMinimum, schema.formatMaximum),
    decimals === undefined ? '' : `${decimals} decimals`,
  ];
}

/** Where the integers of a machine end is not worth a word. @param {number | bigint} [limit] */
function ownLimit(limit) {
  return limit !== undefined && limit > -(2 ** 31) && limit < 2 ** 31 - 1 ? limit : undefined;
}

/** @param {number | bigint | string} [min] @param {number | bigint | string} [max] */
export function range(min, max, what = '') {
  if (min === undefined && max === undefined) return '';
  if (max === undefined) return `at least ${min}${what}`;
  if (min === undefined) return `at most ${max}${what}`;
  return min === max ? `${min}${what}` : `${min} to ${max}${what}`;
}
