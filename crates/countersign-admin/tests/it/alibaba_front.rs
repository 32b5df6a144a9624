//! The front of Alibaba's dialect: what is the same for every operation.

mod arbitrary;
mod bad_input;
mod body;
mod common;
mod format;
mod order;
mod throttle;
