//! Laws that hold for every rule, and cases that people can read.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cases;
mod documentation;
mod laws;
mod pages;
mod project;
