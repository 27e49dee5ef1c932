// @ts-check
import { freshId, labelOf, make } from './elements.js';
import { drawField, range } from './fields.js';

/** @typedef {import('./antiphon.js').FieldError} FieldError */
/** @typedef {import('./contract.js').Schema} Schema */
/** @typedef {import('./fields.js').Control} Control */
/** @typedef {import('./fields.js').Places} Places */

/**
 * @typedef {object} Entered
 * @property {string} json   what is in the form, as JSON
 * @property {(errors: FieldError[]) => FieldError[]} complain shows each at its field, and gives
 *     back those that have none
 */

/** A form for what a JSON Schema describes. */
export class Form {
  element;
  #root;
  #resolve;
  /** @type {Places} of what was read last */
  #places = new Map();

  /** @param {Schema} schema of an object @param {(schema: Schema) => Schema} resolve */
  constructor(schema, resolve) {
    this.#resolve = resolve;
    this.#root = this.#drawMembers(resolve(schema));
    this.element = this.#root.element;
  }

  /** @returns {Entered} */
  read() {
    for (const control of this.#places.values()) control.complain('');
    const places = (this.#places = new Map());
    const json = readAt('', this.#root, places) ?? '{}';
    // What is said of an older reading may be of rows that have moved since.
    return { json, complain: (errors) => (places === this.#places ? show(errors, places) : []) };
  }

  /**
   * @param {Schema} unresolved @param {string} name @param {boolean} required
   * @returns {Control}
   */
  #draw(unresolved, name, required) {
    const schema = this.#resolve(unresolved);
    if (schema.oneOf) return this.#drawVariant(schema, name, required);
    if (schema.type === 'array') return this.#drawList(schema, name, required);
    if (schema.type !== 'object') return drawField(schema, name, required);
    if (!schema.properties && schema.additionalProperties)
      return this.#drawMap(schema, name, required);
    if (!required) return this.#drawOptional(schema, name);
    return group(name, '', this.#drawMembers(schema));
  }

  /** @param {Schema} schema @param {string} [tag] a member that is not drawn @returns {Control} */
  #drawMembers({ properties = {}, required = [] }, tag) {
    const members = Object.entries(properties)
      .filter(([name]) => name !== tag)
      .map(([name, schema]) => ({
        name,
        control: this.#draw(schema, name, required.includes(name)),
      }));
    return {
      element: make('div', { class: 'members' }, ...members.map(({ control }) => control.element)),
      read: (place, places) =>
        object(
          members.map(({ name, control }) => [name, readMember(place, name, control, places)]),
        ),
      complain: () => {},
    };
  }

  /** @param {Schema} schema @param {string} name @param {boolean} required */
  #drawList(schema, name, required) {
    const { items = {}, minItems, maxItems } = schema;
    const rows = new Rows(() => this.#draw(items, name, true), required ? minItems : 0);
    return group(name, range(minItems, maxItems, ' items'), {
      element: rows.element,
      read: (place, places) => {
        const texts = rows.controls.map((row, index) => readAt(`${place}/${index}`, row, places));
        if (texts.length === 0 && !required) return undefined;
        return `[${texts.map((text) => text ?? 'null').join()}]`;
      },
    });
  }

  /** @param {Schema} schema @param {string} name @param {boolean} required */
  #drawMap(schema, name, required) {
    const { additionalProperties, propertyNames = {}, minProperties, maxProperties } = schema;
    const values = typeof additionalProperties === 'object' ? additionalProperties : {};
    /** @type {WeakMap<Control, Control>} of each row's value */
    const keys = new WeakMap();
    const rows = new Rows(() => {
      const key = drawField({ type: 'string', ...this.#resolve(propertyNames) }, 'key', true);
      const value = this.#draw(values, 'value', true);
      const element = make('div', { class: 'members' }, key.element, value.element);
      const row = { ...value, element };
      keys.set(row, key);
      return row;
    });
    return group(name, range(minProperties, maxProperties, ' items'), {
      element: rows.element,
      read: (place, places) => {
        /** @type {[string, string][]} */
        const members = rows.controls.map((row) => {
          const key = JSON.parse(keys.get(row)?.read('', places) ?? '""');
          return [key, readMember(place, key, row, places) ?? 'null'];
        });
        return members.length === 0 && !required ? undefined : object(members);
      },
    });
  }

  /** An object that may be left out. @param {Schema} schema @param {string} name */
  #drawOptional(schema, name) {
    const rows = new Rows(() => this.#drawMembers(schema), 0, 1);
    return group(name, '', {
      element: rows.element,
      read: (place, places) => rows.controls[0]?.read(place, places),
    });
  }

  /**
   * One of several objects, and a member that says which.
   * @param {Schema} schema @param {string} name @param {boolean} required
   */
  #drawVariant(schema, name, required) {
    const tag = schema.discriminator?.propertyName ?? '';
    /** @type {Map<string, Schema>} */
    const alternatives = new Map();
    for (const alternative of schema.oneOf ?? []) {
      const resolved = this.#resolve(alternative);
      const { const: only, enum: [value = only] = [] } = resolved.properties?.[tag] ?? {};
      alternatives.set(String(value), resolved);
    }
    const which = drawField({ type: 'string', enum: [...alternatives.keys()] }, tag, required);
    const inside = make('div', {});
    /** @type {Control | undefined} */
    let chosen;
    which.element.addEventListener('change', (event) => {
      const alternative = alternatives.get(/** @type {HTMLSelectElement} */ (event.target).value);
      chosen = alternative && this.#drawMembers(alternative, tag);
      inside.replaceChildren(...(chosen ? [chosen.element] : []));
    });
    return group(name, '', {
      element: make('div', { class: 'members' }, which.element, inside),
      read: (place, places) => {
        const value = readMember(place, tag, which, places);
        if (value === undefined) return undefined;
        const others = chosen?.read(place, places)?.slice(1, -1);
        return `{${[`${JSON.stringify(tag)}:${value}`, others].filter(Boolean).join()}}`;
      },
    });
  }
}

/** Controls of one kind that are added and removed. */
class Rows {
  element;
  /** @type {Control[]} */
  controls = [];

  /** @param {() => Control} draw @param {number} [min] @param {number} [max] */
  constructor(draw, min = 0, max = Infinity) {
    const list = make('ol', { class: 'rows' });
    const add = make(
      'button',
      { type: 'button', class: 'small', onclick: () => more().focus() },
      'Add',
    );
    const more = () => {
      const control = draw();
      const row = make(
        'li',
        {},
        control.element,
        remove(() => row, control),
      );
      this.controls.push(control);
      list.append(row);
      add.hidden = this.controls.length >= max;
      return row.querySelector('input, select, textarea, button');
    };
    /** @param {() => HTMLElement} row @param {Control} control */
    const remove = (row, control) => {
      const onclick = () => {
        this.controls.splice(this.controls.indexOf(control), 1);
        row().remove();
        add.hidden = false;
        add.focus();
      };
      return make('button', { type: 'button', class: 'small', onclick }, 'Remove');
    };
    for (let i = 0; i < min; ++i) more();
    this.element = make('div', {}, list, add);
  }
}

/**
 * A control with its name around it.
 * @param {string} name @param {string} hint @param {Pick<Control, 'element' | 'read'>} control
 * @returns {Control}
 */
function group(name, hint, { element, read }) {
  const about = make('p', { id: freshId('about'), class: 'hint' }, hint);
  const error = make('p', { id: freshId('error'), class: 'error' });
  const legend = make('legend', {}, labelOf(name));
  const attributes = { class: 'group', 'aria-describedby': `${about.id} ${error.id}` };
  return {
    element: make('fieldset', attributes, legend, about, error, element),
    read,
    complain: (message) => (error.textContent = message),
  };
}

/** @param {string} place @param {Control} control @param {Places} places */
function readAt(place, control, places) {
  places.set(place, control);
  return control.read(place, places);
}

/** @param {string} place @param {string} name @param {Control} control @param {Places} places */
function readMember(place, name, control, places) {
  const step = name.replaceAll('~', '~0').replaceAll('/', '~1');
  return readAt(`${place}/${step}`, control, places);
}

/** @param {[string, string | undefined][]} members their names and JSON */
function object(members) {
  const there = members.filter(([, json]) => json !== undefined);
  return `{${there.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`;
}

/** @param {FieldError[]} errors @param {Places} places @returns {FieldError[]} without a field */
function show(errors, places) {
  /** @type {Map<Control, string[]>} */
  const messages = new Map();
  const others = errors.filter(({ location, message }) => {
    let place = location;
    while (!places.has(place)) place = place.slice(0, place.lastIndexOf('/'));
    if (place === '') return true;
    const control = /** @type {Control} */ (places.get(place));
    const part = location.slice(place.length + 1);
    messages.set(control, [
      ...(messages.get(control) ?? []),
      part ? `${part}: ${message}` : message,
    ]);
    return false;
  });
  for (const [control, said] of messages) control.complain(said.join(' '));
  const [first] = messages.keys();
  const focus = 'input, select, textarea, button';
  /** @type {HTMLElement | null | undefined} */ (first?.element.querySelector(focus))?.focus();
  return others;
}
