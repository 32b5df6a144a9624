//! The whole gateway from outside: real sockets, real processes.

mod bad_start;
mod change_in_force;
mod commands;
mod explain;
mod forwarding;
mod huawei_change;
mod huawei_front;
mod kill;
mod quickstart;
mod request_auth;
mod secrets;
mod shutdown;
mod signature;
mod throttle;
mod verify;
mod verify_program;
