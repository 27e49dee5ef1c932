// @ts-check
import { labelOf, make } from './elements.js';
import { stringify } from './exact_json.js';

/**
 * A value, and what it was where it is another.
 * @param {any} before @param {any} now of JSON; undefined where there is none
 * @returns {HTMLElement}
 */
export function drawChange(before, now) {
  if (before !== undefined && now !== undefined && stringify(before) === stringify(now))
    return draw(now);
  if (isObject(now) && (isObject(before) || before === undefined)) {
    const names = Object.keys({ ...now, ...before });
    return make('dl', {}, ...names.map((name) => member(name, before?.[name], now[name])));
  }
  const was = before === undefined ? [] : [make('del', {}, draw(before))];
  const is = now === undefined ? [] : [make('ins', {}, draw(now))];
  return make('span', {}, ...was, ' ', ...is);
}

/** @param {string} name @param {any} before @param {any} now */
function member(name, before, now) {
  const value = make('dd', { 'data-name': name }, drawChange(before, now));
  return make('div', {}, make('dt', {}, labelOf(name)), value);
}

/** @param {any} value of JSON */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param {any} value of JSON @returns {HTMLElement} */
export function draw(value) {
  if (value === null || value === '' || value?.length === 0)
    return make('span', { class: 'hint' }, '–');
  if (Array.isArray(value))
    return make('ol', { class: 'values' }, ...value.map((each) => make('li', {}, draw(each))));
  if (typeof value !== 'object') return make('span', {}, String(value));
  const members = Object.entries(value).map(([name, each]) =>
    make('div', {}, make('dt', {}, labelOf(name)), make('dd', { 'data-name': name }, draw(each))),
  );
  return make('dl', {}, ...members);
}
