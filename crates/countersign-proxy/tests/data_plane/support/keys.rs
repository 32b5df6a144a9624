//! Key pairs: those of RFC 9421, appendix B.1, and made ones.

use countersign_sign::{
    Secret,
    rfc9421::{Signer, VerifyingKey, generate_ed25519},
};

/// A key pair as a signature key takes it.
#[derive(Clone, Debug)]
pub struct Pair {
    pub public: String,
    pub private: String,
}

impl Pair {
    /// One of the RFC's, by its name there.
    pub fn of_rfc(name: &str) -> Self {
        let file = include_str!("../../../../countersign-sign/vectors/rfc9421.json");
        let file: serde_json::Value = serde_json::from_str(file).unwrap();
        let text = |half: &str| file["keys"][name][half].as_str().unwrap().to_owned();
        Self {
            public: text("public"),
            private: text("private"),
        }
    }

    /// An Ed25519 pair that `number` tells from others.
    pub fn made(number: u8) -> Self {
        let (public, private) = generate_ed25519([number; 32]);
        let private = private.expose().to_owned();
        Self { public, private }
    }

    fn signer(&self) -> Signer {
        Signer::from_key_pair(&self.public, &Secret::new(self.private.clone())).unwrap()
    }

    /// The name of the key in signatures.
    pub fn key_id(&self) -> String {
        self.signer().key_id().to_owned()
    }

    pub fn verifying_key(&self) -> VerifyingKey {
        self.signer().verifying_key()
    }
}
