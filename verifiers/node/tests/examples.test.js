// The examples as a user runs them: a process of its own, keys from a file or the feed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { FeedServer } from './feed_server.js';
import { send } from './servers.js';
import { active, signed } from './signing.js';

const KEYS = [active('k', 's')];

async function running(name, settings, check) {
  const child = spawn(process.execPath, [`examples/${name}.js`], {
    cwd: new URL('..', import.meta.url),
    env: { ...process.env, ...settings, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  try {
    await check(await portOf(child));
  } finally {
    child.kill();
    await ended;
  }
}

/** The port that an example tells. */
async function portOf(child) {
  let out = '';
  for await (const piece of child.stdout) {
    out += piece;
    const found = /port (\d+)\n/.exec(out);
    if (found) return Number(found[1]);
  }
  throw new Error(`no port: ${out}`);
}

async function orders(port) {
  const request = signed({ method: 'POST', headers: [['Content-Type', 'application/json']], body: '{"id":1}' });
  const answer = await send(port, request);
  assert.equal(answer.status, 200, answer.body);
  assert.deepEqual(answer.json(), { order: { id: 1 }, signed_by: 'k' });
  const altered = await send(port, { ...request, body: '{"id":2}' });
  assert.deepEqual([altered.status, altered.json()], [401, { error: 'signature_differs' }]);
  const plain = await send(port, { method: 'GET', target: '/', headers: [] });
  assert.deepEqual([plain.status, plain.headers['x-countersign-refusal']], [401, 'no_signature']);
}

for (const name of ['http', 'express', 'fastify']) {
  test(`${name} with keys of a file`, { timeout: 30_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
    try {
      const path = join(folder, 'keys.json');
      writeFileSync(path, JSON.stringify({ keys: KEYS }));
      await running(name, { COUNTERSIGN_KEYS: path }, orders);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test(`${name} with keys of the feed`, { timeout: 30_000 }, async () => {
    const server = await new FeedServer(KEYS).listen();
    try {
      const settings = { COUNTERSIGN_FEED: `${server.address}/base`, COUNTERSIGN_TOKEN: 'token' };
      await running(name, settings, orders);
    } finally {
      await server.close();
    }
  });
}
