// huawei-hmac-sha256: what a gateway of Huawei Cloud's kind signs.

import { firstWord } from './authorization.js';
import { cut, percentDecode, upperAscii, utf8 } from './bytes.js';
import { equalSecretly, hmacSha256, sha256 } from './crypto.js';
import { sdkDate } from './dates.js';
import { refuse } from './refusal.js';

/** @import { Key, KeySet } from './keys.js' */
/** @import { Request } from './request.js' */

/** @type {readonly import('./keys.js').Scheme[]} */
export const HUAWEI = ['huawei-hmac-sha256'];
const ALGORITHM = 'SDK-HMAC-SHA256';
const UNSIGNED = 'UNSIGNED-PAYLOAD';
const NAMES_MAX = 100;
const DATE = 'x-sdk-date';
const DIGEST = 'x-sdk-content-sha256';
// The blanks are those of ASCII, where `\s` has more.
const FIELDS =
  /^SDK-HMAC-SHA256[ \t\n\v\f\r]+Access=([^,]+),[ \t\n\v\f\r]?SignedHeaders=([^,]+),[ \t\n\v\f\r]?Signature=([A-Za-z0-9_]+)$/;
// Visible ASCII without upper case and colon.
const NAME = /^[!-9;-@[-~]+$/;
const RESERVED = /[^A-Za-z0-9\-_.~]/g;
const RESERVED_IN_PATH = /[^A-Za-z0-9\-_.~/]/g;
const ENCODED = Array.from({ length: 256 }, (_, byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);

/**
 * What a request says of itself.
 * @typedef {object} Claim
 * @property {string} signKey
 * @property {string} listed
 * @property {string[]} names
 * @property {string} signature
 * @property {string} date
 * @property {number} seconds since 1970
 */

/**
 * @param {Request} request
 * @param {string} header in lower case
 */
export function isTold(request, header) {
  return request.values(header).some((value) => firstWord(value) === ALGORITHM);
}

/**
 * The key that signed the request.
 * @param {Request} request
 * @param {KeySet} keys
 * @param {number} now
 * @param {{header: string, windowSecs: number, acceptUnsignedPayload: boolean}} options
 * @returns {Key}
 */
export function check(request, keys, now, { header, windowSecs, acceptUnsignedPayload }) {
  const claim = read(request, header);
  const candidates = keys.usable(claim.signKey, HUAWEI);
  if (Math.abs(claim.seconds - now) > windowSecs) refuse('expired');
  const texts = stringsToSign(request, claim, payloadLine(request, acceptUnsignedPayload));
  const signature = Buffer.from(claim.signature);
  const signer = candidates.find((key) =>
    texts.some((text) => equalSecretly(Buffer.from(hmacSha256(key.secret(), text).toString('hex')), signature)),
  );
  return signer ?? refuse('signature_differs');
}

/**
 * @param {Request} request
 * @param {string} header
 * @returns {Claim}
 */
function read(request, header) {
  const fields = FIELDS.exec(request.text(header) ?? '');
  if (!fields) return refuse('malformed');
  const [, signKey, listed, signature] = fields;
  const names = listed.split(';');
  const isList = new Set(names).size === names.length && names.every((name) => NAME.test(name));
  if (names.length > NAMES_MAX || !isList) refuse('malformed');
  request.text('host');
  request.text(DIGEST);
  const date = request.text(DATE);
  const seconds = date === undefined ? undefined : sdkDate(date);
  if (date === undefined || seconds === undefined) return refuse('malformed');
  const isText = (/** @type {string} */ name) => request.values(name).every((value) => utf8(value) !== undefined);
  if (!names.every(isText)) refuse('malformed');
  const isThere = (/** @type {string} */ name) => request.values(name).length > 0;
  if (!names.includes('host') || !names.includes(DATE) || !names.every(isThere)) refuse('signed_header_missing');
  return { signKey, listed, names, signature, date, seconds };
}

/**
 * @param {Request} request
 * @param {boolean} acceptUnsigned
 */
function payloadLine(request, acceptUnsigned) {
  const [stated] = request.values(DIGEST);
  if (stated === UNSIGNED && acceptUnsigned) return UNSIGNED;
  const digest = sha256(request.readBody()).toString('hex');
  if (stated === undefined) return digest;
  return stated.toLowerCase() === digest ? stated : refuse('body_digest_differs');
}

/**
 * One, or two where a `+` in the query may be a space or itself.
 * @param {Request} request
 * @param {Claim} claim
 * @param {string} payload
 */
function stringsToSign(request, claim, payload) {
  const before = `${upperAscii(request.method)}\n${canonicalPath(request.path)}\n`;
  const lines = claim.names.flatMap((name) => [...request.values(name)].sort().map((value) => `${name}:${value}\n`));
  const after = `\n${lines.join('')}\n${claim.listed}\n${payload}`;
  const query = request.query ?? '';
  const queries = [canonicalQuery(query.replaceAll('+', ' '))];
  if (query.includes('+')) queries.push(canonicalQuery(query));
  return queries.map((one) => `${ALGORITHM}\n${claim.date}\n${sha256(before + one + after).toString('hex')}`);
}

/**
 * Decoded once, each segment encoded, with a slash at the end.
 * @param {string} raw
 */
function canonicalPath(raw) {
  const path = encode(percentDecode(raw), RESERVED_IN_PATH);
  return path.endsWith('/') ? path : `${path}/`;
}

/**
 * Decoded, sorted by name and value, encoded; a `+` is itself.
 * @param {string} raw
 */
function canonicalQuery(raw) {
  const pairs = [];
  for (const piece of raw.split('&')) {
    if (piece === '') continue;
    const [name, value] = cut(piece, '=');
    pairs.push({ name: percentDecode(name), value: percentDecode(value ?? '') });
  }
  pairs.sort((a, b) => compare(a.name, b.name) || compare(a.value, b.value));
  return pairs.map(({ name, value }) => `${encode(name, RESERVED)}=${encode(value, RESERVED)}`).join('&');
}

/**
 * @param {string} latin1
 * @param {RegExp} reserved
 */
function encode(latin1, reserved) {
  return latin1.replace(reserved, (byte) => ENCODED[byte.charCodeAt(0)]);
}

/**
 * @param {string} a
 * @param {string} b
 */
function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}
