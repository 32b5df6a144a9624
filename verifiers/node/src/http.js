/// <reference path="../augment/http.d.ts" preserve="true" />

import { admit, answerOf, refuseWith } from './admit.js';
import { BodyAborted } from './held_body.js';

/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { Duplex } from 'node:stream' */
/** @import { Guard } from './guard.js' */

/**
 * Wraps a listener of `node:http` or `node:https`: requests that the gateway did not sign
 * are answered with 401 and do not reach it. `req.countersign` is the verdict and
 * `req.rawBody` the body, which the stream gives too.
 * @template {IncomingMessage} Req
 * @template {ServerResponse} Res
 * @param {Guard} guard
 * @param {(req: Req, res: Res) => unknown} listener
 * @returns {(req: Req, res: Res) => void}
 */
export function protect(guard, listener) {
  return (req, res) => {
    admit(guard, req, req.url ?? '').then(
      (refusal) => {
        if (refusal === undefined) return listener(req, res);
        return refuseWith(res, refusal);
      },
      (why) => fail(res, why),
    );
  };
}

/**
 * Wraps a listener of a server's `upgrade` event (WebSockets), which gets no other check:
 * the handshake has to be signed.
 * @param {Guard} guard
 * @param {(req: IncomingMessage, socket: Duplex, head: Buffer) => unknown} listener
 * @returns {(req: IncomingMessage, socket: Duplex, head: Buffer) => void}
 */
export function protectUpgrade(guard, listener) {
  return (req, socket, head) => {
    const drop = () => socket.destroy();
    socket.on('error', drop);
    admit(guard, req, req.url ?? '', noBody).then((refusal) => {
      socket.off('error', drop);
      if (refusal === undefined) return listener(req, socket, head);
      const { headers, body } = answerOf(refusal);
      const lines = Object.entries({ ...headers, Connection: 'close' }).map(([name, value]) => `${name}: ${value}`);
      socket.on('error', drop);
      socket.end(['HTTP/1.1 401 Unauthorized', ...lines, '', body].join('\r\n'));
      return undefined;
    }, drop);
  };
}

// What comes behind a handshake is of another protocol.
const noBody = async () => Buffer.alloc(0);

/**
 * @param {ServerResponse} res
 * @param {unknown} why
 */
function fail(res, why) {
  // Whose body breaks off hears no answer.
  if (!(why instanceof BodyAborted)) throw why;
  res.destroy();
}
