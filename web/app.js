// @ts-check
import { Antiphon, Refusal } from './antiphon.js';

const CATEGORY = 'account';
const ROWS_MAX = 200;

/** @param {string} id @returns {any} */
const at = (id) => document.getElementById(id);
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
/** @type {Record<string, string>} */
const stateWords = { connecting: 'connecting', live: 'live', closed: 'closed' };
/** @type {Record<string, string>} */
const verbOf = { opened: 'open', deposited: 'deposit', withdrawn: 'withdraw', closed: 'close' };
const money = new Intl.NumberFormat(undefined, { minimumFractionDigits: 2 });

/** @type {Antiphon | undefined} */
let client;
/** @type {Map<string, HTMLElement>} rows of commands whose id is known */
const rows = new Map();
/** Own commands that have no id yet: an event that belongs to none may be theirs. */
let sending = 0;
/** @type {any[]} */
let unclaimed = [];

/** @param {string} user */
async function follow(user) {
  client?.close();
  rows.clear();
  unclaimed = [];
  at('commands').replaceChildren();
  at('events').replaceChildren();
  at('events-count').textContent = '';
  at('refusal').textContent = '';

  let token = await developmentToken(user);
  const following = new Antiphon({
    getToken: async (renew) => (renew ? (token = await developmentToken(user)) : token),
  });
  following.addEventListener('state', showConnection);
  following.addEventListener('event', (e) => hear(/** @type {CustomEvent} */ (e).detail));
  following.addEventListener('reset', showBalance);
  client = following;
  client.listen();

  document.title = `${user} · Antiphon`;
  history.replaceState(null, '', `?user=${encodeURIComponent(user)}`);
  at('second').href = location.href;
  at('second').textContent = `Open a second window as ${user}`;
  at('second').hidden = false;
  at('controls').disabled = false;
  at('owner').value ||= user;
  at('entity').value ||= `${user}-1`;
  await showBalance();
}

/** @param {string} subject @returns {Promise<string>} */
async function developmentToken(subject) {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify({ subject }) };
  const response = await fetch('/dev/token', init);
  if (!response.ok)
    throw new Error(`No token for ${subject}: this server answers ${response.status}.`);
  return (await response.json()).token;
}

/** @param {Event} event */
function showConnection(event) {
  const { state, retryMs, status } = /** @type {CustomEvent} */ (event).detail;
  at('connection').dataset.state = state;
  const why = status ? ` (HTTP ${status})` : '';
  const away = `away${why}, next try in ${(retryMs / 1000).toFixed(1)} s`;
  at('connection').textContent = state === 'waiting' ? away : stateWords[state];
}

async function send() {
  const verb = chosenVerb();
  const entity = at('entity').value;
  const amount = { cents: Math.round(Number(at('amount').value) * 100) };
  /** @type {Record<string, object>} */
  const bodies = {
    open: { owner: at('owner').value },
    deposit: amount,
    withdraw: amount,
    close: {},
  };
  const data = bodies[verb];
  const following = /** @type {Antiphon} */ (client);

  const row = addCommand(verb, entity, data);
  const sentAt = performance.now();
  reach(row, 0, time.format(new Date()));
  sending += 1;
  try {
    const accepted = await following.send(CATEGORY, entity, verb, data);
    reach(row, 1, since(sentAt));
    know(accepted.id, row);
    following
      .outcome(accepted.id)
      .then((outcome) => answer(row, outcome, since(sentAt, outcome.at)));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    answer(row, { status: 'refused', message: describe(error) }, since(sentAt));
  } finally {
    sending -= 1;
    if (sending === 0) unclaimed.splice(0).forEach(showElsewhere);
  }
}

/** @param {Refusal} refusal */
function describe({ message, errors }) {
  return [message, ...errors.map((field) => `${field.location}: ${field.message}`)].join(' ');
}

/** @param {import('./antiphon.js').AntiphonEvent} event */
function hear(event) {
  const row = clone('event-row');
  row.dataset.kind = event.type.split('.')[0];
  fill(row, 'b', event.type);
  fill(
    row,
    '.entity',
    row.dataset.kind === CATEGORY ? `${event.subject} · ${event.streamversion}` : '',
  );
  fill(row, 'code', JSON.stringify(event.data));
  fill(row, 'time', time.format(new Date(event.time)));
  prepend('events', row);
  at('events-count').textContent = String(Number(at('events-count').textContent) + 1);

  if (event.commandid && !rows.has(event.commandid)) {
    if (sending > 0) unclaimed.push(event);
    else showElsewhere(event);
  }
  if (event.type.startsWith(`${CATEGORY}.`) && event.subject === at('entity').value)
    void showBalance();
}

/** A command that another window sent. @param {import('./antiphon.js').AntiphonEvent} event */
function showElsewhere(event) {
  if (rows.has(event.commandid)) return;
  const outcome = event.type.startsWith('command.');
  const name = outcome ? event.data.name : verbOf[event.type.split('.')[1]];
  const row = addCommand(name, outcome ? event.data.entity : event.subject, event.data);
  row.querySelector('.elsewhere')?.removeAttribute('hidden');
  know(event.commandid, row);
  reach(row, 0, '');
  reach(row, 1, '');
  client
    ?.outcome(event.commandid)
    .then((result) => answer(row, result, time.format(new Date(event.time))));
}

/** @param {string} verb @param {string} entity @param {any} data */
function addCommand(verb, entity, data) {
  const row = clone('command-row');
  const detail = data.cents === undefined ? (data.owner ?? '') : money.format(data.cents / 100);
  fill(row, 'b', `${verb} ${detail}`.trim());
  fill(row, '.entity', `${CATEGORY} ${entity}`);
  prepend('commands', row);
  return row;
}

/** @param {string} id @param {HTMLElement} row */
function know(id, row) {
  row.dataset.command = id;
  rows.set(id, row);
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
  const words = status === 'unchanged' ? 'Nothing new: it was so already.' : [code, message];
  fill(row, '.note', status === 'applied' ? '' : [words].flat().filter(Boolean).join(': '));
}

/** @param {HTMLElement} row @param {number} step @param {string} words */
function reach(row, step, words) {
  const item = row.querySelectorAll('.track li')[step];
  item.classList.add('reached');
  fill(item, 'output', words);
}

let reading = false;
let readAgain = false;

/** Reads the account of the form; calls that come meanwhile make one more reading. */
async function showBalance() {
  readAgain = true;
  if (reading || !client) return;
  reading = true;
  try {
    while (readAgain) {
      readAgain = false;
      const entity = at('entity').value;
      const account = entity && (await client.aggregate(CATEGORY, entity));
      const {
        open = false,
        closed = false,
        balance_cents: cents = 0,
        owner = '',
      } = account?.state ?? {};
      at('balance-entity').textContent = entity;
      at('balance').textContent = account ? money.format(cents / 100) : '–';
      const standing = closed ? 'closed' : open ? `open, owned by ${owner}` : 'not open';
      at('balance-detail').textContent = account
        ? `${standing} · version ${account.version}`
        : standing;
    }
  } finally {
    reading = false;
  }
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
  if (at(list).childElementCount <= ROWS_MAX) return;
  rows.delete(at(list).lastElementChild.dataset.command);
  at(list).lastElementChild.remove();
}

function chosenVerb() {
  return at('call').elements.verb.value;
}

function showFields() {
  const verb = chosenVerb();
  const moves = verb === 'deposit' || verb === 'withdraw';
  at('amount-field').hidden = at('amount').disabled = !moves;
  at('owner-field').hidden = at('owner').disabled = verb !== 'open';
}

/** @param {() => Promise<void>} work says on the page what went wrong */
async function attempt(work) {
  at('refusal').textContent = '';
  try {
    await work();
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    if (name !== 'AbortError') at('refusal').textContent = message;
  }
}

at('who').addEventListener('submit', (/** @type {Event} */ event) => {
  event.preventDefault();
  void attempt(() => follow(at('user').value.trim()));
});
at('call').addEventListener('submit', (/** @type {Event} */ event) => {
  event.preventDefault();
  void attempt(send);
});
at('call').addEventListener('change', showFields);
at('entity').addEventListener('change', () => void attempt(showBalance));
showFields();

const user = new URLSearchParams(location.search).get('user');
if (user) {
  at('user').value = user;
  void attempt(() => follow(user));
}
