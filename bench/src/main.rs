//! Measurements of Limosa beside `psql` and `pg_dump`, on a private server, in one run. Linux only: it reads `/proc`.
//!
//!     cargo build --release
//!     cargo run --release -p limosa-bench [WHAT] [SIZE …]
//!
//! WHAT is one of apply, schemas, fleet, lint, check, ids, backfill, growth, online, rekey and seeds; all of them where
//! it is left out.
//!
//! Prints what was measured and on what machine; asserts nothing. The CPU of the server is that of all its processes,
//! in clock ticks of 10 ms; the CPU and the peak memory of a client are its own.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement prints, and ends when it cannot go on")]

mod apply;
mod backfill;
mod check;
mod files;
mod fleet;
mod ids;
mod lint;
mod machine;
mod measured;
mod online;
mod proc_stat;
mod rekey;
mod schemas;
mod seeds;
mod server_cpu;
mod traffic;

use limosa_testkit::{Connection, PrivateServer, PrivateServerOptions, server};

fn main() {
    let mut words = std::env::args().skip(1).peekable();
    let what = words.next_if(|word| word.parse::<usize>().is_err());
    let sizes: Vec<usize> = words.map(|word| word.parse().expect("a number")).collect();
    let sizes = |usual: &[usize]| if sizes.is_empty() { usual.to_vec() } else { sizes.clone() };
    println!("{}", machine::describe());
    let is_wanted = |name: &str| what.as_ref().is_none_or(|what| what == name);
    if is_wanted("ids") {
        sizes(&[5_000_000]).into_iter().for_each(ids::measure);
    }
    if what.as_ref().is_some_and(|what| what == "ids") {
        return;
    }
    let settings = [("shared_buffers", "512MB"), ("max_locks_per_transaction", "1024")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let options = PrivateServerOptions { settings, ..PrivateServerOptions::default() };
    let server = PrivateServer::start_with(server().major(), options);
    println!("PostgreSQL {}\n", server.server().major());
    if is_wanted("apply") {
        sizes(&[1_000]).into_iter().for_each(|migrations| apply::measure(&server, migrations));
    }
    if is_wanted("schemas") {
        sizes(&[1_000, 5_000, 20_000]).into_iter().for_each(|tables| schemas::measure(&server, tables));
    }
    if is_wanted("lint") {
        sizes(&[3_350]).into_iter().for_each(lint::measure);
    }
    if is_wanted("check") {
        sizes(&[100]).into_iter().for_each(|migrations| check::measure(&server, migrations));
    }
    if is_wanted("backfill") {
        let server = durable(&server);
        for rows in sizes(&[1_000_000]) {
            backfill::measure(&server, rows);
            backfill::latency(&server, rows);
            backfill::row_by_row(&server, rows);
        }
    }
    if is_wanted("growth") {
        let server = durable(&server);
        sizes(&[1_000_000]).into_iter().for_each(|rows| backfill::growth(&server, rows));
    }
    if is_wanted("online") {
        let server = durable(&server);
        sizes(&[1_000_000]).into_iter().for_each(|rows| online::measure(&server, rows));
    }
    if is_wanted("rekey") {
        let server = durable(&server);
        sizes(&[1_000_000]).into_iter().for_each(|rows| rekey::measure(&server, rows));
    }
    if is_wanted("seeds") {
        sizes(&[1_000_000]).into_iter().for_each(|rows| seeds::measure(&server, rows));
    }
    if is_wanted("fleet") {
        sizes(&[100]).into_iter().for_each(|targets| fleet::measure(&server, targets));
    }
}

/// As many as a server keeps whose `min_wal_size` is 1 GB.
const SEGMENTS: usize = 64;

/// A server that writes as one in production does. It has segments of WAL to use again, as one that has run for a
/// while: to make a new one takes 10 ms, while everybody waits who commits. No checkpoint comes in between, which some
/// would meet and others not.
fn durable(like: &PrivateServer) -> PrivateServer {
    let settings = [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("shared_buffers", "4GB"),
        ("autovacuum_naptime", "1min"),
        ("min_wal_size", "1GB"),
        ("max_wal_size", "16GB"),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let server = PrivateServer::start_with(
        like.server().major(),
        PrivateServerOptions { settings, ..PrivateServerOptions::default() },
    );
    let database = server.fresh_database();
    let connection = Connection::open(database.url());
    for _ in 0..SEGMENTS {
        connection.execute("SELECT pg_logical_emit_message(true, 'bench', '')");
        connection.execute("SELECT pg_switch_wal()");
    }
    connection.execute("CHECKPOINT");
    server
}
