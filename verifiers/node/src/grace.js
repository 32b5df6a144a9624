import { KeySet } from './keys.js';

/** @import { Key } from './keys.js' */
/** @import { FeedDocument } from './feed_client.js' */

/** The keys of the last document, and those that were active before it for the time of grace. */
export class Grace {
  /** @type {FeedDocument | undefined} */
  #document;
  /** @type {{key: Key, until: number}[]} */
  #leaving = [];
  #keys = new KeySet();

  /** The revision of the last document, if there is any. */
  get revision() {
    return this.#document?.revision;
  }

  /**
   * Takes a new document.
   * @param {FeedDocument} document
   * @param {number} now seconds of a clock that is never set
   */
  replace(document, now) {
    const until = now + document.graceSecs;
    const before = this.#document?.keys ?? [];
    const left = before.filter((key) => key.state === 'active').map((key) => ({ key, until }));
    const isUsable = (/** @type {Key} */ key) => document.keys.some((one) => one.state !== 'retired' && one.isSame(key));
    /** @type {{key: Key, until: number}[]} */
    const leaving = [];
    // Who is leaving already keeps the end of its time.
    for (const entry of [...this.#leaving, ...left]) {
      const isKnown = leaving.some(({ key }) => key.isSame(entry.key));
      if (entry.until > now && !isKnown && !isUsable(entry.key)) leaving.push(entry);
    }
    this.#document = document;
    this.#leaving = leaving;
    this.#build();
  }

  /**
   * The keys at a moment; the same object as long as they are the same.
   * @param {number} now
   */
  keys(now) {
    if (this.#leaving.some(({ until }) => until <= now)) {
      this.#leaving = this.#leaving.filter(({ until }) => until > now);
      this.#build();
    }
    return this.#keys;
  }

  #build() {
    this.#keys = new KeySet([...(this.#document?.keys ?? []), ...this.#leaving.map(({ key }) => key)]);
  }
}
