//! Explanations: prepared captures, the shared vectors, and anything at all.

mod cases;
mod properties;
mod readers;
mod vectors;
