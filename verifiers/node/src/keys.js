import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';

import { PublicKey } from './public_key.js';
import { refuse } from './refusal.js';

export const SCHEMES = Object.freeze(
  /** @type {const} */ ([
    'alibaba-hmac-sha256',
    'huawei-hmac-sha256',
    'basic',
    'rfc9421-hmac-sha256',
    'rfc9421-key-pair',
  ]),
);
const STATES = Object.freeze(/** @type {const} */ (['active', 'next', 'retired']));

/** @typedef {typeof SCHEMES[number]} Scheme how a gateway signs */
/** @typedef {typeof STATES[number]} State where a key is in its life */

/**
 * A key as a file or the feed has it.
 * @typedef {object} KeyRecord
 * @property {Scheme} scheme
 * @property {string} sign_key
 * @property {string | null} [secret]
 * @property {string | null} [public_key] Base64 of a SubjectPublicKeyInfo
 * @property {string | null} [name]
 * @property {number} [version]
 * @property {State} [state] `active` if left out
 */

/** One key. Its secret is shown by no `inspect` and no `JSON.stringify`. */
export class Key {
  #secret;

  /**
   * @param {KeyRecord} record
   * @throws {TypeError} for what is no key; the text has no secret in it
   */
  constructor(record) {
    if (record === null || typeof record !== 'object') throw new TypeError('a key that is no object');
    const signKey = textOf(record, 'sign_key');
    if (signKey === undefined) throw new TypeError('a key without sign_key');
    const { version = 0 } = record;
    if (!Number.isInteger(version)) throw new TypeError('version is no number');
    const secret = textOf(record, 'secret');
    const publicKey = textOf(record, 'public_key');

    this.scheme = oneOf(SCHEMES, 'scheme', textOf(record, 'scheme'));
    this.state = oneOf(STATES, 'state', textOf(record, 'state') ?? 'active');
    this.signKey = signKey;
    this.name = textOf(record, 'name') ?? '';
    this.version = version;
    this.publicKey = publicKey === undefined ? undefined : new PublicKey(publicKey);
    /** What a request names the key by: the sign key, or the thumbprint of a key pair. */
    this.keyId = this.publicKey?.thumbprint ?? signKey;
    this.#secret = Buffer.from(secret ?? '');
    Object.freeze(this);
    if (this.state === 'retired') return;
    if (this.scheme === 'rfc9421-key-pair') {
      if (!this.publicKey) throw new TypeError('a key pair without public_key');
    } else if (secret === undefined) {
      throw new TypeError('a key without secret');
    }
  }

  /** The bytes of the secret; empty for key pairs and retired keys. */
  secret() {
    return this.#secret;
  }

  /**
   * Whether two records are of the same key, whatever their states.
   * @param {Key} other
   */
  isSame(other) {
    return (
      this.scheme === other.scheme &&
      this.keyId === other.keyId &&
      this.signKey === other.signKey &&
      this.#secret.equals(other.#secret)
    );
  }

  [inspect.custom]() {
    return `Key { ${this.scheme} ${this.signKey}, version ${this.version}, ${this.state} }`;
  }
}

/** Keys by scheme and key id, as they are at one moment. Never changes. */
export class KeySet {
  /** @type {Map<string, Key[]>} an empty list: retired ones only */
  #usable = new Map();
  #schemes;

  /** @param {Iterable<Key | KeyRecord>} [keys] throws `TypeError` for what is no key */
  constructor(keys = []) {
    this.keys = Object.freeze(Array.from(keys, (key) => (key instanceof Key ? key : new Key(key))));
    this.#schemes = new Set(this.keys.map((key) => key.scheme));
    for (const key of this.keys) {
      const place = placeOf(key.scheme, key.keyId);
      const usable = this.#usable.get(place) ?? [];
      if (key.state !== 'retired') usable.push(key);
      this.#usable.set(place, usable);
    }
  }

  /**
   * Reads `{"keys": [...]}`.
   * @param {unknown} document parsed JSON
   * @throws {TypeError}
   */
  static fromJson(document) {
    const keys = /** @type {{keys?: unknown} | null} */ (document)?.keys;
    if (!Array.isArray(keys)) throw new TypeError('not an object with a list of keys');
    return new KeySet(keys);
  }

  /**
   * Reads a file of `{"keys": [...]}` at once, which is meant for the start of a process.
   * @param {string | URL} path
   * @throws {Error} of the file system, `SyntaxError` or `TypeError`
   */
  static fromFile(path) {
    return KeySet.fromJson(parseQuietly(readFileSync(path, 'utf8')));
  }

  /** @param {readonly Scheme[]} schemes */
  hasAny(schemes) {
    return schemes.some((scheme) => this.#schemes.has(scheme));
  }

  /**
   * The keys to try. Refuses as `unknown_sign_key` or `retired_sign_key` if there is none.
   * @param {string} keyId
   * @param {readonly Scheme[]} schemes
   * @returns {Key[]} at least one
   */
  usable(keyId, schemes) {
    let known = false;
    /** @type {Key[]} */
    const found = [];
    for (const scheme of schemes) {
      const keys = this.#usable.get(placeOf(scheme, keyId));
      known ||= keys !== undefined;
      if (keys) found.push(...keys);
    }
    if (found.length > 0) return found;
    return refuse(known ? 'retired_sign_key' : 'unknown_sign_key');
  }
}

/**
 * Parses JSON; the error has no piece of the text, for there are secrets in it.
 * @param {string} text
 * @returns {unknown}
 */
export function parseQuietly(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError('no JSON');
  }
}

/**
 * @param {Scheme} scheme
 * @param {string} keyId
 */
function placeOf(scheme, keyId) {
  return `${scheme} ${keyId}`;
}

/**
 * @param {KeyRecord} record
 * @param {keyof KeyRecord} member
 */
function textOf(record, member) {
  const value = record[member] ?? undefined;
  if (value === undefined) return undefined;
  // Half of a surrogate pair has no UTF-8, and would be signed as another character.
  if (typeof value !== 'string' || Buffer.from(value).toString() !== value) {
    throw new TypeError(`${member} is no text`);
  }
  return value;
}

/**
 * @template {string} T
 * @param {readonly T[]} known
 * @param {string} member
 * @param {string | undefined} value
 */
function oneOf(known, member, value) {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new TypeError(`no ${member} that is known`);
  return found;
}
