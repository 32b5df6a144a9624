/// <reference path="../augment/http.d.ts" preserve="true" />

import { admit, refuseWith } from './admit.js';
import { BodyAborted } from './held_body.js';

/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { Guard } from './guard.js' */

/**
 * Middleware for Express, before any that reads the body: `req.countersign` is the verdict
 * and `req.rawBody` the body, which `express.json()` and others read as ever.
 * @param {Guard} guard
 * @returns {(req: IncomingMessage & {originalUrl?: string}, res: ServerResponse, next: (why?: unknown) => void) => void}
 */
export function countersign(guard) {
  return (req, res, next) => {
    // A router that is mounted has its own part of the path in `url`.
    admit(guard, req, req.originalUrl ?? req.url ?? '').then(
      (refusal) => (refusal === undefined ? next() : refuseWith(res, refusal)),
      (why) => (why instanceof BodyAborted ? res.destroy() : next(why)),
    );
  };
}
