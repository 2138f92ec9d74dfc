//! Nothing is ever lost or half done: the program is broken off, kept out and lied to in every way that a database can
//! meet, on real servers, and each time the next run has to finish the work.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "a test says how many rounds it made")]

mod database;
mod every_kind;
mod patience;
mod project;
mod rekey;
mod rekey_elsewhere;
mod session;
mod tap;

mod backfill;
mod backfill_directive;
mod backup;
mod bad_targets;
mod interrupted;
mod killed_client;
mod killed_server;
mod locks;
mod many_at_once;
mod online;
mod online_followed;
mod pooler;
mod runner_lock;
mod signals;
mod throttles;
