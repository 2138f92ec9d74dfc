//! What stands around a migration: extensions, roles, users, folders and statements of others. Each test runs the
//! program itself.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod mended_by_hand;
mod owner_role;
#[cfg(feature = "embedded")]
mod plan;
mod project;

#[cfg(all(unix, feature = "embedded"))]
mod cache;
#[cfg(feature = "embedded")]
mod extensions;
