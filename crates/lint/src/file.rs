//! The files that are looked at.

use std::sync::Arc;

use limosa_plan::Mode;
use limosa_syntax::{SourceFile, Span};

/// A script, and how it will run.
#[derive(Debug, Clone)]
pub struct File {
    /// The file, under the path that people know.
    pub source: Arc<SourceFile>,
    /// The part of it that is looked at.
    pub section: Span,
    /// What it is for.
    pub role: Role,
    /// How it asks for its transaction.
    pub mode: Mode,
    /// What the file is called, without what its layout adds: `add_patient`. `None` for loose files.
    pub name: Option<String>,
    /// The version, as it is spelled in the file's name.
    pub version: Option<String>,
    /// Whether something takes it back.
    pub has_down: bool,
    /// Whether it is only read, for what it makes: findings are not wanted.
    pub context: bool,
    /// Files of equal number are deployed together: until the last of them has run, nobody uses what they make.
    pub rollout: usize,
}

/// What a script is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// It is applied once.
    Migration,
    /// It is applied whenever its text changes.
    Repeatable,
    /// It takes a migration back.
    Down,
    /// It declares a schema, and runs in empty databases.
    Schema,
}
