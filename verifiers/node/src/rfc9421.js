// HTTP message signatures (RFC 9421), as the gateway makes them: label `countersign`.

import { isAscii, lowerAscii, toBuffer } from './bytes.js';
import { equalSecretly, hmacSha256, sha256 } from './crypto.js';
import { refuse } from './refusal.js';
import { BadField, readDictionary, writeInnerList } from './structured.js';

/** @import { Key, KeySet } from './keys.js' */
/** @import { NonceMemory } from './nonces.js' */
/** @import { Request } from './request.js' */
/** @import { Bare, InnerList, Item } from './structured.js' */

/** @type {readonly import('./keys.js').Scheme[]} */
export const RFC9421 = ['rfc9421-hmac-sha256', 'rfc9421-key-pair'];
const LABEL = 'countersign';
const INPUT = 'signature-input';
const SIGNATURE = 'signature';
const DIGEST = 'content-digest';
const DERIVED = ['@method', '@authority', '@path', '@query'];
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const PRINTABLE = /^[\t -~]*$/;

/**
 * What a signature says of itself.
 * @typedef {object} Claim
 * @property {string[]} names
 * @property {string} params
 * @property {number} created
 * @property {number | undefined} expires
 * @property {string} keyId
 * @property {string} nonce
 * @property {string | undefined} algorithm
 * @property {Uint8Array} signature
 */

/**
 * Whether a request carries a signature of our label, or one that cannot be read.
 * @param {Request} request
 */
export function isTold(request) {
  if (request.values(INPUT).length === 0) return false;
  const members = dictionary(request, INPUT);
  return members === undefined || members.has(LABEL);
}

/**
 * The key that signed the request.
 * @param {Request} request
 * @param {KeySet} keys
 * @param {number} now
 * @param {{windowSecs: number, acceptUnsignedPayload: boolean, nonces: NonceMemory}} options
 * @returns {Key}
 */
export function check(request, keys, now, { windowSecs, acceptUnsignedPayload, nonces }) {
  const claim = read(request);
  const candidates = candidatesOf(request, keys, claim, acceptUnsignedPayload);
  const isExpired = claim.expires !== undefined && claim.expires < now;
  if (Math.abs(claim.created - now) > windowSecs || isExpired) refuse('expired');
  if (claim.names.includes(DIGEST) && !digestFits(request)) refuse('body_digest_differs');
  for (const base of bases(request, claim)) {
    const signer = candidates.find((key) => verifies(key, base, claim.signature));
    if (signer) return nonces.record(claim.keyId, claim.nonce, now) ? signer : refuse('replayed');
  }
  return refuse('signature_differs');
}

/**
 * @param {Request} request
 * @returns {Claim}
 */
function read(request) {
  const member = dictionary(request, INPUT)?.get(LABEL);
  const signature = dictionary(request, SIGNATURE)?.get(LABEL);
  if (!member || !('items' in member)) return refuse('malformed');
  if (!signature || !('value' in signature) || !(signature.value instanceof Uint8Array)) return refuse('malformed');
  const names = member.items.map(componentName);
  if (new Set(names).size !== names.length) refuse('malformed');
  request.text('host');
  const fields = ['host', ...names.filter((name) => !name.startsWith('@'))];
  if (!fields.every((name) => request.values(name).every((value) => PRINTABLE.test(value)))) refuse('malformed');
  textParam(member, 'tag');
  const created = integerParam(member, 'created');
  const keyId = textParam(member, 'keyid');
  const nonce = textParam(member, 'nonce');
  if (created === undefined || keyId === undefined || nonce === undefined) return refuse('malformed');
  return {
    names,
    params: writeInnerList(member),
    created,
    expires: integerParam(member, 'expires'),
    keyId,
    nonce,
    algorithm: textParam(member, 'alg'),
    signature: signature.value,
  };
}

/**
 * The keys to try, in the order of the refusals: `alg`, what is covered, the key.
 * @param {Request} request
 * @param {KeySet} keys
 * @param {Claim} claim
 * @param {boolean} acceptUnsigned
 */
function candidatesOf(request, keys, claim, acceptUnsigned) {
  let found;
  try {
    found = keys.usable(claim.keyId, RFC9421);
  } catch (refused) {
    checkCoverage(request, claim, acceptUnsigned);
    throw refused;
  }
  const fitting = claim.algorithm === undefined ? found : found.filter((key) => algorithmOf(key) === claim.algorithm);
  if (fitting.length === 0) refuse('malformed');
  checkCoverage(request, claim, acceptUnsigned);
  return fitting;
}

/** @param {Item} item */
function componentName({ value, params }) {
  if (typeof value !== 'string' || params.size > 0) return refuse('malformed');
  if (!DERIVED.includes(value) && !FIELD_NAME.test(value)) refuse('malformed');
  return value;
}

/**
 * @param {InnerList} member
 * @param {string} name
 */
function integerParam({ params }, name) {
  const value = params.get(name);
  return value === undefined || typeof value === 'number' ? value : refuse('malformed');
}

/**
 * @param {InnerList} member
 * @param {string} name
 */
function textParam({ params }, name) {
  const value = params.get(name);
  return value === undefined || typeof value === 'string' ? value : refuse('malformed');
}

/**
 * @param {Request} request
 * @param {Claim} claim
 * @param {boolean} acceptUnsigned
 */
function checkCoverage(request, claim, acceptUnsigned) {
  const wanted = ['@method', '@authority', '@path'];
  if (request.query !== undefined) wanted.push('@query');
  if (!acceptUnsigned && request.readBody().length > 0) wanted.push(DIGEST);
  const fields = [...claim.names.filter((name) => !name.startsWith('@')), 'host'];
  const isCovered = wanted.every((name) => claim.names.includes(name));
  if (!isCovered || fields.some((name) => request.values(name).length === 0)) refuse('signed_header_missing');
}

/** @param {Request} request */
function digestFits(request) {
  const member = dictionary(request, DIGEST)?.get('sha-256');
  if (!member || !('value' in member) || !(member.value instanceof Uint8Array)) return false;
  return sha256(request.readBody()).equals(member.value);
}

/**
 * The signature base, once for each authority that the signer may have written.
 * @param {Request} request
 * @param {Claim} claim
 */
function* bases(request, claim) {
  for (const authority of authorities(request)) {
    const lines = claim.names.map((name) => `"${name}": ${componentValue(request, name, authority)}`);
    yield toBuffer([...lines, `"@signature-params": ${claim.params}`].join('\n'));
  }
}

/**
 * @param {Request} request
 * @param {string} name
 * @param {string} authority
 */
function componentValue(request, name, authority) {
  switch (name) {
    case '@authority':
      return authority;
    case '@method':
      return request.method;
    case '@path':
      return request.path || '/';
    case '@query':
      return `?${request.query ?? ''}`;
    default:
      return joined(request, name);
  }
}

/** @param {Request} request */
function authorities(request) {
  const host = lowerAscii(request.values('host')[0]);
  const port = [':80', ':443'].find((one) => host.endsWith(one));
  return port === undefined ? [host] : [host.slice(0, -port.length), host];
}

/** @param {Key} key */
function algorithmOf(key) {
  return key.publicKey?.algorithm ?? 'hmac-sha256';
}

/**
 * @param {Key} key
 * @param {Uint8Array} base
 * @param {Uint8Array} signature
 */
function verifies(key, base, signature) {
  if (key.publicKey) return key.publicKey.verifies(base, signature);
  return equalSecretly(hmacSha256(key.secret(), base), signature);
}

/**
 * A field read as a dictionary, `undefined` if it is none.
 * @param {Request} request
 * @param {string} name
 */
function dictionary(request, name) {
  const text = joined(request, name);
  if (!isAscii(text)) return undefined;
  try {
    return readDictionary(text);
  } catch (why) {
    if (why instanceof BadField) return undefined;
    throw why;
  }
}

/**
 * All values of a field as one (RFC 9421 section 2.1).
 * @param {Request} request
 * @param {string} name
 */
function joined(request, name) {
  return request.values(name).join(', ');
}
