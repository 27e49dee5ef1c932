// @ts-check
import { parse } from './exact_json.js';

/**
 * A JSON Schema, with the words that a contract of ours is made of.
 * @typedef {object} Schema
 * @property {string} [$ref]
 * @property {string} [type]
 * @property {string} [description]
 * @property {string} [format]
 * @property {any} [const]
 * @property {any[]} [enum]
 * @property {number} [minLength]         in characters
 * @property {number} [maxLength]
 * @property {number | bigint} [minimum]
 * @property {number | bigint} [maximum]
 * @property {string} [formatMinimum]      of times and dates
 * @property {string} [formatMaximum]
 * @property {number} [x-decimal-places]
 * @property {number} [minItems]
 * @property {number} [maxItems]
 * @property {number} [minProperties]
 * @property {number} [maxProperties]
 * @property {Schema} [items]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 * @property {Schema | boolean} [additionalProperties]
 * @property {Schema} [propertyNames]
 * @property {Schema[]} [oneOf]
 * @property {{propertyName: string}} [discriminator]
 */

/** The aggregates of a server, their commands, and what these are made of. */
export class Contract {
  #document;
  /** @type {Map<string, Map<string, {schema: Schema, access: string}>>} by category and name */
  #commands = new Map();

  /** @param {any} document of OpenAPI 3.1 */
  constructor(document) {
    this.#document = document;
    /** @type {[string, any][]} */
    const paths = Object.entries(document.paths ?? {});
    for (const [path, { post }] of paths) {
      const found = /^\/commands\/([^/{}]+)\/\{entity\}\/([^/{}]+)$/.exec(path);
      const schema = post?.requestBody?.content?.['application/json']?.schema;
      if (!found || !schema) continue;
      const [category, name] = found.slice(1).map(decodeURIComponent);
      if (!this.#commands.has(category)) this.#commands.set(category, new Map());
      this.#commands.get(category)?.set(name, { schema, access: post['x-antiphon-access'] ?? '' });
    }
  }

  static async load(url = '/openapi.json') {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`No contract at ${url}: the answer is ${response.status}.`);
    return new Contract(parse(await response.text()));
  }

  get categories() {
    return [...this.#commands.keys()];
  }

  /** @param {string} category */
  commandsOf(category) {
    return [...(this.#commands.get(category)?.keys() ?? [])];
  }

  /**
   * The schema of a command's body, and who may send it, in words.
   * @param {string} category @param {string} name
   */
  command(category, name) {
    return this.#commands.get(category)?.get(name) ?? { schema: {}, access: '' };
  }

  /**
   * The schema itself, where another place of the document is only named.
   * @param {Schema} schema @returns {Schema}
   */
  resolve = ({ $ref, ...schema }) => {
    if (!$ref) return schema;
    const steps = decodeURIComponent($ref).split('/').slice(1);
    const names = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const found = names.reduce((place, name) => place?.[name], this.#document) ?? {};
    return { ...this.resolve(found), ...schema };
  };
}
