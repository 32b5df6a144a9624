//! Every entry of `vectors/alibaba-vectors.json`, the vectors of spec section 7.

mod vectors {
    pub(crate) mod backend;
    pub(crate) mod file;
    pub(crate) mod request_auth;
    pub(crate) mod verdicts;
}
