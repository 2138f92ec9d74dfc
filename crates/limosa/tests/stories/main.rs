//! The everyday use of the program, told from outside: files in a folder, a command line, what is printed, what is then
//! in the database. Each story is played on every server that the tests know; some on the embedded one, too.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that cannot go on fails")]

mod down;
mod environments;
mod first_use;
mod fleet;
mod layouts;
mod order;
mod outcome;
mod place;
mod project;
mod sum;
