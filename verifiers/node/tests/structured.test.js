import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';

import { Key } from 'countersign-verifier';

import { BadField, readDictionary, writeInnerList } from '../src/structured.js';

test('what is read is written anew', () => {
  const written = (text) => writeInnerList(readDictionary(`a=${text}`).get('a'));
  const pairs = [
    ['( "a"  "b\\"\\\\" );x', '("a" "b\\"\\\\");x'],
    ['();a=?1;b=?0;c=-0;d=007;e=t/1:x', '();a;b=?0;c=0;d=7;e=t/1:x'],
    ['();a=1.50;b=-00.0;c=999999999999.999', '();a=1.5;b=0.0;c=999999999999.999'],
    ['();a=:AA:;b=:AB==:;c=::', '();a=:AA==:;b=:AA==:;c=::'],
    ['();   a=1', '();a=1'],
  ];
  for (const [text, expected] of pairs) assert.equal(written(text), expected);
});

test('what is no dictionary', () => {
  const texts = ['a=', 'a,', ',', 'A=1', 'a=1 b', 'a=("x""y")', 'a=(', 'a=("x"', 'a="', 'a="\\x"', 'a="\x7f"', 'a=:A:',
    'a=:AA=A:', 'a=:====:', 'a=:AA===:', 'a=?2', 'a=-', 'a=1.', 'a=1.0000', 'a=1234567890123456', 'a=1234567890123.0',
    'a=1, a=2', 'a;x;x', 'a=1;', 'a=1\t;b', '\ta=1', `a=${' '.repeat(17_000)}1`];
  for (const text of texts) assert.throws(() => readDictionary(text), BadField, text);
  assert.equal(readDictionary('').size, 0);
  assert.equal(readDictionary('a=1 ,\tb').size, 2);
});

test('public keys', () => {
  const spki = ({ publicKey }) => publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const key = (text) => new Key({ scheme: 'rfc9421-key-pair', sign_key: 'k', public_key: text });
  // RFC 8037 appendix A.3.
  const x = Buffer.from('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo', 'base64url');
  const ed25519 = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), x]).toString('base64');
  assert.equal(key(ed25519).keyId, 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  assert.equal(key(spki(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }))).publicKey.algorithm, 'rsa-pss-sha512');
  const refused = [generateKeyPairSync('rsa', { modulusLength: 1024 }), generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    generateKeyPairSync('x25519')];
  for (const pair of refused) assert.throws(() => key(spki(pair)), TypeError);
});
