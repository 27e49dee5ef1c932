// @ts-check

/**
 * A new element; text in it is never taken for HTML.
 * @param {string} name
 * @param {Record<string, string | number | boolean | ((event: Event) => void)>} [attributes] text
 *     by the attribute's name, other things by the property's
 * @param {(Node | string)[]} inside
 * @returns {any}
 */
export function make(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (typeof value === 'string') element.setAttribute(key, value);
    else Object.assign(element, { [key]: value });
  element.append(...inside);
  return element;
}

/** As people read it. @param {string} name as programs write it */
export function labelOf(name) {
  const words = name.replaceAll(/[_-]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

let ids = 0;

/** One that no other element has, to be referred to. @param {string} what */
export function freshId(what) {
  return `${what}-${++ids}`;
}
