import { logEvent, report } from './events.js';
import { KeyFeed } from './feed.js';
import { KeySet } from './keys.js';
import { Request } from './request.js';
import { Verifier } from './verifier.js';

/** @import { EventHook } from './events.js' */
/** @import { KeyRecord } from './keys.js' */
/** @import { Refusal } from './refusal.js' */
/** @import { RequestParts } from './request.js' */
/** @import { Verdict, VerifierOptions } from './verifier.js' */

export const REFUSAL_HEADER = 'X-Countersign-Refusal';
/** @type {readonly Refusal[]} */
const ASK_AFTER = ['no_signature', 'unknown_sign_key', 'retired_sign_key', 'signature_differs'];

/**
 * @typedef {object} GuardSettings
 * @property {boolean} [observe] refuses nothing; `false`
 * @property {EventHook} [onEvent] standard error if left out
 * @property {() => number} [clock] seconds since 1970
 */
/** @typedef {VerifierOptions & GuardSettings} GuardOptions */

/** Says of requests whether they may pass: keys, clock, observe mode and events. */
export class Guard {
  #source;
  #verifier;
  #onEvent;
  #clock;

  /**
   * @param {KeyFeed | KeySet | Iterable<KeyRecord>} keys
   * @param {GuardOptions} [options]
   */
  constructor(keys, { observe = false, onEvent = logEvent, clock = () => Date.now() / 1000, ...options } = {}) {
    this.#source = keys instanceof KeyFeed || keys instanceof KeySet ? keys : new KeySet(keys);
    this.#verifier = new Verifier(options);
    this.observe = observe;
    this.#onEvent = onEvent;
    this.#clock = clock;
  }

  /** How many bytes of a body are read at most. */
  get bodyMax() {
    return this.#verifier.bodyMax;
  }

  /**
   * Whether a request carries anything to check, before its body is read.
   * @param {Request} request
   */
  needsBody(request) {
    return this.#verifier.isTold(request);
  }

  /**
   * The verdict; waits for the key feed where that may help. Never rejects for anything
   * that a request holds.
   * @param {Request | RequestParts} received
   * @returns {Promise<Verdict>}
   */
  async verify(received) {
    const request = received instanceof Request ? received : new Request(received);
    const keys = this.#keys();
    let verdict = this.#check(request, keys);
    if (this.#source instanceof KeyFeed && this.#shouldAsk(request, verdict) && (await this.#source.ask(keys))) {
      verdict = this.#check(request, this.#keys());
    }
    this.#tell(verdict);
    return verdict;
  }

  /** Seconds since the feed last answered; `undefined` without a feed, and before. */
  keyAgeSecs() {
    return this.#source instanceof KeyFeed ? this.#source.ageSecs() : undefined;
  }

  #keys() {
    return this.#source instanceof KeyFeed ? this.#source.current() : this.#source;
  }

  /**
   * @param {Request} request
   * @param {KeySet} keys
   */
  #check(request, keys) {
    return this.#verifier.check(request, keys, this.#clock());
  }

  /**
   * @param {Request} request
   * @param {Verdict} verdict
   */
  #shouldAsk(request, { refusal }) {
    // A request that is signed in a scheme without keys may be signed with a new key.
    return refusal !== undefined && ASK_AFTER.includes(refusal) && this.#verifier.isTold(request);
  }

  /** @param {Verdict} verdict */
  #tell(verdict) {
    if (verdict.verified) {
      report(this.#onEvent, { kind: 'verified', signKey: verdict.signKey, scheme: verdict.scheme });
    } else {
      report(this.#onEvent, { kind: this.observe ? 'observed' : 'refused', refusal: verdict.refusal });
    }
  }
}
