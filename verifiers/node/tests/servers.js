// Real servers on ports of their own, and a client that sends what it is told.

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';

import express from 'express';
import fastify from 'fastify';

import { countersign as expressCountersign } from 'countersign-verifier/express';
import { countersign as fastifyCountersign } from 'countersign-verifier/fastify';
import { protect } from 'countersign-verifier/http';

// Some vectors have longer headers than Node takes by default.
const OPTIONS = { maxHeaderSize: 512 * 1024 };

/** What an application can know, the body as it comes out of the stream. */
function seen(req, streamed) {
  const { countersign: verdict } = req;
  return {
    verified: verdict.verified,
    key: verdict.signKey,
    would: req.headers['x-countersign-refusal'] ?? '',
    body: sha256Hex(streamed),
    raw: req.rawBody ? sha256Hex(req.rawBody) : null,
  };
}

export function sha256Hex(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The three adapters: each makes a request listener for a guard. */
export const ADAPTERS = {
  http: (guard) =>
    protect(guard, (req, res) => {
      const pieces = [];
      req.on('data', (piece) => pieces.push(piece));
      req.on('end', () => res.end(JSON.stringify(seen(req, Buffer.concat(pieces)))));
    }),
  express: (guard) => {
    const app = express();
    app.use(expressCountersign(guard));
    app.use(express.raw({ type: () => true, limit: '20mb', inflate: false }));
    app.use((req, res) => {
      res.json(seen(req, Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0)));
    });
    // A coding that Express does not undo is no matter of the signature.
    app.use((why, req, res, _next) => res.json({ ...seen(req, req.rawBody ?? ''), error: why.type }));
    return app;
  },
};

/** Listens with a request listener; `done` is called with the port. */
export async function serving(listener, done, options = OPTIONS) {
  const server = listener instanceof Function ? createServer(options, listener) : listener;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await done(server.address().port);
  } finally {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
}

/** Serves with Fastify; `done` is called with the port. */
export async function servingFastify(guard, done) {
  const app = fastify({ http: OPTIONS, bodyLimit: 20 << 20, exposeHeadRoutes: false });
  app.register(fastifyCountersign, { guard });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, parsed) => parsed(null, body));
  const decorated = ({ countersign, rawBody, raw }) =>
    countersign === raw.countersign && rawBody === (raw.rawBody ?? null);
  const answer = async (request) => ({ ...seen(request.raw, request.body ?? ''), decorated: decorated(request) });
  app.setNotFoundHandler(answer);
  app.all('*', answer);
  // A type that Fastify does not read is no matter of the signature.
  app.setErrorHandler(async (why, request, reply) => {
    reply.code(200);
    return { ...seen(request.raw, request.rawBody ?? ''), decorated: decorated(request), error: why.code };
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  try {
    return await done(app.server.address().port);
  } finally {
    app.server.closeAllConnections();
    await app.close();
  }
}

/** Runs a check against all three. */
export async function withAll(guard, check) {
  for (const [name, make] of Object.entries(ADAPTERS)) await serving(make(guard), (port) => check(port, name));
  await servingFastify(guard, (port) => check(port, 'fastify'));
}

/** Sends exactly this, with a framing header, and reads to the end. */
export async function send(port, { method, target, headers, body = Buffer.alloc(0), chunks }) {
  const names = headers.map(([name]) => name.toLowerCase());
  const lines = [`${method} ${target} HTTP/1.1`];
  // In front, for Node looks for it among the first thousand headers.
  if (!names.includes('host')) lines.push('Host: a');
  lines.push(...headers.map(([name, value]) => `${name}: ${value}`));
  let sent = Buffer.from(body);
  if (chunks) {
    lines.push('Transfer-Encoding: chunked');
    const framed = chunks.map((chunk) => [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')]);
    sent = Buffer.concat([...framed.flat(), Buffer.from('0\r\n\r\n')]);
  } else if (sent.length > 0 || ['POST', 'PUT', 'PATCH'].includes(method)) {
    lines.push(`Content-Length: ${sent.length}`);
  }
  lines.push('Connection: close', '', '');
  const socket = connect(port, '127.0.0.1');
  // A server that does not read a body may reset the connection after its answer.
  socket.on('error', () => {});
  socket.write(lines.join('\r\n'), 'latin1');
  socket.write(sent);
  return readAnswer(socket);
}

/** Reads an answer to the end of the connection. */
export async function readAnswer(socket) {
  const pieces = [];
  socket.on('data', (piece) => pieces.push(piece));
  await once(socket, 'close');
  const raw = Buffer.concat(pieces).toString('latin1');
  const end = raw.indexOf('\r\n\r\n');
  if (end < 0) throw new Error(`no answer: ${raw}`);
  const [first, ...lines] = raw.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = raw.slice(end + 4);
  return { status: Number(first.split(' ')[1]), headers, body, json: () => JSON.parse(body) };
}
