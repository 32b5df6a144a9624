//! Every entry of the parts of `vectors/huawei-vectors.json` that sign something
//! (spec section 6).

mod huawei_vectors {
    pub(crate) mod backend;
    pub(crate) mod basic;
    pub(crate) mod file;
    pub(crate) mod request_auth;
}
