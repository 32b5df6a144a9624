//! The random numbers of an RSA-PSS signature, made of arguments.

use std::convert::Infallible;

use hmac::{Hmac, Mac};
use rsa::rand_core::{TryCryptoRng, TryRng};
use sha2::Sha512;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A stream of bytes for one signature: the salt and the blinding factor.
///
/// HMAC-SHA512 in counter mode (NIST SP 800-108 section 4.1). Its seed is the HMAC,
/// keyed with the private key, of the caller's random bytes and the hash that is
/// signed: without the key nobody can foresee it, and the same arguments make the
/// same signature.
pub(super) struct RsaRandom {
    seeded: Hmac<Sha512>,
    counter: u64,
    block: Block,
}

#[derive(Zeroize, ZeroizeOnDrop)]
struct Block {
    bytes: [u8; 64],
    used: usize,
}

impl RsaRandom {
    pub(super) fn new(keyed: &Hmac<Sha512>, random: &[u8; 32], hash: &[u8]) -> Self {
        use hmac::KeyInit;
        let mut mac = keyed.clone();
        mac.update(b"rfc9421 rsa-pss-sha512");
        mac.update(random);
        mac.update(hash);
        let mut seed = mac.finalize().into_bytes();
        let seeded = Hmac::new_from_slice(&seed).expect("HMAC takes a key of any length");
        seed.zeroize();
        Self {
            seeded,
            counter: 0,
            block: Block {
                bytes: [0; 64],
                used: 64,
            },
        }
    }

    fn next_block(&mut self) {
        let mut mac = self.seeded.clone();
        mac.update(&self.counter.to_be_bytes());
        let mut bytes = mac.finalize().into_bytes();
        self.block.bytes.copy_from_slice(&bytes);
        bytes.zeroize();
        self.block.used = 0;
        self.counter += 1;
    }

    fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            if self.block.used == self.block.bytes.len() {
                self.next_block();
            }
            *byte = self.block.bytes[self.block.used];
            self.block.used += 1;
        }
    }
}

impl TryRng for RsaRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(self.array()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(self.array()))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.fill(out);
        Ok(())
    }
}

impl TryCryptoRng for RsaRandom {}

#[cfg(test)]
mod tests {
    use hmac::KeyInit;

    use super::*;

    fn stream(key: &[u8], random: u8, hash: &[u8]) -> [u8; 200] {
        let keyed = Hmac::new_from_slice(key).expect("any length");
        RsaRandom::new(&keyed, &[random; 32], hash).array()
    }

    #[test]
    fn key_random_bytes_and_hash_all_matter() {
        let one = stream(b"k", 0, b"h");
        assert_eq!(one, stream(b"k", 0, b"h"));
        for other in [
            stream(b"j", 0, b"h"),
            stream(b"k", 1, b"h"),
            stream(b"k", 0, b"i"),
        ] {
            assert_ne!(one, other);
        }
        assert_ne!(one[..64], one[64..128]);
    }

    #[test]
    fn pieces_make_the_same_stream() {
        let keyed = Hmac::new_from_slice(b"k").expect("any length");
        let mut rng = RsaRandom::new(&keyed, &[0; 32], b"h");
        let mut pieces = Vec::new();
        while pieces.len() < 200 {
            let mut piece = [0; 8];
            let Ok(()) = rng.try_fill_bytes(&mut piece);
            pieces.extend(piece);
        }
        assert_eq!(pieces, stream(b"k", 0, b"h"));
    }
}
