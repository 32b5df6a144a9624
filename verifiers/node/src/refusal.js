/** Why a request is refused: the names are the same in every language, header, log and metric. */
export const REFUSALS = Object.freeze(
  /** @type {const} */ ([
    'no_signature',
    'body_too_large',
    'malformed',
    'signed_header_missing',
    'unknown_sign_key',
    'retired_sign_key',
    'expired',
    'body_digest_differs',
    'signature_differs',
    'replayed',
  ]),
);

/** @typedef {typeof REFUSALS[number]} Refusal */

/** Thrown by the checks of the schemes; `Verifier.check` makes a verdict of it. */
export class SignatureRefused {
  // No `Error`: a refusal is an answer, and a stack for each would cost more than the check.
  /** @param {Refusal} refusal */
  constructor(refusal) {
    this.refusal = refusal;
  }
}

/**
 * @param {Refusal} refusal
 * @returns {never}
 */
export function refuse(refusal) {
  throw new SignatureRefused(refusal);
}
