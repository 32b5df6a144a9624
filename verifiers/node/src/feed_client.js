import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { inspect } from 'node:util';

import { Key, parseQuietly } from './keys.js';

/** @import { IncomingMessage } from 'node:http' */

const PATH = '/api/v1/verifier/keys';
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;
const ANSWER_SECS_MAX = 10;

/** The feed gave no keys; says why, without the token. */
export class FeedFailed extends Error {}

/**
 * What the feed tells, and what in it could not be used.
 * @typedef {object} FeedDocument
 * @property {number} revision
 * @property {number} graceSecs
 * @property {Key[]} keys
 * @property {string[]} problems
 */
/**
 * @typedef {object} FeedAnswer
 * @property {FeedDocument} [document] left out if nothing changed
 * @property {string} [etag]
 */

/** Asks the feed at an address with a token, which is shown by no `inspect`. */
export class FeedClient {
  #token;
  #ca;

  /**
   * @param {string} address
   * @param {string} token
   * @param {string | Buffer} [ca] certificates that the gateway's is checked with, in PEM
   */
  constructor(address, token, ca) {
    const url = new URL(address);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      throw new TypeError("the feed's address is no http or https URL");
    }
    /** Where the feed is, without user and password. */
    this.url = `${url.origin}${url.pathname.replace(/\/+$/, '')}${PATH}`;
    this.#token = token;
    this.#ca = ca;
  }

  [inspect.custom]() {
    return `FeedClient { ${this.url} }`;
  }

  /**
   * Asks once; the answer may take `waitSecs` if `etag` still holds.
   * @param {object} question
   * @param {string} [question.etag]
   * @param {number} question.waitSecs
   * @param {number} [question.answerSecs] how much longer the answer may take
   * @param {AbortSignal} [question.signal]
   * @returns {Promise<FeedAnswer>} rejects with `FeedFailed`
   */
  async get({ etag, waitSecs, answerSecs = ANSWER_SECS_MAX, signal }) {
    const { status, headers, body } = await this.#ask(etag, waitSecs, waitSecs + answerSecs, signal);
    if (status === 304 && etag !== undefined) return { etag };
    if (status === 401) throw new FeedFailed('the feed refuses the token');
    if (status !== 200) throw new FeedFailed(`the feed answers ${status}`);
    return { document: readDocument(body), etag: headers.etag };
  }

  /**
   * @param {string | undefined} etag
   * @param {number} waitSecs
   * @param {number} timeoutSecs
   * @param {AbortSignal | undefined} signal
   * @returns {Promise<{status: number, headers: IncomingMessage['headers'], body: Buffer}>}
   */
  #ask(etag, waitSecs, timeoutSecs, signal) {
    /** @type {Record<string, string>} */
    const headers = { Authorization: `Bearer ${this.#token}`, Accept: 'application/json' };
    if (etag !== undefined) headers['If-None-Match'] = etag;
    return new Promise((resolve, reject) => {
      const fail = (/** @type {string} */ why) => {
        clearTimeout(timer);
        reject(new FeedFailed(why));
        request?.destroy();
      };
      // Neither the question nor its timer keeps a process alive that has nothing else to do.
      const timer = setTimeout(() => fail('the feed cannot be reached: timeout'), timeoutSecs * 1000).unref();
      /** @type {import('node:http').ClientRequest | undefined} */
      let request;
      try {
        const ask = this.url.startsWith('https:') ? requestHttps : requestHttp;
        const options = { headers, signal, agent: false, ...(this.#ca && { ca: this.#ca }) };
        request = ask(`${this.url}?wait=${waitSecs}`, options);
      } catch {
        // A token or an ETag that no header can hold; the error's text has it.
        fail('the feed cannot be asked: its token is no header value');
        return;
      }
      request.on('socket', (socket) => socket.unref());
      request.on('error', (why) => fail(`the feed cannot be reached: ${codeOf(why)}`));
      request.on('response', (response) => {
        /** @type {Buffer[]} */
        const pieces = [];
        let size = 0;
        response.on('data', (piece) => {
          size += piece.length;
          if (size > ANSWER_BYTES_MAX) fail("the feed's answer is too long");
          else pieces.push(piece);
        });
        response.on('error', (why) => fail(`the feed cannot be reached: ${codeOf(why)}`));
        response.on('end', () => {
          clearTimeout(timer);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) });
        });
      });
      request.end();
    });
  }
}

/**
 * Keys of a kind that this version does not know are left out and told of.
 * @param {Uint8Array} body
 * @returns {FeedDocument}
 * @throws {FeedFailed}
 */
export function readDocument(body) {
  /** @type {any} */
  let record;
  try {
    record = parseQuietly(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new FeedFailed("the feed's answer is no JSON");
  }
  if (!Array.isArray(record?.keys)) throw new FeedFailed("the feed's answer has no list of keys");
  const { revision = 0, grace_seconds: graceSecs = 0 } = record;
  if (!Number.isInteger(revision) || typeof graceSecs !== 'number' || graceSecs < 0) {
    throw new FeedFailed("the feed's answer has no revision or no time of grace");
  }
  /** @type {Key[]} */
  const keys = [];
  /** @type {string[]} */
  const problems = [];
  for (const [index, entry] of record.keys.entries()) {
    try {
      keys.push(new Key(entry));
    } catch (why) {
      problems.push(`key ${index}: ${why instanceof TypeError ? why.message : 'unusable'}`);
    }
  }
  return { revision, graceSecs, keys, problems };
}

/** @param {Error & {code?: string}} why */
function codeOf(why) {
  return why.code ?? why.name;
}
