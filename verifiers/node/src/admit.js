import { lowerAscii } from './bytes.js';
import { REFUSAL_HEADER } from './guard.js';
import { holdBody } from './held_body.js';
import { Request } from './request.js';

/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @import { Guard } from './guard.js' */
/** @import { Refusal } from './refusal.js' */

/**
 * What all adapters share: reads the body where there is something to check, verifies, and
 * puts `countersign`, `rawBody` and the header of observe mode on the request.
 * @param {Guard} guard
 * @param {IncomingMessage} req
 * @param {string} target as received
 * @param {(req: IncomingMessage, bytesMax: number) => Promise<Buffer | null>} [readBody]
 * @returns {Promise<Refusal | undefined>} the refusal to answer with; rejects with `BodyAborted`
 */
export async function admit(guard, req, target, readBody = holdBody) {
  const request = new Request({
    method: req.method ?? '',
    target: originForm(target),
    headers: pairs(req.rawHeaders),
  });
  if (guard.needsBody(request)) {
    const body = await readBody(req, guard.bodyMax);
    request.body = body;
    if (body) req.rawBody = body;
  }
  const verdict = await guard.verify(request);
  if (verdict.refusal !== undefined && !guard.observe) return verdict.refusal;
  req.countersign = verdict;
  setRefusalHeader(req, verdict.refusal);
  return undefined;
}

/**
 * Without scheme and authority, which a proxy's request has.
 * @param {string} target
 */
function originForm(target) {
  const found = /^https?:\/\/[^/?]*/i.exec(target);
  if (!found) return target;
  const rest = target.slice(found[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/**
 * @param {readonly string[]} raw names and values in turn
 * @returns {Iterable<[string, string]>}
 */
function* pairs(raw) {
  for (let at = 0; at + 1 < raw.length; at += 2) yield [raw[at], raw[at + 1]];
}

/**
 * Puts in what would have been refused, and takes out what a client says of it.
 * @param {IncomingMessage} req
 * @param {Refusal | undefined} refusal
 */
function setRefusalHeader(req, refusal) {
  const name = lowerAscii(REFUSAL_HEADER);
  // Node makes these of the raw ones when they are first asked for, and counts on their
  // number. Before 18.3 it has no `headersDistinct`.
  const { headers, headersDistinct = {}, rawHeaders } = req;
  delete headers[name];
  delete headersDistinct[name];
  req.rawHeaders = [...pairs(rawHeaders)].filter(([one]) => lowerAscii(one) !== name).flat();
  if (refusal === undefined) return;
  headers[name] = refusal;
  headersDistinct[name] = [refusal];
  req.rawHeaders.push(REFUSAL_HEADER, refusal);
}

/**
 * The headers and the body of the answer 401.
 * @param {Refusal} refusal
 */
export function answerOf(refusal) {
  const body = JSON.stringify({ error: refusal });
  /** @type {Record<string, string | number>} */
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    [REFUSAL_HEADER]: refusal,
  };
  // The rest of the body is not read, so nothing can come behind it.
  if (refusal === 'body_too_large') headers.Connection = 'close';
  return { headers, body };
}

/**
 * @param {ServerResponse} res
 * @param {Refusal} refusal
 */
export function refuseWith(res, refusal) {
  const { headers, body } = answerOf(refusal);
  res.writeHead(401, headers);
  res.end(body);
}
