//! Countersign's data plane: it takes a client's request, finds what is
//! published for it, signs exactly what it sends to the backend, and relays
//! the answer.
//!
//! It reads snapshots that the store publishes and knows nothing of how they
//! are managed. A request, in order: `guard` and `framing` read its bytes
//! strictly; `handler` routes it, cleans its headers (`header_policy`), gives
//! it the API's own answer (`mock`) or applies the API's tables of parameters
//! (`mapping`) where there are any, applies the body policy (`handler::plan`,
//! `text_body`), builds what goes out and signs it last (`signing`);
//! `exchange` sends it over a connection of the `pool`; `record` logs and
//! counts it. `fault` is the one table of what a client sees when that does
//! not work; `manner` says in whose words it is told. `key_directory` tells
//! backends the public keys.
//!
//! Each worker is one thread with everything of its own (`worker`): no lock
//! is taken while a request is served, and a request is served by one task
//! that drives both of its connections.
//!
//! Trailer sections are dropped in both directions.
#![warn(missing_docs)]

mod access_log;
mod answer;
mod backend_connection;
mod body;
mod client_connection;
mod client_state;
mod config;
mod exchange;
mod fault;
mod guard;
mod handler;
mod head_copy;
mod header_name;
mod header_policy;
mod header_values;
mod id_texts;
mod json;
mod key_directory;
mod manner;
mod mapping;
mod meters;
mod mock;
mod pool;
mod proxy;
mod record;
mod request_id;
mod sign_header;
mod signing;
mod target;
mod text_body;
mod time_text;
mod worker;

use countersign_framing as framing;

pub use access_log::AccessLog;
pub use config::{Limits, ProxyConfig};
pub use key_directory::{BadUriPrefix, PublicKeyUriPrefix};
pub use proxy::{Drained, Proxy, RunningProxy, StartError};
pub use sign_header::{BackendSignHeader, BadSignHeader};
