import { sha256 } from './crypto.js';

/**
 * Remembers which (key id, nonce) pairs were used.
 *
 * Each is kept for `windowSecs` after the request that recorded it: twice the clock's
 * window, for a request may be dated that far ahead. Pairs are kept as SHA-256 digests, so
 * memory is bounded however long a nonce is: about 200 bytes each. A full memory takes no
 * more, since to forget a pair would allow a replay. Each process has its own.
 */
export class NonceMemory {
  #windowSecs;
  #capacity;
  /** @type {Map<string, number>} */
  #recorded = new Map();
  // A queue of its own: to find the oldest entry of a `Map`, V8 walks over those deleted.
  /** @type {{pair: string, at: number}[]} */
  #queue = [];
  #head = 0;

  /**
   * @param {number} [windowSecs]
   * @param {number} [capacity] pairs
   */
  constructor(windowSecs = 1800, capacity = 1_000_000) {
    this.#windowSecs = windowSecs;
    this.#capacity = capacity;
  }

  /**
   * Records a pair; `false` if it is remembered already or there is no room. Only for a
   * request whose signature fits, or strangers could fill the memory.
   * @param {string} keyId
   * @param {string} nonce
   * @param {number} now seconds since 1970
   */
  record(keyId, nonce, now) {
    // The length keeps ("ab", "c") and ("a", "bc") apart.
    const pair = sha256(Buffer.from(`${keyId.length}:${keyId}${nonce}`)).toString('latin1');
    this.#forgetExpired(now);
    const at = this.#recorded.get(pair);
    if (at !== undefined && !this.#isExpired(at, now)) return false;
    if (this.size >= this.#capacity) return false;
    this.#recorded.set(pair, now);
    this.#queue.push({ pair, at: now });
    return true;
  }

  /** How many pairs are held, expired ones not yet dropped included. */
  get size() {
    return this.#queue.length - this.#head;
  }

  /** @param {number} now */
  #forgetExpired(now) {
    // Behind a clock that was set back a younger entry may hide an older one; that one
    // is then kept longer, never shorter.
    while (this.size > 0 && this.#isExpired(this.#queue[this.#head].at, now)) {
      const { pair, at } = this.#queue[this.#head++];
      if (this.#recorded.get(pair) === at) this.#recorded.delete(pair);
    }
    if (this.#head > 1024 && this.#head > this.#queue.length / 2) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  /**
   * @param {number} at
   * @param {number} now
   */
  #isExpired(at, now) {
    return now - at > this.#windowSecs;
  }
}
