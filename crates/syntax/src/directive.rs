//! Directives: comments of the form `-- limosa: transaction off` that say how a file or a statement is to be run.

mod backfill;
mod duration;
mod manner;
mod parse;
mod rekey;

use std::time::Duration;

use crate::Span;

pub use backfill::BackfillDirective;
pub use duration::keeping_time;
pub use manner::{BackfillManner, data_size};
pub(crate) use parse::parse;
pub use rekey::{FollowsDirective, RekeyDirective};

/// What a directive asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Directive {
    /// `transaction on|off`: whether the file runs in one transaction.
    Transaction {
        /// Whether it does.
        on: bool,
    },
    /// `lock-timeout 3s`: the longest wait for one lock.
    LockTimeout(Duration),
    /// `statement-timeout 10min`: the longest a statement may take; zero is no limit.
    StatementTimeout(Duration),
    /// `allow deletes-data`: the hazard of this name is accepted.
    Allow(String),
    /// `online`: to be run as an online operation, in phases.
    Online,
    /// `online versioned-schemas`, `online dual-columns`: the same, and how clients of both versions find their names.
    Coexistence(Coexistence),
    /// `max-growth 10GB`: an online change that needs more room on disk, in bytes, is not begun.
    MaxGrowth(u64),
    /// `backfill …`: the statement under it is run in batches.
    Backfill(BackfillDirective),
    /// `ignore <rule> <reason>`: the lint rule does not apply here.
    Ignore {
        /// The rule.
        rule: String,
        /// Why not.
        reason: String,
    },
    /// `verify`: what follows are queries that prove the migration.
    Verify,
    /// `down`: what follows reverts what stands before.
    Down,
    /// `set-aside [30d]`: what is dropped is renamed and kept instead, for so long if it is said.
    SetAside(Option<Duration>),
    /// `renamed from <name>, …`: what is made here had these names before.
    RenamedFrom(Vec<String>),
    /// `replaces <version>, …`: it is a baseline, and leads to the same as these.
    Replaces(Vec<String>),
    /// `forward <expression>`: how the new value is computed from the old.
    Forward(String),
    /// `back <expression>`: how the old value is computed from the new.
    Back(String),
    /// `quarantine`: rows for which `forward` or `USING` fails stay as they are in an online change, and are kept.
    Quarantine,
    /// `phase expand|contract`: when the statement runs in an online change.
    Phase(OnlinePhase),
    /// `undo <statement>`: what takes the statement back if the online change is aborted.
    Undo(String),
    /// `rekey …`: the column whose type changes is a key, and gets other values.
    Rekey(RekeyDirective),
    /// `follows …`: the column whose type changes refers to that key.
    Follows(FollowsDirective),
}

/// How clients of the old and of the new version find what they name while both live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Coexistence {
    /// Old and new names stand on the table itself.
    #[default]
    DualColumns,
    /// Each version has a schema of views, which its clients choose by `search_path`.
    VersionedSchemas,
}

impl Coexistence {
    /// Every way, with its word in directives and in limosa.toml.
    pub const WORDS: [(&'static str, Self); 2] =
        [("dual-columns", Self::DualColumns), ("versioned-schemas", Self::VersionedSchemas)];

    /// The word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::DualColumns => "dual-columns",
            Self::VersionedSchemas => "versioned-schemas",
        }
    }
}

/// When a statement runs in an online change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnlinePhase {
    /// Before both versions live.
    Expand,
    /// When nobody needs the old version any more.
    Contract,
}

impl Directive {
    /// Whether it speaks of the file or divides it, wherever it stands.
    pub(crate) fn is_of_file(&self) -> bool {
        matches!(
            self,
            Self::Transaction { .. }
                | Self::Online
                | Self::Coexistence(_)
                | Self::MaxGrowth(_)
                | Self::Verify
                | Self::Down
                | Self::Replaces(_)
        )
    }
}

/// A directive and what it holds for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedDirective {
    /// The comment.
    pub span: Span,
    /// What it asks for.
    pub directive: Directive,
    /// The statement it belongs to, as an index into the script's statements: the one it stands in, behind (on the same
    /// line), or directly before (no blank line between). `None` means the file.
    pub statement: Option<usize>,
}
