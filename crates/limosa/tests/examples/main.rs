//! The examples, as their readers try them: every `console` block of an example's README is typed in a copy of its
//! folder, and what is printed is what the README shows; `run.sh` does the whole story and holds its own assertions.
//! Each on a server of its own of every version that the tests know, since examples make databases and roles by name.
//!
//! `LIMOSA_TEST_WRITE_EXAMPLES=1` writes what was printed into the README instead, where it differs.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test says what it leaves out, and runs the programs of examples"
)]

mod example;
mod normal;
mod readme;

use example::{Example, Place};

#[test]
fn integration_registry() {
    Example { name: "integration-registry", place: Place::Server }.holds();
}

#[test]
fn public_ids() {
    Example { name: "public-ids", place: Place::Server }.holds();
}

#[test]
fn schema_drift() {
    Example { name: "schema-drift", place: Place::Server }.holds();
}

#[test]
fn service_fleet() {
    Example { name: "service-fleet", place: Place::Embedded }.holds();
}

#[test]
fn unified_runner() {
    Example { name: "unified-runner", place: Place::Server }.holds();
}
