//! Reading many records on several threads, in order.

use std::{iter, num::NonZero, sync::mpsc, thread};

use countersign_core::Change;

use super::{LoadError, decode, is_meta};
use crate::{backend::Record, barrier::Barrier};

/// How many records are handed over at once.
const CHUNK_RECORDS: usize = 1024;

/// How many chunks a thread may be ahead.
const CHUNKS_AHEAD: usize = 4;

/// More threads than this only wait for the one that applies.
const THREADS_MAX: usize = 4;

/// Reads each record but the meta records, and hands what it says to `apply`,
/// in their order. Each chunk's memory is free again once it is read.
pub(super) fn decode_all(
    records: Vec<Record>,
    barrier: &Barrier,
    mut apply: impl FnMut(Change),
) -> Result<(), LoadError> {
    if records.len() <= CHUNK_RECORDS {
        for change in decode_chunk(records, barrier)? {
            apply(change);
        }
        return Ok(());
    }
    let threads = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(THREADS_MAX);
    let mut records = records.into_iter();
    let mut chunks: Vec<Vec<Vec<Record>>> = iter::repeat_with(Vec::new).take(threads).collect();
    for turn in (0..threads).cycle() {
        let chunk: Vec<Record> = records.by_ref().take(CHUNK_RECORDS).collect();
        if chunk.is_empty() {
            break;
        }
        chunks[turn].push(chunk);
    }
    drop(records);
    thread::scope(|scope| {
        let decoded: Vec<_> = chunks
            .into_iter()
            .map(|chunks| {
                let (sender, receiver) = mpsc::sync_channel(CHUNKS_AHEAD);
                scope.spawn(move || {
                    for chunk in chunks {
                        // Nobody listens after an error.
                        if sender.send(decode_chunk(chunk, barrier)).is_err() {
                            break;
                        }
                    }
                });
                receiver
            })
            .collect();
        // The chunks were dealt in turn: the first that is out ends them all.
        for receiver in decoded.iter().cycle() {
            let Ok(changes) = receiver.recv() else { break };
            changes?.into_iter().for_each(&mut apply);
        }
        Ok(())
    })
}

fn decode_chunk(records: Vec<Record>, barrier: &Barrier) -> Result<Vec<Change>, LoadError> {
    let others = records.into_iter().filter(|record| !is_meta(&record.key));
    others
        .map(|record| decode(&record.key, &record.value, barrier))
        .collect()
}
