/**
 * What is told to metrics and logs. `observed` would have been refused. Holds no secret
 * and nothing of a body.
 * @typedef {object} Event
 * @property {'verified' | 'refused' | 'observed' | 'feed_failed' | 'keys_changed' | 'key_unusable'} kind
 * @property {import('./refusal.js').Refusal} [refusal]
 * @property {string} [signKey] of a verified request
 * @property {import('./keys.js').Scheme} [scheme] of a verified request
 * @property {string} [detail] of the feed
 */
/** @typedef {(event: Event) => void} EventHook */

/** Counts events by kind and refusal. `record` is a hook. */
export class Counts {
  /** @type {Map<string, number>} */
  #counts = new Map();

  /** @type {EventHook} */
  record = ({ kind, refusal }) => {
    const name = refusal === undefined ? kind : `${kind} ${refusal}`;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  };

  /**
   * The counts so far, such as `{"verified": 2, "refused expired": 1}`.
   * @returns {Record<string, number>}
   */
  snapshot() {
    return Object.fromEntries(this.#counts);
  }
}

/**
 * Writes what someone should see to standard error: the hook if there is no other.
 * @type {EventHook}
 */
export function logEvent({ kind, refusal, detail }) {
  if (kind !== 'verified' && kind !== 'keys_changed') console.warn(`countersign: ${kind}: ${refusal ?? detail ?? ''}`);
}

/**
 * Hands an event to a hook, whose exceptions stop here.
 * @param {EventHook} hook
 * @param {Event} event
 */
export function report(hook, event) {
  try {
    hook(event);
  } catch (why) {
    console.error('countersign: the hook failed:', why);
  }
}
