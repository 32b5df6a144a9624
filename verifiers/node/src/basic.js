// basic: RFC 7617 with the sign key as user and the secret as password.

import { firstWord } from './authorization.js';
import { cut, fromText, lowerAscii, strictBase64, trimBlanks, utf8 } from './bytes.js';
import { equalSecretly } from './crypto.js';
import { refuse } from './refusal.js';

/** @import { Key, KeySet } from './keys.js' */
/** @import { Request } from './request.js' */

/** @type {readonly import('./keys.js').Scheme[]} */
export const BASIC = ['basic'];
const WORD = 'basic';

/**
 * @param {Request} request
 * @param {string} header in lower case
 */
export function isTold(request, header) {
  return request.values(header).some((value) => lowerAscii(firstWord(value)) === WORD);
}

/**
 * The key that was presented.
 * @param {Request} request
 * @param {KeySet} keys
 * @param {{header: string}} options
 * @returns {Key}
 */
export function check(request, keys, { header }) {
  const value = fromText(request.text(header) ?? '');
  const bytes = strictBase64(trimBlanks(value.slice(WORD.length))) ?? refuse('malformed');
  const pair = utf8(bytes.toString('latin1')) ?? refuse('malformed');
  const [signKey, secret] = cut(pair, ':');
  if (secret === undefined) return refuse('malformed');
  const presented = Buffer.from(secret);
  const key = keys.usable(signKey, BASIC).find((one) => equalSecretly(one.secret(), presented));
  return key ?? refuse('signature_differs');
}
