// The vectors that HTTP can carry, over real servers.

import assert from 'node:assert/strict';
import { METHODS } from 'node:http';
import { test } from 'node:test';

import { Guard } from 'countersign-verifier';

import { send, sha256Hex, withAll } from './servers.js';
import { CASES, keysOf, optionsOf } from './vectors.js';

/** Whether a client could send it and Node would pass it on. */
function isHttp({ keys, request }) {
  const names = request.headers.map(([name]) => name.toLowerCase());
  const hosts = names.filter((name) => name === 'host').length;
  // The client sends one, and these schemes sign it.
  const signsHost = keys.some(({ scheme }) => !['alibaba-hmac-sha256', 'basic'].includes(scheme));
  return (
    METHODS.includes(request.method) &&
    !['CONNECT', 'M-SEARCH'].includes(request.method) &&
    (hosts === 1 || (hosts === 0 && !signsHost)) &&
    /^(\/|\*$)/.test(request.target) &&
    // eslint-disable-next-line no-control-regex
    !/[\x00-\x20\x7f-\xff]/.test(request.target) &&
    // eslint-disable-next-line no-control-regex
    request.headers.every(([name, value]) => /^[!#-'*+.^_`|~\w-]+$/.test(name) && !/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) &&
    // Newer Node takes no more than a thousand.
    request.headers.length < 990 &&
    // These have a meaning to the server itself.
    !names.some((name) => ['connection', 'expect', 'content-length', 'transfer-encoding', 'upgrade'].includes(name))
  );
}

/** A guard for each case, chosen by a header that no case signs. */
class GuardOfCase {
  observe = false;
  bodyMax = 0;

  set current(record) {
    const guard = new Guard(keysOf(record), { ...optionsOf(record), clock: () => record.now, onEvent: () => {} });
    this.bodyMax = guard.bodyMax;
    this.needsBody = (request) => guard.needsBody(request);
    this.verify = (request) => guard.verify(request);
  }
}

test('vectors over real servers', async () => {
  const carried = CASES.filter(isHttp);
  assert.ok(carried.length > 800, `${carried.length}`);
  const guard = new GuardOfCase();
  await withAll(guard, async (port, adapter) => {
    for (const record of carried) {
      guard.current = record;
      const body = Buffer.from(record.request.body, 'base64');
      const answer = await send(port, { ...record.request, body });
      check(record, answer, body, adapter);
    }
  });
  console.log(`${carried.length} vectors over each of three adapters`);
});

/** Fastify's router has no route for these, and no hook is asked. */
function isNoUrl(target) {
  try {
    decodeURI(target.split('?')[0]);
    return false;
  } catch {
    return true;
  }
}

function check(record, answer, body, adapter) {
  const where = `${adapter}: ${record.name}`;
  if (adapter === 'fastify' && isNoUrl(record.request.target)) {
    assert.match(answer.body, /FST_ERR_BAD_URL/, where);
    return;
  }
  const isHead = record.request.method === 'HEAD';
  if (record.expect === 'ok') {
    assert.equal(answer.status, 200, `${where}: ${answer.body}`);
    if (isHead) return;
    const { verified, key, would, body: streamed, raw, decorated } = answer.json();
    assert.deepEqual({ verified, key, would }, { verified: true, key: record.key, would: '' }, where);
    assert.equal(raw, sha256Hex(body), where);
    // Fastify gives no body of a GET to its parsers.
    const hasParser = adapter !== 'fastify' || !['GET', 'HEAD', 'TRACE'].includes(record.request.method);
    if (hasParser) assert.equal(streamed, sha256Hex(body), where);
    if (adapter === 'fastify') assert.equal(decorated, true, where);
    return;
  }
  assert.equal(answer.status, 401, where);
  assert.equal(answer.headers['x-countersign-refusal'], record.expect, where);
  assert.equal(answer.headers['content-type'], 'application/json', where);
  if (!isHead) assert.equal(answer.body, JSON.stringify({ error: record.expect }), where);
}
