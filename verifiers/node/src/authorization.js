import { isBlank } from './bytes.js';

/**
 * What tells the scheme of an `Authorization` header: the text up to the first blank or tab.
 * @param {string} value
 */
export function firstWord(value) {
  let end = 0;
  while (end < value.length && !isBlank(value, end)) end++;
  return value.slice(0, end);
}
