// What the plugin puts on a request.

import type { Verdict } from 'countersign-verifier';

declare module 'fastify' {
  interface FastifyRequest {
    /** Verified or not, sign key, key's name and version, scheme. */
    countersign: Verdict | null;
    /** The body, where it was read to be checked; Fastify's parsers get it too. */
    rawBody: Buffer | null;
  }
}
