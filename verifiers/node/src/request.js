import { asLatin1, cut, lowerAscii, trimBlanks, utf8 } from './bytes.js';
import { refuse } from './refusal.js';

/**
 * A request as received, nothing decoded. Text is one character a byte (Latin-1), as
 * `node:http` has it.
 * @typedef {object} RequestParts
 * @property {string} method
 * @property {string} target path and query: `req.url` before any router changed it
 * @property {Iterable<readonly [name: string | Uint8Array, value: string | Uint8Array]>} headers
 *   repeats kept
 * @property {Uint8Array | null} [body] `null` if it is beyond the limit and was not read;
 *   empty if left out
 */

/** A request as a verifier sees it. */
export class Request {
  /** @type {Map<string, string[]>} */
  #headers = new Map();

  /** @param {RequestParts} parts */
  constructor({ method, target, headers, body = new Uint8Array() }) {
    this.method = asLatin1(method);
    this.target = asLatin1(target);
    const [path, query] = cut(this.target, '?');
    this.path = path;
    /** `undefined` without a `?`. */
    this.query = query;
    this.body = body;
    for (const [name, value] of headers) {
      const key = lowerAscii(asLatin1(name));
      const values = this.#headers.get(key);
      const trimmed = trimBlanks(asLatin1(value));
      if (values) values.push(trimmed);
      else this.#headers.set(key, [trimmed]);
    }
  }

  /**
   * The values of a header, without blanks around, one character a byte.
   * @param {string} name in lower case
   * @returns {readonly string[]}
   */
  values(name) {
    return this.#headers.get(name) ?? NONE;
  }

  /**
   * The text of a header that may occur once, `undefined` if it does not. Refuses as
   * `malformed` if it occurs more often or is not UTF-8.
   * @param {string} name in lower case
   */
  text(name) {
    const values = this.values(name);
    if (values.length === 0) return undefined;
    if (values.length > 1) refuse('malformed');
    return utf8(values[0]) ?? refuse('malformed');
  }

  /** The body; a scheme is only asked once it is known to be there. */
  readBody() {
    return this.body ?? refuse('body_too_large');
  }
}

/** @type {readonly string[]} */
const NONE = Object.freeze([]);
