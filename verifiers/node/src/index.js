/** Checks that a request came through a Countersign gateway. */

export { Counts, logEvent } from './events.js';
export { KeyFeed } from './feed.js';
export { Guard, REFUSAL_HEADER } from './guard.js';
export { Key, KeySet, SCHEMES } from './keys.js';
export { NonceMemory } from './nonces.js';
export { REFUSALS } from './refusal.js';
export { Request } from './request.js';
export { BODY_BYTES_MAX, Verifier, WINDOW_SECS } from './verifier.js';

/** @typedef {import('./events.js').Event} Event */
/** @typedef {import('./events.js').EventHook} EventHook */
/** @typedef {import('./feed.js').KeyFeedOptions} KeyFeedOptions */
/** @typedef {import('./guard.js').GuardOptions} GuardOptions */
/** @typedef {import('./keys.js').KeyRecord} KeyRecord */
/** @typedef {import('./keys.js').Scheme} Scheme */
/** @typedef {import('./keys.js').State} State */
/** @typedef {import('./refusal.js').Refusal} Refusal */
/** @typedef {import('./request.js').RequestParts} RequestParts */
/** @typedef {import('./verifier.js').Verdict} Verdict */
/** @typedef {import('./verifier.js').VerifierOptions} VerifierOptions */
