// What the adapters put on a request.

import type { Verdict } from 'countersign-verifier';

declare module 'http' {
  interface IncomingMessage {
    /** Verified or not, sign key, key's name and version, scheme. */
    countersign?: Verdict;
    /** The body, where it was read to be checked; the stream gives it once more. */
    rawBody?: Buffer;
  }
}
