// alibaba-hmac-sha256: what a gateway of Alibaba Cloud's kind signs.

import { cut, fromText, lowerAscii, percentDecode, trimBlanks, upperAscii, utf8, utf8Lossy } from './bytes.js';
import { equalSecretly, hmacSha256, md5Base64 } from './crypto.js';
import { refuse } from './refusal.js';

/** @import { Key, KeySet } from './keys.js' */
/** @import { Request } from './request.js' */

/** @type {readonly import('./keys.js').Scheme[]} */
export const ALIBABA = ['alibaba-hmac-sha256'];
const SIGNATURE = 'x-ca-proxy-signature';
const SECRET_KEY = 'x-ca-proxy-signature-secret-key';
const SIGNED_HEADERS = 'x-ca-proxy-signature-headers';
const NAMES_MAX = 100;
const FORM = 'application/x-www-form-urlencoded';

/** @param {Request} request */
export function isTold(request) {
  return request.values(SIGNATURE).length > 0;
}

/**
 * The key that signed the request.
 * @param {Request} request
 * @param {KeySet} keys
 * @returns {Key}
 */
export function check(request, keys) {
  const signature = Buffer.from(request.text(SIGNATURE) ?? '');
  const signKey = request.text(SECRET_KEY);
  const names = listedNames(request.text(SIGNED_HEADERS) ?? '');
  const lines = headerLines(request, names);
  if (signKey === undefined) return refuse('signed_header_missing');
  const candidates = keys.usable(signKey, ALIBABA);
  const body = request.readBody();
  const stated = request.values('content-md5');
  if (stated.length > 0) {
    const digest = md5Base64(body);
    if (stated.some((one) => one !== digest)) refuse('body_digest_differs');
  }
  const text = stringToSign(request, lines, body);
  const signer = candidates.find((key) =>
    equalSecretly(Buffer.from(hmacSha256(key.secret(), text).toString('base64')), signature),
  );
  return signer ?? refuse('signature_differs');
}

/**
 * @param {Request} request
 * @param {string} lines those of the signed headers
 * @param {Uint8Array} body
 */
function stringToSign(request, lines, body) {
  const method = upperAscii(request.method);
  const form = isForm(request);
  const hasDigest = body.length > 0 && !form && (method === 'POST' || method === 'PUT');
  /** @type {Map<string, string>} */
  const params = new Map();
  addParams(request.query ?? '', params);
  if (form) addParams(Buffer.from(body).toString('latin1'), params);
  const head = `${method}\n${hasDigest ? md5Base64(body) : ''}\n${lines}${request.path}`;
  if (params.size === 0) return head;
  const pairs = [...params.keys()].sort().map((name) => `${name}=${params.get(name)}`);
  return `${head}?${fromText(pairs.join('&'))}`;
}

/** @param {string} listed */
function listedNames(listed) {
  const names = listed === '' ? [] : listed.split(',');
  const lower = new Set(names.map(lowerAscii));
  const isBad = lower.size !== names.length || lower.has('') || lower.has(SIGNATURE) || lower.has(SIGNED_HEADERS);
  if (names.length > NAMES_MAX || isBad) refuse('malformed');
  return names;
}

/**
 * A line for each signed header, ordered by the spelling in the list.
 * @param {Request} request
 * @param {string[]} names
 */
function headerLines(request, names) {
  let lines = '';
  let isListed = false;
  let isMissing = false;
  // Text is sorted by UTF-16 code unit.
  for (const name of [...names].sort()) {
    const lower = fromText(lowerAscii(name));
    isListed ||= lower === SECRET_KEY;
    const values = request.values(lower);
    if (values.length === 0) {
      isMissing = true;
      continue;
    }
    if (values.length > 1 || utf8(values[0]) === undefined) refuse('malformed');
    lines += `${lower}:${values[0]}\n`;
  }
  if (isMissing || !isListed) refuse('signed_header_missing');
  return lines;
}

/** @param {Request} request */
function isForm(request) {
  const [type] = request.values('content-type');
  return type !== undefined && lowerAscii(trimBlanks(cut(type, ';')[0])) === FORM;
}

/**
 * Adds what is in a query or a form; the first value of a name counts.
 * @param {string} raw
 * @param {Map<string, string>} params
 */
function addParams(raw, params) {
  if (raw === '') return;
  for (const piece of raw.split('&')) {
    const [name, value] = cut(piece, '=');
    const decoded = formDecode(name);
    if (decoded !== '' && !params.has(decoded)) params.set(decoded, formDecode(value ?? ''));
  }
}

/** @param {string} raw */
function formDecode(raw) {
  return utf8Lossy(percentDecode(raw.includes('+') ? raw.replaceAll('+', ' ') : raw));
}
