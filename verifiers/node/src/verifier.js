import * as alibaba from './alibaba.js';
import * as basic from './basic.js';
import { isAscii, lowerAscii } from './bytes.js';
import * as huawei from './huawei.js';
import { NonceMemory } from './nonces.js';
import { refuse, SignatureRefused } from './refusal.js';
import * as rfc9421 from './rfc9421.js';

/** @import { Key, KeySet, Scheme } from './keys.js' */
/** @import { Refusal } from './refusal.js' */
/** @import { Request } from './request.js' */

export const BODY_BYTES_MAX = 10 * 1024 * 1024;
export const WINDOW_SECS = 900;

/**
 * What came out for a request that is verified.
 * @typedef {object} Verified
 * @property {true} verified
 * @property {undefined} [refusal]
 * @property {string} signKey
 * @property {string} keyName
 * @property {number} keyVersion
 * @property {Scheme} scheme
 */
/**
 * What came out for any other.
 * @typedef {object} Refused
 * @property {false} verified
 * @property {Refusal} refusal
 */
/** @typedef {Verified | Refused} Verdict */

/**
 * @typedef {object} VerifierOptions
 * @property {string} [header] carries Huawei's and basic signatures; `Authorization`
 * @property {boolean} [acceptUnsignedPayload] lets bodies stay out of a signature; `true`
 * @property {number} [bodyMax] bytes; 10 MiB
 * @property {number} [windowSecs] how far off a date may be; 900
 * @property {NonceMemory} [nonces] one of its own if left out
 */

/** Checks requests against keys: no clock, no socket. */
export class Verifier {
  #options;
  /** How many bytes of a body are read at most. */
  bodyMax;

  /** @param {VerifierOptions} [options] */
  constructor(options = {}) {
    const { header = 'Authorization', acceptUnsignedPayload = true, windowSecs = WINDOW_SECS } = options;
    const { bodyMax = BODY_BYTES_MAX, nonces = new NonceMemory(2 * windowSecs) } = options;
    this.bodyMax = bodyMax;
    this.#options = { header: lowerAscii(header), acceptUnsignedPayload, windowSecs, nonces };
  }

  /**
   * Whether a request carries a signature of a scheme that `keys` have, or of any scheme.
   * Needs no body.
   * @param {Request} request
   * @param {KeySet} [keys]
   */
  isTold(request, keys) {
    return this.#told(request, keys) !== undefined;
  }

  /**
   * Never throws for anything that a request holds.
   * @param {Request} request
   * @param {KeySet} keys
   * @param {number} now seconds since 1970
   * @returns {Verdict}
   */
  check(request, keys, now) {
    try {
      const told = this.#told(request, keys) ?? refuse('no_signature');
      if (request.body === null || request.body.length > this.bodyMax) refuse('body_too_large');
      if (!isAscii(request.target)) refuse('malformed');
      const { signKey, name, version, scheme } = told(request, keys, now);
      return Object.freeze({ verified: true, signKey, keyName: name, keyVersion: version, scheme });
    } catch (why) {
      if (!(why instanceof SignatureRefused)) throw why;
      return Object.freeze({ verified: false, refusal: why.refusal });
    }
  }

  /**
   * The check of the first scheme that the request carries.
   * @param {Request} request
   * @param {KeySet | undefined} keys
   * @returns {((request: Request, keys: KeySet, now: number) => Key) | undefined}
   */
  #told(request, keys) {
    const options = this.#options;
    const has = (/** @type {readonly Scheme[]} */ schemes) => keys === undefined || keys.hasAny(schemes);
    if (has(rfc9421.RFC9421) && rfc9421.isTold(request)) {
      return (one, known, now) => rfc9421.check(one, known, now, options);
    }
    if (has(alibaba.ALIBABA) && alibaba.isTold(request)) return alibaba.check;
    if (has(huawei.HUAWEI) && huawei.isTold(request, options.header)) {
      return (one, known, now) => huawei.check(one, known, now, options);
    }
    if (has(basic.BASIC) && basic.isTold(request, options.header)) {
      return (one, known) => basic.check(one, known, options);
    }
    return undefined;
  }
}
