//! The everyday use of the program, told from outside: files in a folder, a command line, what is printed, what is then
//! in the database. Each story is played on every server that the tests know; some on the embedded one, too.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stdout, clippy::disallowed_methods, reason = "a test says where it failed, and finds programs")]

mod adopt;
mod adopt_drift;
mod adopt_places;
mod adopt_scripts;
mod adopt_tools;
mod aside;
mod aside_down;
mod aside_lock;
mod backfill;
mod backfill_directive;
mod backfill_trouble;
mod backup;
mod bad_schemas;
mod checks;
mod connections;
mod consumers;
mod down;
mod drift_fix;
mod environments;
mod first_use;
mod fleet;
mod gate;
mod ids;
mod kept_values;
mod layouts;
mod lint;
mod online;
mod online_laws;
mod online_trouble;
mod order;
mod outcome;
mod owners;
mod place;
mod plan;
mod policy;
mod project;
mod proofs;
mod references;
mod rekey;
mod rekey_traffic;
mod renames;
mod renumber;
mod repair;
mod schema;
mod scripts;
mod seed_verbs;
mod seeds;
mod squash;
mod sum;
mod traces;
mod verify;
mod versions;
mod versions_traffic;
