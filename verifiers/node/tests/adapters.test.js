// What the adapters do besides: bodies, observe mode, upgrades, events.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as requestHttp } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';

import { Counts, Guard } from 'countersign-verifier';
import { countersign } from 'countersign-verifier/express';
import { protect, protectUpgrade } from 'countersign-verifier/http';
import express from 'express';
import fastify from 'fastify';
import { countersign as plugin } from 'countersign-verifier/fastify';

import { ADAPTERS, readAnswer, send, serving, servingFastify, sha256Hex, withAll } from './servers.js';
import { active, signed } from './signing.js';

const KEYS = [active('k', 's')];
const quiet = { onEvent: () => {} };
const guardOf = (more) => new Guard(KEYS, { ...quiet, ...more });

test('a body in chunks comes whole', async () => {
  const chunks = [Buffer.alloc(70_000, 'a'), Buffer.from('b'), Buffer.alloc(300_000, 'c')];
  const body = Buffer.concat(chunks);
  const request = signed({ method: 'POST', body });
  await withAll(guardOf(), async (port) => {
    const answer = await send(port, { ...request, chunks });
    assert.equal(answer.status, 200);
    assert.deepEqual([answer.json().body, answer.json().raw], [sha256Hex(body), sha256Hex(body)]);
    const other = await send(port, { ...request, chunks: [...chunks, Buffer.from('d')] });
    assert.equal(other.headers['x-countersign-refusal'], 'signature_differs');
  });
});

test('a body that is empty and comes in chunks has an end', async () => {
  await withAll(guardOf(), async (port) => {
    const answer = await send(port, { ...signed({ method: 'POST' }), chunks: [] });
    assert.deepEqual([answer.status, answer.json().body], [200, sha256Hex('')]);
  });
});

test('a body of exactly the limit is read, one beyond it is not', async () => {
  await withAll(guardOf({ bodyMax: 1000 }), async (port) => {
    const body = Buffer.alloc(1000, 'x');
    assert.equal((await send(port, signed({ method: 'POST', body }))).status, 200);
    const request = signed({ method: 'POST', body: Buffer.alloc(1001, 'x') });
    for (const chunks of [undefined, [body, Buffer.from('x')], Array(40).fill(Buffer.alloc(60_000))]) {
      const answer = await send(port, { ...request, chunks });
      assert.equal(answer.status, 401);
      assert.equal(answer.headers['x-countersign-refusal'], 'body_too_large');
      assert.equal(answer.headers.connection, 'close');
    }
  });
});

test('a body of megabytes is given once more', async () => {
  const body = Buffer.alloc(9 << 20, 'xyz');
  await withAll(guardOf(), async (port) => {
    const answer = await send(port, signed({ method: 'POST', body }));
    assert.equal(answer.json().body, sha256Hex(body));
  });
});

test('a length behind a thousand headers is seen', async () => {
  const padding = Array.from({ length: 1100 }, (_, n) => [`X-${n}`, '1']);
  const request = signed({ method: 'POST' });
  await withAll(guardOf(), async (port) => {
    const headers = [...request.headers, ...padding];
    const planted = Buffer.from('planted');
    for (const one of [{ body: planted }, { chunks: [planted] }]) {
      const answer = await send(port, { ...request, headers, ...one });
      // Older Node drops headers, newer Node the request.
      if (answer.status !== 431) assert.equal(answer.headers['x-countersign-refusal'], 'signature_differs');
    }
  });
});

test('a connection serves one request after another', async () => {
  await withAll(guardOf(), async (port) => {
    const socket = connect(port, '127.0.0.1');
    const bodies = ['one', 'two', 'three'];
    for (const [n, body] of bodies.entries()) {
      const { headers } = signed({ method: 'POST', body });
      const last = n === bodies.length - 1 ? 'close' : 'keep-alive';
      const lines = [...headers, ['Host', 'a'], ['Content-Length', body.length], ['Connection', last]];
      socket.write(`POST /v1/orders HTTP/1.1\r\n${lines.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n${body}`);
    }
    const { body } = await readAnswer(socket);
    for (const one of bodies) assert.ok(body.includes(sha256Hex(one)), one);
  });
});

test('a client that goes away mid-body ends in nothing', async () => {
  for (const make of [...Object.values(ADAPTERS)]) {
    const server = createServer(make(guardOf()));
    await serving(server, async (port) => {
      const { headers } = signed({ method: 'POST', body: 'whole' });
      const socket = connect(port, '127.0.0.1');
      const lines = [...headers, ['Host', 'a'], ['Content-Length', 5]].map((line) => line.join(': '));
      socket.write(`POST /v1/orders HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\nwh`);
      const [req] = await once(server, 'request');
      // `once` would take the error of a request that breaks off for its own.
      const closed = new Promise((resolve) => req.on('close', resolve));
      socket.destroy();
      await closed;
      assert.equal((await send(port, signed())).status, 200);
    });
  }
});

test('observe mode lets all pass and tells', async () => {
  const counts = new Counts();
  const guard = guardOf({ bodyMax: 1000, observe: true, onEvent: counts.record });
  const good = signed({ method: 'POST', body: 'b' });
  const large = Buffer.alloc(200_000, 'y');
  await withAll(guard, async (port) => {
    const claims = { ...good, headers: [['X-Countersign-Refusal', 'expired'], ...good.headers] };
    let seen = (await send(port, claims)).json();
    assert.deepEqual([seen.verified, seen.would], [true, '']);
    seen = (await send(port, { ...claims, body: 'c' })).json();
    assert.deepEqual([seen.verified, seen.would, seen.body], [false, 'signature_differs', sha256Hex('c')]);
    for (const request of [{ ...good, body: large }, { ...good, chunks: [large.subarray(0, 900), large.subarray(900)] }]) {
      seen = (await send(port, request)).json();
      assert.deepEqual([seen.would, seen.body], ['body_too_large', sha256Hex(large)]);
    }
    seen = (await send(port, { method: 'PUT', target: '/', headers: [], body: 'plain' })).json();
    assert.deepEqual([seen.would, seen.body], ['no_signature', sha256Hex('plain')]);
  });
  assert.deepEqual(counts.snapshot(), {
    verified: 3,
    'observed signature_differs': 3,
    'observed body_too_large': 6,
    'observed no_signature': 3,
  });
});

test('what a client says of a refusal is taken out of every view of the headers', async () => {
  const views = (req, res) =>
    res.end(JSON.stringify([req.rawHeaders.join(), req.headers, req.headersDistinct ?? {}]).toLowerCase());
  await serving(protect(guardOf(), views), async (port) => {
    const request = signed();
    const headers = [['x-COUNTERSIGN-refusal', 'planted'], ...request.headers];
    assert.ok(!(await send(port, { ...request, headers })).body.includes('planted'));
  });
});

test('HEAD has no body in its answer', async () => {
  await withAll(guardOf(), async (port) => {
    const answer = await send(port, { method: 'HEAD', target: '/', headers: [] });
    assert.deepEqual([answer.status, answer.body], [401, '']);
    assert.equal(answer.headers['x-countersign-refusal'], 'no_signature');
  });
});

test('a hook that fails does no harm', async (t) => {
  t.mock.method(console, 'error', () => {});
  const guard = guardOf({
    onEvent: () => {
      throw new Error('planted');
    },
  });
  await withAll(guard, async (port) => assert.equal((await send(port, signed())).status, 200));
  assert.ok(console.error.mock.callCount() > 0);
});

test('a target in absolute form', async () => {
  await serving(ADAPTERS.http(guardOf()), async (port) => {
    const request = signed();
    for (const target of [`http://a.example:80${request.target}`, `HTTPS://a${request.target}`]) {
      assert.equal((await send(port, { ...request, target })).status, 200);
    }
    assert.equal((await send(port, { ...signed({ target: '/?' }), target: 'http://a?' })).status, 401);
    assert.equal((await send(port, { ...signed({ target: '/' }), target: 'http://a?' })).status, 200);
  });
});

test('a router that is mounted sees the whole path, and Express parsers get the body', async () => {
  const app = express();
  const router = express.Router();
  router.use(countersign(guardOf()));
  router.use(express.json());
  router.post('/orders', (req, res) => res.json({ url: req.url, body: req.body, key: req.countersign.signKey }));
  app.use('/v1', router);
  await serving(app, async (port) => {
    const headers = [['Content-Type', 'application/json']];
    const answer = await send(port, signed({ method: 'POST', headers, body: '{"id":1}' }));
    assert.deepEqual(answer.json(), { url: '/orders', body: { id: 1 }, key: 'k' });
  });
});

test('a body that came while other middleware waited', async () => {
  const app = express();
  // The whole request is parsed by then, or only what fits into the buffer.
  app.use((req, res, next) => setImmediate(() => setImmediate(next)));
  app.use(countersign(guardOf()));
  app.use(express.raw({ type: () => true, limit: '20mb' }));
  app.use((req, res) => res.json([sha256Hex(req.rawBody), sha256Hex(req.body ?? '')]));
  await serving(app, async (port) => {
    for (const body of ['x', Buffer.alloc(40_000, 'x'), Buffer.alloc(900_000, 'x')]) {
      const answer = await send(port, signed({ method: 'POST', body }));
      assert.deepEqual(answer.json(), [sha256Hex(body), sha256Hex(body)]);
      const chunked = await send(port, { ...signed({ method: 'POST', body }), chunks: [Buffer.from(body)] });
      assert.deepEqual(chunked.json(), [sha256Hex(body), sha256Hex(body)]);
    }
  });
});

test('a body that someone has read is an error, not an empty one', async () => {
  const app = express();
  app.use(express.raw({ type: () => true }));
  app.use(countersign(guardOf()));
  app.use((req, res) => res.json('reached'));
  const failures = [];
  app.use((why, req, res, _next) => {
    failures.push(why.message);
    res.status(500).end();
  });
  await serving(app, async (port) => {
    assert.equal((await send(port, signed({ method: 'POST', body: 'x' }))).status, 500);
  });
  assert.match(failures[0], /put the check first/);
});

test('Fastify parses JSON as ever, and its own errors are its own', async () => {
  const app = fastify({ bodyLimit: 100, rewriteUrl: (req) => req.url.replace('/v1', '') });
  app.register(plugin, { guard: guardOf() });
  app.post('/orders', async (request) => ({ body: request.body, key: request.countersign.signKey }));
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address();
  const headers = [['Content-Type', 'application/json']];
  const good = await send(port, signed({ method: 'POST', headers, body: '{"id":1}' }));
  assert.deepEqual(good.json(), { body: { id: 1 }, key: 'k' });
  const large = JSON.stringify({ id: 'x'.repeat(200) });
  assert.equal((await send(port, signed({ method: 'POST', headers, body: large }))).status, 413);
  assert.equal((await send(port, signed({ method: 'POST', headers, body: '{' }))).status, 400);
  assert.equal((await send(port, signed({ target: '/nowhere' }))).status, 404);
  assert.equal((await send(port, { method: 'GET', target: '/nowhere', headers: [] })).status, 401);
  await app.close();
});

test('a client of Fastify that goes away mid-body ends in nothing', async () => {
  await servingFastify(guardOf(), async (port) => {
    const { headers } = signed({ method: 'POST', body: 'whole' });
    const request = requestHttp({ port, method: 'POST', path: '/v1/orders', headers: Object.fromEntries([...headers, ['Content-Length', 5]]) });
    const failed = new Promise((resolve) => request.on('close', resolve));
    request.on('error', () => {});
    request.write('wh', () => request.destroy());
    await failed;
    assert.equal((await send(port, signed())).status, 200);
  });
});

test('an upgrade is checked by its handshake', async () => {
  const server = createServer(protect(guardOf(), (req, res) => res.end()));
  server.on('upgrade', protectUpgrade(guardOf(), (req, socket) => {
    assert.equal(req.countersign.verified, true);
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n');
  }));
  await serving(server, async (port) => {
    const shake = (headers) => {
      const socket = connect(port, '127.0.0.1');
      const lines = [...headers, ['Host', 'a'], ['Connection', 'Upgrade'], ['Upgrade', 'x']].map((line) => line.join(': '));
      socket.write(`GET /v1/orders HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      return readAnswer(socket);
    };
    assert.equal((await shake(signed().headers)).status, 101);
    const refused = await shake([]);
    assert.deepEqual([refused.status, refused.headers['x-countersign-refusal']], [401, 'no_signature']);
    assert.deepEqual(refused.json(), { error: 'no_signature' });
  });
});

test('events go to standard error if nobody else wants them', async (t) => {
  t.mock.method(console, 'warn', () => {});
  const guard = new Guard(KEYS);
  await guard.verify({ method: 'GET', target: '/', headers: [] });
  await guard.verify(signed());
  assert.deepEqual(console.warn.mock.calls.map((call) => call.arguments), [['countersign: refused: no_signature']]);
});
