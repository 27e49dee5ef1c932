// @ts-check

/**
 * JSON.parse, where a whole number that a Number would round is a BigInt. Browsers before 2025,
 * which do not tell how a number was written, round it.
 * @param {string} text @returns {any}
 */
export function parse(text) {
  /** @param {string} _ @param {any} value @param {{source?: string}} [context] */
  const exactly = (_, value, context) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    /^-?\d+$/.test(context?.source ?? '')
      ? BigInt(/** @type {string} */ (context?.source))
      : value;
  return JSON.parse(text, exactly);
}

/**
 * The JSON of what parse() gives, BigInts as their digits.
 * @param {any} value @returns {string}
 */
export function stringify(value) {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map((each) => stringify(each ?? null)).join()}]`;
  if (value === null || typeof value !== 'object' || 'toJSON' in value)
    return JSON.stringify(value);
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${members.map(([key, each]) => `${JSON.stringify(key)}:${stringify(each)}`).join()}}`;
}
