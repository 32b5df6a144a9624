// The shared vectors.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { KeySet, NonceMemory, Request, Verifier } from 'countersign-verifier';

export const FILE = JSON.parse(readFileSync(new URL('../../vectors.json', import.meta.url), 'utf8'));
export const CASES = FILE.cases;

const OPTIONS = {
  header: 'header',
  accept_unsigned_payload: 'acceptUnsignedPayload',
  body_max: 'bodyMax',
  window: 'windowSecs',
};
const MEMBERS = ['name', 'keys', 'now', 'options', 'request', 'seen', 'expect', 'key'];

export function keysOf(record) {
  return new KeySet(record.keys);
}

export function requestOf({ request }) {
  return new Request({ ...request, body: Buffer.from(request.body, 'base64') });
}

/** The options of a case, `seen` included; one that is not known fails. */
export function optionsOf(record) {
  for (const member of Object.keys(record)) assert.ok(MEMBERS.includes(member), `unknown member ${member}`);
  const options = {};
  for (const [name, value] of Object.entries(record.options ?? {})) {
    assert.ok(Object.hasOwn(OPTIONS, name), `unknown option ${name}`);
    options[OPTIONS[name]] = value;
  }
  const nonces = new NonceMemory(2 * (options.windowSecs ?? 900));
  for (const [keyId, nonce] of record.seen ?? []) assert.ok(nonces.record(keyId, nonce, record.now));
  return { ...options, nonces };
}

export function verifierOf(record) {
  return new Verifier(optionsOf(record));
}

export function caseNamed(name) {
  const found = CASES.find((one) => one.name === name);
  assert.ok(found, name);
  return found;
}
