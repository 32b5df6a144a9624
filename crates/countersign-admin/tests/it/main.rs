//! The management plane, called in this process over a store in memory, with a
//! clock and an entropy that the test owns.

mod alibaba;
mod alibaba_front;
mod alibaba_operations;
mod console_and_health;
mod huawei;
mod native;
mod native_explain;
mod native_feed;
mod native_schemes;
mod native_users;
mod support;
