/** Builds elements. Text is always set as text, so that no value of a row becomes markup. */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Creates an HTML element.
 *
 * @param {string} tag
 * @param {Object} attributes names that begin with "on" are listeners; null and false are left out
 * @param {...(Node|string|number|null|Array)} children
 */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Creates an SVG element; see h. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(3)) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : String(child));
    }
  }
}

/** Replaces the children of an element, unless they are the same as before. */
export function put(element, ...children) {
  const next = document.createElement(element.localName);
  append(next, children);
  if (next.innerHTML !== element.innerHTML || element.querySelector('canvas')) {
    element.replaceChildren(...next.childNodes);
  }
}

const whole = new Intl.NumberFormat('en', {maximumFractionDigits: 0});
const short = new Intl.NumberFormat('en', {maximumSignificantDigits: 2});

/** Prints a count or a rate; a dash for what is unknown. */
export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) {
    return '–';
  }
  return Math.abs(value) >= 10 || Number.isInteger(value) ? whole.format(value) : short.format(value);
}

/** Prints a duration in milliseconds with its unit. */
export function duration(ms) {
  if (ms === null || ms === undefined || Number.isNaN(ms)) {
    return '–';
  }
  if (ms < 1000) {
    return `${number(ms)} ms`;
  }
  if (ms < 60_000) {
    return `${(ms / 1000).toFixed(1)} s`;
  }
  if (ms < 3_600_000) {
    return `${Math.floor(ms / 60_000)} min ${Math.round(ms % 60_000 / 1000)} s`;
  }
  return `${Math.floor(ms / 3_600_000)} h ${Math.round(ms % 3_600_000 / 60_000)} min`;
}

/** Prints a part of one as a percentage; rounds down, so that 100 % means all. */
export function percent(part) {
  if (part === null || part === undefined || Number.isNaN(part)) {
    return '–';
  }
  return `${(Math.floor(part * 1000) / 10).toFixed(part === 1 ? 0 : 1)} %`;
}

/** Prints a time of day, with the date if it is not today. */
export function clock(time, withMillis = false) {
  const date = new Date(time);
  const two = value => String(value).padStart(2, '0');
  let text = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  if (withMillis) {
    text += `.${String(date.getMilliseconds()).padStart(3, '0')}`;
  }
  if (date.toDateString() !== new Date().toDateString()) {
    text = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${text}`;
  }
  return text;
}

/** A state in words, with a colour. */
export function state(word, reason) {
  const kind = {VALID: 'good', BUILDING: 'wait', INVALID: 'bad', up: 'good', down: 'bad'}[word];
  return h('span', {class: `state ${kind || 'none'}`}, reason ? `${word}: ${reason}` : word);
}

/** A card with one figure, what it counts, and since when. */
export function card(title, value, since, kind = '') {
  return h('div', {class: `card ${kind}`},
    h('h3', {}, title), h('p', {class: 'value'}, value), h('p', {class: 'since'}, since));
}
