//! Rules that look at catalogs, on catalogs of real servers: what their pages show, and cases that people can read.
//!
//! A line `-- limosa.toml: …` holds settings as in `[lint.rules]`, `-- policy: …` as in `[policy]`, `-- role: NAME` a
//! role that the server shall have, and `-- since: 18` names the first major version that a text is for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod cases;
mod pages;
mod schema;
