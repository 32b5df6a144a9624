import { constants, createHash, createPublicKey, verify } from 'node:crypto';

import { strictBase64 } from './bytes.js';

export const RSA_BITS_MIN = 2048;
export const RSA_BITS_MAX = 8192;
const RSA_SALT_BYTES = 64;

/** @typedef {'ed25519' | 'ecdsa-p256-sha256' | 'rsa-pss-sha512'} KeyPairAlgorithm */

/** The public half of a key pair: Ed25519, ECDSA P-256, or RSA-PSS with SHA-512. */
export class PublicKey {
  #key;

  /**
   * @param {string} spki Base64 of a SubjectPublicKeyInfo
   * @throws {TypeError} for anything else
   */
  constructor(spki) {
    const der = strictBase64(spki);
    if (!der) throw new TypeError('public_key is no Base64');
    const key = read(der);
    this.algorithm = algorithmOf(key);
    this.#key = key;
    /** RFC 7638 with SHA-256. */
    this.thumbprint = thumbprint(key);
  }

  /**
   * @param {Uint8Array} base
   * @param {Uint8Array} signature
   */
  verifies(base, signature) {
    try {
      switch (this.algorithm) {
        case 'ed25519':
          return verify(null, base, this.#key, signature);
        case 'ecdsa-p256-sha256':
          return signature.length === 64 && verify('sha256', base, this.#p256(), signature);
        case 'rsa-pss-sha512':
          return verify('sha512', base, this.#pss(), signature);
      }
    } catch {
      // What OpenSSL cannot read is no signature.
      return false;
    }
  }

  #p256() {
    return { key: this.#key, dsaEncoding: /** @type {const} */ ('ieee-p1363') };
  }

  #pss() {
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    return { key: this.#key, padding, saltLength: RSA_SALT_BYTES };
  }
}

// id-RSASSA-PSS without parameters, as an AlgorithmIdentifier.
const RSA_PSS_ALGORITHM = Buffer.from('300b06092a864886f70d01010a', 'hex');
// rsaEncryption.
const RSA_ALGORITHM = Buffer.from('300d06092a864886f70d0101010500', 'hex');

/** @param {Buffer} der */
function read(der) {
  try {
    return createPublicKey({ key: asRsaEncryption(der), format: 'der', type: 'spki' });
  } catch {
    throw new TypeError('public_key is no SubjectPublicKeyInfo');
  }
}

/**
 * A key of type id-RSASSA-PSS as one of type rsaEncryption, for Node tells the numbers
 * of no other.
 * @param {Buffer} der
 */
function asRsaEncryption(der) {
  // SEQUENCE of more than 255 bytes: 30 82 and two bytes of length.
  const rest = der.subarray(4);
  if (der.readUInt16BE(0) !== 0x3082 || !rest.subarray(0, 13).equals(RSA_PSS_ALGORITHM)) return der;
  const content = Buffer.concat([RSA_ALGORITHM, rest.subarray(RSA_PSS_ALGORITHM.length)]);
  const head = Buffer.from([0x30, 0x82, content.length >> 8, content.length & 0xff]);
  return Buffer.concat([head, content]);
}

/**
 * @param {import('node:crypto').KeyObject} key
 * @returns {KeyPairAlgorithm}
 */
function algorithmOf(key) {
  const details = key.asymmetricKeyDetails;
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return 'ed25519';
    case 'ec':
      if (details?.namedCurve !== 'prime256v1') break;
      return 'ecdsa-p256-sha256';
    case 'rsa': {
      const bits = details?.modulusLength ?? 0;
      if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX) throw new TypeError(`an RSA key of ${bits} bits`);
      return 'rsa-pss-sha512';
    }
  }
  throw new TypeError('a public key of a type that is not supported');
}

/** @param {import('node:crypto').KeyObject} key */
function thumbprint(key) {
  const { crv, e, kty, n, x, y } = key.export({ format: 'jwk' });
  // The members that RFC 7638 wants, in its order: what a type lacks is left out.
  return createHash('sha256').update(JSON.stringify({ crv, e, kty, n, x, y })).digest('base64url');
}
