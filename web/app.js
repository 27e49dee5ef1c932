// @ts-check
import { AggregateView } from './aggregate_view.js';
import { Antiphon, Refusal } from './antiphon.js';
import { Contract } from './contract.js';
import { labelOf, make } from './elements.js';
import { Form } from './form.js';
import { Journal } from './journal.js';
import { showWhatIf } from './what_if.js';

/** @param {string} id @returns {any} */
const at = (id) => document.getElementById(id);
/** @type {Record<string, string>} */
const stateWords = { connecting: 'connecting', live: 'live', closed: 'closed' };

/**
 * @typedef {object} Session
 * @property {string} user
 * @property {string[]} roles
 * @property {Antiphon} client
 * @property {Journal} journal
 */

/** @type {Contract} */
let contract;
/** @type {Session | undefined} */
let session;
/** @type {AggregateView | undefined} */
let view;
/** @type {Form} */
let form;

/** @param {string} user @param {string[]} roles */
async function signIn(user, roles) {
  session?.client.close();
  view?.close();
  session = view = undefined;
  let token = await developmentToken(user, roles);
  const client = new Antiphon({
    getToken: async (renew) => (renew ? (token = await developmentToken(user, roles)) : token),
  });
  const journal = new Journal(client);
  session = { user, roles, client, journal };
  client.addEventListener('state', showConnection);
  client.addEventListener('event', (e) => {
    const event = /** @type {CustomEvent} */ (e).detail;
    journal.hear(event);
    view?.changed(event.type.split('.')[0], event.subject);
  });
  client.listen();

  document.title = `${user} · Antiphon`;
  at('second').textContent = `Open a second window as ${user}`;
  at('second').hidden = false;
  at('controls').disabled = false;
  at('entity').value ||= `${user}-1`;
  chooseEntity();
}

/** @param {string} subject @param {string[]} roles @returns {Promise<string>} */
async function developmentToken(subject, roles) {
  const headers = { 'content-type': 'application/json' };
  const init = { method: 'POST', headers, body: JSON.stringify({ subject, roles }) };
  const response = await fetch('/dev/token', init);
  if (response.ok) return (await response.json()).token;
  const { detail = '' } = await response.json().catch(() => ({}));
  throw new Error(`No token for ${subject}: this server answers ${response.status}. ${detail}`);
}

/** @param {Event} event */
function showConnection(event) {
  const { state, retryMs, status } = /** @type {CustomEvent} */ (event).detail;
  at('connection').dataset.state = state;
  const why = status ? ` (HTTP ${status})` : '';
  const away = `away${why}, next try in ${(retryMs / 1000).toFixed(1)} s`;
  at('connection').textContent = state === 'waiting' ? away : stateWords[state];
}

function chooseCategory() {
  const commands = contract.commandsOf(at('category').value);
  const choices = commands.map((name, index) => {
    const radio = make('input', {
      type: 'radio',
      name: 'command',
      value: name,
      checked: index === 0,
    });
    return make('label', {}, radio, make('span', {}, labelOf(name)));
  });
  at('commands-of').replaceChildren(...choices);
  chooseCommand();
  chooseEntity();
}

function chooseCommand() {
  const { schema } = contract.command(at('category').value, chosenCommand());
  form = new Form(schema, contract.resolve);
  at('fields').replaceChildren(form.element);
  say('');
}

/** Shows it, and keeps it in the address, for another window or a reload. */
function chooseEntity() {
  const category = at('category').value;
  const entity = at('entity').value;
  if (!session) return;
  const { user, roles, client } = session;
  const address = new URLSearchParams({ user, roles: roles.join(' '), category, entity });
  history.replaceState(null, '', `?${address}`);
  at('second').href = location.href;
  view?.close();
  view = entity ? new AggregateView(client, category, entity) : undefined;
}

async function send() {
  if (!session) return;
  const category = at('category').value;
  const entity = at('entity').value;
  const command = chosenCommand();
  const { json, complain } = form.read();
  try {
    const outcome = await session.journal.send(category, entity, command, json);
    if (!outcome.message) return;
    const others = complain(outcome.errors ?? []);
    if (others.length || !outcome.errors?.length) say(outcome.message, others);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { access } = contract.command(category, command);
    const words = error.status === 403 ? forbidden(session, command, access) : error.message;
    say(words, complain(error.errors));
  }
}

/** @param {Session} session @param {string} command @param {string} access */
function forbidden({ user, roles }, command, access) {
  const has = roles.length ? `with the roles ${roles.join(', ')}` : 'without a role';
  const rule = access && ` It is allowed by: ${access}.`;
  return `${user}, ${has}, may not send “${command}”.${rule}`;
}

/** @param {string} words @param {import('./antiphon.js').FieldError[]} [errors] */
function say(words, errors = []) {
  const more = errors.map(({ location, message }) => `${location} ${message}`.trim());
  at('refusal').textContent = [words, ...more].join(' ');
}

/** @returns {string} */
function chosenCommand() {
  return at('commands-of').querySelector(':checked')?.value ?? '';
}

/** @param {() => void | Promise<void>} work says on the page what went wrong */
async function attempt(work) {
  say('');
  try {
    await work();
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    if (name !== 'AbortError') say(message);
  }
}

/** @param {string} id @param {string} event @param {() => void | Promise<void>} work */
function on(id, event, work) {
  at(id).addEventListener(event, (/** @type {Event} */ e) => {
    if (event === 'submit') e.preventDefault();
    void attempt(work);
  });
}

on('who', 'submit', () =>
  signIn(at('user').value.trim(), at('roles').value.match(/[^\s,]+/g) ?? []),
);
on('call', 'submit', send);
on('category', 'change', chooseCategory);
on('commands-of', 'change', chooseCommand);
on('entity', 'change', chooseEntity);
on('what-if-file', 'change', () => showWhatIf(at('what-if-file').files[0]));

await attempt(async () => {
  const address = new URLSearchParams(location.search);
  for (const id of ['user', 'roles', 'entity']) at(id).value = address.get(id) ?? '';
  contract = await Contract.load();
  const wanted = address.get('category');
  for (const category of contract.categories)
    at('category').append(
      make('option', { value: category, selected: category === wanted }, category),
    );
  chooseCategory();
  if (at('user').value) at('who').requestSubmit();
});
