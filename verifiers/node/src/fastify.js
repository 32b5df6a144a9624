/// <reference path="../augment/fastify.d.ts" preserve="true" />

import { admit, answerOf } from './admit.js';
import { BodyAborted } from './held_body.js';

/** @import { IncomingMessage } from 'node:http' */
/** @import { Guard } from './guard.js' */

/**
 * As much of Fastify as the plugin uses, so that its types are not needed.
 * @typedef {object} Instance
 * @property {(name: any, value?: any) => unknown} decorateRequest
 * @property {(name: 'onRequest', hook: (request: any, reply: any) => Promise<unknown>) => unknown} addHook
 */

/**
 * Plugin for Fastify, for the instance it is registered with and all below:
 * `request.countersign` is the verdict and `request.rawBody` the body, which Fastify's
 * parsers read as ever.
 * @param {Instance} instance
 * @param {{guard: Guard}} options
 * @returns {Promise<void>}
 */
export async function countersign(instance, { guard }) {
  instance.decorateRequest('countersign', null);
  instance.decorateRequest('rawBody', null);
  instance.addHook('onRequest', async (request, reply) => {
    /** @type {IncomingMessage} */
    const raw = request.raw;
    let refusal;
    try {
      // `url` of the raw request may have been rewritten.
      refusal = await admit(guard, raw, request.originalUrl ?? raw.url ?? '');
    } catch (why) {
      if (!(why instanceof BodyAborted)) throw why;
      reply.hijack();
      raw.destroy();
      return undefined;
    }
    if (refusal === undefined) {
      request.countersign = raw.countersign ?? null;
      request.rawBody = raw.rawBody ?? null;
      return undefined;
    }
    const { headers, body } = answerOf(refusal);
    // To a text Fastify would add a charset.
    return reply.code(401).headers(headers).send(Buffer.from(body));
  });
}

// Without a scope of its own: what it protects is outside of it.
Object.assign(countersign, {
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'countersign-verifier',
});

export default countersign;
