/** @import { IncomingMessage } from 'node:http' */

/** The client went away before its body was there. */
export class BodyAborted extends Error {}

/**
 * Reads the body and puts it back, so that whoever reads the request next has all of it.
 * `null` if it is longer than `bytesMax`: what was read is put back too, and the rest is
 * left where it is.
 * @param {IncomingMessage} req that nobody reads
 * @param {number} bytesMax
 * @returns {Promise<Buffer | null>} rejects with `BodyAborted`, or `Error` if someone read it
 */
export async function holdBody(req, bytesMax) {
  if (Number(req.headers['content-length']) > bytesMax) return null;
  if (req.readableDidRead) throw new Error('the body was read before it could be checked: put the check first');
  // No header tells that there is no body: Node drops those behind the first thousand.
  return req.complete ? readBuffered(req, bytesMax) : readAsItComes(req, bytesMax);
}

/**
 * @param {IncomingMessage} req all of which has come
 * @param {number} bytesMax
 */
function readBuffered(req, bytesMax) {
  const body = Buffer.concat(drain(req));
  // In the same tick, so the stream does not notice that it was at its end.
  if (body.length > 0) req.unshift(body);
  return body.length > bytesMax ? null : body;
}

/**
 * A stream that has told its end takes nothing back. So the end is kept from it until
 * the body is.
 * @param {IncomingMessage} req
 * @param {number} bytesMax
 * @returns {Promise<Buffer | null>}
 */
function readAsItComes(req, bytesMax) {
  return new Promise((resolve, reject) => {
    /** @type {Buffer[]} */
    const pieces = [];
    let size = 0;

    const restore = () => {
      req.off('readable', take);
      req.off('close', abort);
      Reflect.deleteProperty(req, 'push');
      const body = Buffer.concat(pieces);
      if (body.length > 0) req.unshift(body);
      return body;
    };
    const take = () => {
      for (const piece of drain(req)) {
        pieces.push(piece);
        size += piece.length;
      }
      if (size > bytesMax) {
        restore();
        resolve(null);
      }
    };
    const end = () => {
      take();
      const body = size > bytesMax ? null : restore();
      // What `on` and `off` have put off comes first: it would read, and where nothing is
      // buffered tell the end to nobody.
      process.nextTick(() => {
        req.push(null);
        resolve(body);
      });
    };
    const abort = () => {
      Reflect.deleteProperty(req, 'push');
      req.off('readable', take);
      reject(new BodyAborted());
    };

    req.push = function push(piece, encoding) {
      if (piece !== null) return Object.getPrototypeOf(this).push.call(this, piece, encoding);
      end();
      return false;
    };
    req.once('close', abort);
    req.on('readable', take);
  });
}

/**
 * What is buffered. To read where nothing is would tell a stream that it is at its end.
 * @param {IncomingMessage} req
 * @returns {Buffer[]}
 */
function drain(req) {
  const pieces = [];
  while (req.readableLength > 0) {
    const piece = req.read();
    if (piece === null) break;
    pieces.push(piece);
  }
  return pieces;
}
