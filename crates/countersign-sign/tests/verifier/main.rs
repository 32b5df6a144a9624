//! The verifier against what the gateway's own signers make, and against anything.

mod bodies;
mod key_list;
mod keys;
mod layer;
mod properties;
mod schemes;
mod signed;
mod verdicts;
