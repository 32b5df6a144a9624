import { inspect } from 'node:util';

import { logEvent, report } from './events.js';
import { FeedClient, FeedFailed } from './feed_client.js';
import { Grace } from './grace.js';

/** @import { EventHook } from './events.js' */
/** @import { FeedAnswer, FeedDocument } from './feed_client.js' */
/** @import { KeySet } from './keys.js' */

const POLL_SECS = 25;
const BACK_OFF_FIRST_SECS = 0.1;
const BACK_OFF_MAX_SECS = 5;
const QUESTION_EVERY_SECS = 0.1;
export const QUESTION_WAIT_SECS = 2;

/**
 * @typedef {object} KeyFeedOptions
 * @property {EventHook} [onEvent] standard error if left out
 * @property {string | Buffer} [ca] certificates that the gateway's is checked with, in PEM
 * @property {number} [pollSecs] how long a question may wait for a change; 25
 * @property {() => number} [clock] seconds of a clock that is never set
 */

/**
 * The keys that the gateway tells, kept up to date by questions that wait for changes.
 *
 * The last good keys serve while the gateway is away. Asking starts when keys are first
 * wanted, and keeps no process alive. One is enough for a process.
 */
export class KeyFeed {
  #client;
  #pollSecs;
  #onEvent;
  #clock;
  #grace = new Grace();
  /** @type {string | undefined} */
  #etag;
  /** @type {number | undefined} */
  #answered;
  #received = 0;
  #changes = 0;
  #isStarted = false;
  #closing = new AbortController();
  /** The question that has not begun. @type {Deferred<boolean> | undefined} */
  #waiting;
  #isAsking = false;
  #askedLast = -Infinity;
  /** @type {Deferred<void>} */
  #ready = deferred();

  /**
   * @param {string} address of the gateway's management API, such as `https://gateway.example:9443`
   * @param {string} token the verifier's own
   * @param {KeyFeedOptions} [options]
   */
  constructor(address, token, { onEvent = logEvent, ca, pollSecs = POLL_SECS, clock = monotonic } = {}) {
    this.#client = new FeedClient(address, token, ca);
    this.#pollSecs = pollSecs;
    this.#onEvent = onEvent;
    this.#clock = clock;
  }

  [inspect.custom]() {
    return `KeyFeed { ${this.#client.url} }`;
  }

  /** The keys now, those in their time of grace included. */
  current() {
    this.#start();
    return this.#grace.keys(this.#clock());
  }

  /** Seconds since the feed last answered, `undefined` before it did. */
  ageSecs() {
    return this.#answered === undefined ? undefined : Math.max(0, this.#clock() - this.#answered);
  }

  /**
   * Whether the feed has told keys; waits for them no longer than `timeoutSecs`.
   * @param {number} timeoutSecs
   */
  async ready(timeoutSecs) {
    this.#start();
    return within(timeoutSecs, this.#ready.promise.then(() => true));
  }

  /**
   * Asks the feed, unless its keys are others than `seen` already. Resolves to whether they
   * changed, after 2 s at the latest; by a question that began after this call, or by any
   * that brings news meanwhile.
   *
   * All who ask meanwhile share one question.
   * @param {KeySet} seen
   * @returns {Promise<boolean>}
   */
  async ask(seen) {
    if (this.current() !== seen) return true;
    if (this.#closing.signal.aborted) return false;
    this.#waiting ??= deferred();
    const answer = this.#waiting.promise;
    void this.#answer();
    return within(QUESTION_WAIT_SECS, answer);
  }

  /** Ends all questions. The last keys stay, and nobody asks for others. */
  close() {
    this.#closing.abort();
    this.#waiting?.resolve(false);
    this.#waiting = undefined;
  }

  #start() {
    if (this.#isStarted) return;
    this.#isStarted = true;
    void this.#poll();
  }

  async #poll() {
    const { signal } = this.#closing;
    let backOff = 0;
    while (!signal.aborted) {
      let began = monotonic();
      let pause;
      try {
        // The first answer is wanted at once.
        const waitSecs = this.#etag === undefined ? 0 : this.#pollSecs;
        const hasChanged = this.#take(await this.#client.get({ etag: this.#etag, waitSecs, signal }), began);
        backOff = 0;
        // A feed that does not wait is not asked without a pause.
        pause = hasChanged && this.#etag !== undefined ? 0 : QUESTION_EVERY_SECS;
      } catch (why) {
        this.#tellFailure(why);
        backOff = Math.min(BACK_OFF_MAX_SECS, 2 * backOff || BACK_OFF_FIRST_SECS);
        began = monotonic();
        pause = backOff;
      }
      await sleepUntil(began + pause, signal);
    }
  }

  /** Asks for those who wait, one question after another, as long as there are any. */
  async #answer() {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { signal } = this.#closing;
    while (this.#waiting && !signal.aborted) {
      await sleepUntil(this.#askedLast + QUESTION_EVERY_SECS, signal);
      const question = this.#waiting;
      this.#waiting = undefined;
      // The poll was faster.
      if (!question) break;
      this.#askedLast = monotonic();
      const changes = this.#changes;
      try {
        const answer = { etag: this.#etag, waitSecs: 0, answerSecs: QUESTION_WAIT_SECS, signal };
        this.#take(await this.#client.get(answer), this.#askedLast);
      } catch (why) {
        this.#tellFailure(why);
      }
      // Or the poll has brought the news meanwhile.
      question.resolve(this.#changes !== changes);
    }
    this.#isAsking = false;
  }

  /**
   * Takes the answer to a question that began then; whether it changed the keys.
   * @param {FeedAnswer} answer
   * @param {number} began
   */
  #take({ document, etag }, began) {
    this.#answered = this.#clock();
    this.#ready.resolve();
    if (document === undefined || this.#isOld(document, etag, began)) return false;
    this.#grace.replace(document, this.#clock());
    this.#etag = etag;
    this.#received = monotonic();
    this.#changes++;
    for (const problem of document.problems) report(this.#onEvent, { kind: 'key_unusable', detail: problem });
    report(this.#onEvent, { kind: 'keys_changed', detail: `${document.keys.length} keys` });
    // Who waits for a question learns at once.
    this.#waiting?.resolve(true);
    this.#waiting = undefined;
    return true;
  }

  /**
   * Whether another answer brought the same, or overtook this one.
   * @param {FeedDocument} document
   * @param {string | undefined} etag
   * @param {number} began
   */
  #isOld(document, etag, began) {
    if (etag !== undefined && etag === this.#etag) return true;
    // A gateway that was set up anew begins to count anew; only an answer that was on the
    // way while another came is an old one.
    const known = this.#grace.revision;
    return known !== undefined && document.revision < known && began < this.#received;
  }

  /** @param {unknown} why */
  #tellFailure(why) {
    if (this.#closing.signal.aborted) return;
    const detail = why instanceof FeedFailed ? why.message : String(why);
    report(this.#onEvent, { kind: 'feed_failed', detail });
  }
}

/**
 * @template T
 * @typedef {object} Deferred
 * @property {Promise<T>} promise
 * @property {(value: T) => void} resolve
 */

/**
 * @template T
 * @returns {Deferred<T>}
 */
function deferred() {
  /** @type {(value: T) => void} */
  let resolve = () => {};
  /** @type {Promise<T>} */
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function monotonic() {
  return performance.now() / 1000;
}

/**
 * What a promise resolves to, or `false` once the time is over.
 * @param {number} secs
 * @param {Promise<boolean>} promise
 * @returns {Promise<boolean>}
 */
async function within(secs, promise) {
  // Someone waits, so this timer does keep the process alive.
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<boolean>} */
  const over = new Promise((resolve) => {
    timer = setTimeout(resolve, secs * 1000, false);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {number} until
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function sleepUntil(until, signal) {
  const left = until - monotonic();
  if (left <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, left * 1000).unref();
    signal.addEventListener('abort', end);
  });
}
