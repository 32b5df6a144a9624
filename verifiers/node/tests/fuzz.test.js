// No request makes the core throw, and none of these is accepted.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { Guard, Key, KeySet, NonceMemory, REFUSALS, Request, Verifier } from 'countersign-verifier';

import { CASES, caseNamed, keysOf, requestOf, verifierOf } from './vectors.js';

const NOW = 1767323045;
const KEYS = new KeySet(CASES.flatMap((record) => record.keys));
const HEADERS = ['Authorization', 'Host', 'X-Sdk-Date', 'X-Sdk-Content-Sha256', 'Content-Type', 'Content-MD5',
  'X-Ca-Proxy-Signature', 'X-Ca-Proxy-Signature-Headers', 'X-Ca-Proxy-Signature-Secret-Key', 'Signature',
  'Signature-Input', 'Content-Digest'];
const PIECES = ['SDK-HMAC-SHA256 ', 'Access=', ', SignedHeaders=', ', Signature=', 'Basic ', 'countersign=', '(', ')',
  '"@method"', '"@path"', '"@authority"', ';created=1767323045', ';keyid="', ';nonce="n"', 'shared-key', 'DemoKey1',
  'signkeysignkey', ':AA==:', ',', ';', '=', '"', '\\', '%', '%zz', '%C3', '\x00', '\xff', '\xc3\xa9', 'host;x-sdk-date',
  '20260102T030405Z', 'UNSIGNED-PAYLOAD', 'a'.repeat(300), 'X-Ca-Proxy-Signature-Secret-Key',
  'application/x-www-form-urlencoded', ' ', '\t', '-1.5', '?1'];

/** mulberry32: the same numbers for the same seed. */
function generator(seed) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end) => Math.floor(next() * end);
  const pick = (list) => list[below(list.length)];
  const times = (count, make) => Array.from({ length: count }, make);
  const text = () =>
    next() < 0.2
      ? times(below(60), () => String.fromCharCode(below(256))).join('')
      : times(below(8), () => pick(PIECES)).join('');
  return { below, pick, times, text };
}

test('random requests', () => {
  const met = new Set();
  for (let seed = 0; seed < 20; seed++) {
    const random = generator(seed);
    const verifier = new Verifier();
    for (let round = 0; round < 1000; round++) {
      const request = new Request({
        method: random.pick(['GET', 'POST', '', '\xff']),
        target: `/${random.text()}`,
        headers: random.times(random.below(8), () => [random.pick(HEADERS), random.text()]),
        body: Buffer.from(random.text(), 'latin1'),
      });
      const { refusal } = verifier.check(request, KEYS, NOW);
      assert.ok(REFUSALS.includes(refusal), `seed ${seed}, round ${round}: ${refusal}`);
      met.add(refusal);
    }
  }
  assert.ok(met.has('malformed') && met.has('no_signature') && met.has('signed_header_missing'));
});

test('vectors with a few bytes changed', () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = generator(1000 + seed);
    for (let round = 0; round < 200; round++) {
      const record = random.pick(CASES);
      const headers = record.request.headers.map((pair) => [...pair]);
      for (let change = random.below(4); change > 0 && headers.length > 0; change--) {
        const header = random.pick(headers);
        const at = random.below(header[1].length + 1);
        header[1] = header[1].slice(0, at) + String.fromCharCode(random.below(256)) + header[1].slice(at + random.below(2));
      }
      headers.sort(() => random.below(3) - 1);
      const request = new Request({ ...record.request, headers, body: Buffer.from(random.text(), 'latin1') });
      verifierOf(record).check(request, keysOf(record), record.now);
    }
  }
});

test('every cut of every header', () => {
  for (const name of ['alibaba/body-POST', 'huawei/body-POST', 'rfc9421/ed25519', 'rfc9421/hmac-sha256', 'basic/plain']) {
    const record = caseNamed(name);
    for (const [index, [header, value]] of record.request.headers.entries()) {
      if (header === 'Host' && /^(basic|alibaba)/.test(name)) continue;
      for (let end = 0; end < value.length; end += 1 + Math.floor(value.length / 80)) {
        const headers = record.request.headers.map((pair, at) => (at === index ? [header, value.slice(0, end)] : pair));
        const request = new Request({ ...record.request, headers, body: Buffer.from('x') });
        assert.equal(verifierOf(record).check(request, keysOf(record), record.now).verified, false, `${name} ${header} ${end}`);
      }
    }
  }
});

test('long and odd headers take no long time', () => {
  const long = ' '.repeat(1 << 20);
  const values = [`SDK-HMAC-SHA256${long}x`, `Basic${long}x`, `x${long}x`, `countersign=("${'a" "'.repeat(4000)}`,
    `countersign=("@method");a="${'\\\\'.repeat(8000)}`, `SDK-HMAC-SHA256 Access=${'a'.repeat(1 << 20)}`];
  const began = performance.now();
  for (const value of values) {
    for (const name of HEADERS) {
      const request = new Request({ method: 'GET', target: `/${'%'.repeat(10_000)}`, headers: [[name, value]] });
      assert.equal(new Verifier().check(request, KEYS, NOW).verified, false);
    }
  }
  assert.ok(performance.now() - began < 10_000);
});

test('text beyond Latin-1 is taken too', () => {
  const headers = [['\u4e2d', '\u{1f600}'], ['Authorization', '\ud800']];
  const request = new Request({ method: 'GÉT', target: '/\u4e2d', headers });
  assert.equal(new Verifier().check(request, KEYS, 0).refusal, 'no_signature');
});

test('the memory of nonces is bounded', () => {
  const memory = new NonceMemory(10, 2);
  assert.ok(memory.record('k', '1', 0) && memory.record('k', '2', 5));
  assert.equal(memory.record('k', '3', 10), false);
  assert.equal(memory.record('k', '1', 10), false);
  assert.equal(memory.record('k', '3', 11), true);
  assert.equal(memory.record('k', '4', 11), false);
  assert.equal(memory.size, 2);
  assert.equal(new NonceMemory(10, 0).record('k', 'n', 0), false);
  assert.ok(new NonceMemory().record('ab', 'c', 0));
  const large = new NonceMemory(10, 3000);
  for (let now = 0; now < 20_000; now++) assert.ok(large.record('k', `${now}`, now));
  assert.equal(large.size, 11);
});

test('a clock that is set back forgets no nonce', () => {
  const memory = new NonceMemory(10, 10);
  assert.equal(memory.record('k', 'late', 100), true);
  assert.equal(memory.record('k', 'late', 20), false);
  assert.ok(memory.record('k', 'early', 20) && memory.record('k', 'early', 31));
  assert.equal(memory.record('k', 'early', 41), false);
  assert.equal(memory.record('k', 'late', 110), false);
  assert.equal(memory.record('k', 'late', 111), true);
});

test('a full memory refuses, and a nonce counts once', async () => {
  const record = caseNamed('rfc9421/hmac-sha256');
  const full = new Verifier({ nonces: new NonceMemory(1800, 0) });
  assert.equal(full.check(requestOf(record), keysOf(record), record.now).refusal, 'replayed');
  const guard = new Guard(record.keys, { clock: () => record.now, onEvent: () => {} });
  assert.equal((await guard.verify(requestOf(record))).verified, true);
  assert.equal((await guard.verify(requestOf(record))).refusal, 'replayed');
});

test('what is no key is said, without its secret', () => {
  const basic = { scheme: 'basic', sign_key: 'k', secret: 'planted' };
  const records = [{}, { scheme: 'basic' }, { scheme: 'x', sign_key: 'k' }, [], null, 7, { scheme: 'basic', sign_key: 'k' },
    { ...basic, sign_key: 1 }, { ...basic, state: 'old' }, { ...basic, secret: '\ud800' }, { ...basic, version: '1' },
    { ...basic, scheme: 'constructor' }, { scheme: 'rfc9421-key-pair', sign_key: 'k' },
    { scheme: 'rfc9421-key-pair', sign_key: 'k', public_key: 'AA==' },
    { scheme: 'rfc9421-key-pair', sign_key: 'k', public_key: '*' }];
  for (const record of records) {
    assert.throws(() => new Key(record), (why) => why instanceof TypeError && !why.message.includes('planted'));
  }
  for (const document of [null, [], {}, { keys: {} }]) assert.throws(() => KeySet.fromJson(document), TypeError);
});

test('keys of a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
  const path = join(folder, 'keys.json');
  try {
    writeFileSync(path, '{"keys":[{"scheme":"basic","sign_key":"k","secret":"s"}]}');
    assert.deepEqual(KeySet.fromFile(path).keys.map((key) => key.signKey), ['k']);
    writeFileSync(path, '{"keys":[{"secret":"planted"]}');
    assert.throws(() => KeySet.fromFile(path), (why) => !why.message.includes('planted'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
