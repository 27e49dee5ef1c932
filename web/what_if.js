// @ts-check
import { drawChange } from './drawing.js';
import { make } from './elements.js';
import { parse } from './exact_json.js';

const SHOWN_MAX = 200;
const WANTED = 'Choose what “antiphon what-if --json” has written to its end.';

/** @param {string} id @returns {any} */
const at = (id) => document.getElementById(id);

/** @type {File | undefined} what is being shown; another one may be chosen meanwhile */
let chosen;

/**
 * What another build would have made of the past: each aggregate that would end otherwise, as it is
 * and as it would be. It stays in the browser.
 * @param {File | undefined} file what `antiphon what-if --json` has written
 */
export async function showWhatIf(file) {
  chosen = file;
  at('what-if-found').replaceChildren();
  tell('');
  if (!file) return;
  let states = 0;
  let answers = 0;
  let ended = false;
  let number = 0;
  for await (const line of linesOf(file)) {
    if (file !== chosen) return;
    ++number;
    const found = line.trim() ? parsed(line) : {};
    if (!found) return tell(`Line ${number} of ${file.name} is no JSON object. ${WANTED}`);
    if ('commandposition' in found) ++answers;
    if ('differences' in found) ended = true;
    if ('changed' in found && ++states <= SHOWN_MAX) at('what-if-found').append(row(found));
  }
  const more = states > SHOWN_MAX ? `, of which ${SHOWN_MAX} are shown` : '';
  const rest = ended ? '' : ` That is not all: the last line is missing. ${WANTED}`;
  tell(`Other answers: ${answers}. Other states: ${states}${more}.${rest}`);
}

/** @param {string} words */
function tell(words) {
  at('what-if-told').textContent = words;
}

/** @param {string} line @returns {any} undefined: it is no object */
function parsed(line) {
  try {
    const json = parse(line);
    return typeof json === 'object' && json !== null ? json : undefined;
  } catch {
    return undefined;
  }
}

/** @param {any} found */
function row({ category, entity, before, after }) {
  const change = make('div', { class: 'state' }, drawChange(endOf(before), endOf(after)));
  return make('li', {}, make('b', {}, `${category} ${entity}`), change);
}

/** @param {{version: number, state?: any, unreadable?: string}} end */
function endOf({ version, state, unreadable }) {
  if (unreadable !== undefined) return `cannot be folded: ${unreadable}`;
  return version ? state : undefined;
}

/** @param {File} file */
async function* linesOf(file) {
  const reader = file.stream().pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest) yield rest;
}
