import assert from 'node:assert/strict';
import { test } from 'node:test';

import { REFUSALS, SCHEMES } from 'countersign-verifier';

import { CASES, FILE, keysOf, optionsOf, requestOf, verifierOf } from './vectors.js';

test('every vector', () => {
  assert.equal(FILE.format, 1);
  let count = 0;
  for (const record of CASES) {
    const verdict = verifierOf(record).check(requestOf(record), keysOf(record), record.now);
    assert.equal(verdict.refusal ?? 'ok', record.expect, record.name);
    assert.equal(verdict.verified, record.expect === 'ok', record.name);
    assert.equal(verdict.signKey, record.key, record.name);
    if (verdict.verified) {
      const key = record.keys.find((one) => one.sign_key === record.key);
      assert.deepEqual([verdict.scheme, verdict.keyName], [key.scheme, key.name], record.name);
    }
    count++;
  }
  assert.equal(count, FILE.cases.length);
  assert.ok(count >= 250);
  console.log(`${count} vectors`);
});

test('the vectors have every scheme and every refusal', () => {
  const schemes = new Set(CASES.flatMap((record) => record.keys.map((key) => key.scheme)));
  assert.deepEqual([...schemes].sort(), [...SCHEMES].sort());
  const expected = new Set(CASES.map((record) => record.expect));
  assert.deepEqual([...expected].sort(), [...REFUSALS, 'ok'].sort());
});

test('an option that is not known fails', () => {
  assert.throws(() => optionsOf({ ...CASES[0], options: { new_option: 1 } }), /unknown option/);
  assert.throws(() => optionsOf({ ...CASES[0], more: 1 }), /unknown member/);
});
