// How long one verification takes: `node bench.js`.
//
// Prints one line for each scheme: its name and microseconds for one request, on one
// core, the best of five rounds; the request has no body, or one of 1 KiB.

import { constants, createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';

import { Key, KeySet, NonceMemory, Request, Verifier } from 'countersign-verifier';

const NOW = 1767323045;
const DATE = '20260102T030405Z';
const [PATH, QUERY, HOST] = ['/v1/orders', 'a=1&b=2', 'backend.example.test'];
const TARGET = `${PATH}?${QUERY}`;
const ROUND_MS = 200;

const hash = (name, data, form) => createHash(name).update(data).digest(form);
const mac = (text) => createHmac('sha256', 'secret').update(text).digest();
const shared = (scheme) => ({ scheme, sign_key: 'key', secret: 'secret' });

function alibaba(body) {
  const listed = 'X-Ca-Proxy-Signature-Secret-Key';
  const digest = body.length > 0 ? hash('md5', body, 'base64') : '';
  const text = `POST\n${digest}\n${listed.toLowerCase()}:key\n${TARGET}`;
  const signature = mac(text).toString('base64');
  const headers = [['X-Ca-Proxy-Signature', signature], [listed, 'key'], ['X-Ca-Proxy-Signature-Headers', listed]];
  return { key: shared('alibaba-hmac-sha256'), headers };
}

function huawei(body) {
  const listed = 'host;x-sdk-date';
  const lines = `host:${HOST}\nx-sdk-date:${DATE}\n`;
  const canonical = `POST\n${PATH}/\n${QUERY}\n${lines}\n${listed}\n${hash('sha256', body, 'hex')}`;
  const signature = mac(`SDK-HMAC-SHA256\n${DATE}\n${hash('sha256', canonical, 'hex')}`).toString('hex');
  const value = `SDK-HMAC-SHA256 Access=key, SignedHeaders=${listed}, Signature=${signature}`;
  return { key: shared('huawei-hmac-sha256'), headers: [['X-Sdk-Date', DATE], ['Authorization', value]] };
}

function basic() {
  const value = Buffer.from('key:secret').toString('base64');
  return { key: shared('basic'), headers: [['Authorization', `Basic ${value}`]] };
}

function rfc9421(body, key, signBase) {
  const covered = { '@method': 'POST', '@authority': HOST, '@path': PATH, '@query': `?${QUERY}` };
  const digest = `sha-256=:${hash('sha256', body, 'base64')}:`;
  if (body.length > 0) covered['content-digest'] = digest;
  const items = Object.keys(covered).map((name) => `"${name}"`).join(' ');
  const params = `(${items});created=${NOW};keyid="${new Key(key).keyId}";nonce="n"`;
  const lines = Object.entries(covered).map(([name, value]) => `"${name}": ${value}`);
  const signature = signBase(Buffer.from([...lines, `"@signature-params": ${params}`].join('\n'))).toString('base64');
  const headers = [['Signature-Input', `countersign=${params}`], ['Signature', `countersign=:${signature}:`]];
  return { key, headers: [...headers, ['Content-Digest', digest]] };
}

const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 };
const PAIRS = {
  'rfc9421 ed25519': [null, generateKeyPairSync('ed25519'), {}],
  'rfc9421 ecdsa-p256-sha256': ['sha256', generateKeyPairSync('ec', { namedCurve: 'P-256' }), { dsaEncoding: 'ieee-p1363' }],
  'rfc9421 rsa-pss-sha512': ['sha512', generateKeyPairSync('rsa', { modulusLength: 2048 }), PSS],
};

const SCHEMES = {
  'alibaba-hmac-sha256': alibaba,
  'huawei-hmac-sha256': huawei,
  basic,
  'rfc9421 hmac-sha256': (body) => rfc9421(body, shared('rfc9421-hmac-sha256'), mac),
};
for (const [name, [digest, { publicKey, privateKey }, options]] of Object.entries(PAIRS)) {
  const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const key = { scheme: 'rfc9421-key-pair', sign_key: 'pair', public_key: spki };
  SCHEMES[name] = (body) => rfc9421(body, key, (base) => sign(digest, base, { key: privateKey, ...options }));
}

/** Takes the same nonce each time: the work of a memory without its refusal. */
class Forgetful extends NonceMemory {
  #now = 0;

  record(keyId, nonce) {
    this.#now += 2000;
    return super.record(keyId, nonce, this.#now);
  }
}

/** For one request, the making of the `Request` included. */
function microseconds(signRequest, body) {
  const { key, headers } = signRequest(body);
  const parts = { method: 'POST', target: TARGET, body };
  parts.headers = [['Host', HOST], ['Content-Type', 'application/json'], ...headers];
  const keys = new KeySet([key]);
  const verifier = new Verifier({ nonces: new Forgetful() });
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const began = performance.now();
    let count = 0;
    let took = 0;
    for (; took < ROUND_MS; count++, took = performance.now() - began) {
      const { refusal } = verifier.check(new Request(parts), keys, NOW);
      if (refusal) throw new Error(`the benchmark's request is refused: ${refusal}`);
    }
    best = Math.min(best, (took * 1000) / count);
  }
  return best;
}

console.log(`${'scheme'.padEnd(28)}${'no body'.padStart(10)}${'1 KiB'.padStart(10)}   microseconds for one request`);
for (const [name, signRequest] of Object.entries(SCHEMES)) {
  const row = [Buffer.alloc(0), Buffer.alloc(1024, 'x')].map((body) => microseconds(signRequest, body).toFixed(1).padStart(10));
  console.log(`${name.padEnd(28)}${row.join('')}`);
}
