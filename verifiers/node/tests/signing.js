// Requests as a gateway signs them: small ones, with secrets that tests choose.

import { createHash, createHmac } from 'node:crypto';

export const NOW = 1767323045;

/** A key of Alibaba's scheme. */
export function active(signKey, secret, more = {}) {
  return { scheme: 'alibaba-hmac-sha256', sign_key: signKey, secret, name: 'orders', version: 1, state: 'active', ...more };
}

export function retired(signKey) {
  return { scheme: 'alibaba-hmac-sha256', sign_key: signKey, name: 'orders', version: 1, state: 'retired' };
}

/** A request signed in Alibaba's scheme; `target` without parameters that need an order. */
export function signed({ method = 'GET', target = '/v1/orders', headers = [], body = '', key = 'k', secret = 's' } = {}) {
  const own = 'X-Ca-Proxy-Signature-Secret-Key';
  const hasDigest = body.length > 0 && ['POST', 'PUT'].includes(method);
  const digest = hasDigest ? createHash('md5').update(body).digest('base64') : '';
  const text = `${method}\n${digest}\n${own.toLowerCase()}:${key}\n${target}`;
  const signature = createHmac('sha256', secret).update(text).digest('base64');
  const added = [[own, key], ['X-Ca-Proxy-Signature-Headers', own], ['X-Ca-Proxy-Signature', signature]];
  return { method, target, headers: [...headers, ...added], body: Buffer.from(body) };
}

/** A request signed in Huawei's scheme at `NOW`. */
export function signedHuawei({ key, secret }) {
  const date = '20260102T030405Z';
  const payload = createHash('sha256').digest('hex');
  const canonical = `GET\n/x/\n\nhost:a\nx-sdk-date:${date}\n\nhost;x-sdk-date\n${payload}`;
  const text = `SDK-HMAC-SHA256\n${date}\n${createHash('sha256').update(canonical).digest('hex')}`;
  const signature = createHmac('sha256', secret).update(text).digest('hex');
  const value = `SDK-HMAC-SHA256 Access=${key}, SignedHeaders=host;x-sdk-date, Signature=${signature}`;
  return { method: 'GET', target: '/x', headers: [['Host', 'a'], ['X-Sdk-Date', date], ['Authorization', value]] };
}
