//! What would run, and how: deciding only, no I/O.
//!
//! A migration's statements become an [`Execution`]: one transaction wherever PostgreSQL allows it, otherwise stages
//! whose position is recorded. Where a stage was cut off between its statement and its record, a [`Probe`] says what to
//! ask the catalog and what the answer means.

mod aside;
mod dependency;
mod diff;
mod document;
mod execution;
pub mod lock;
mod null;
mod numbered_name;
mod online;
mod probe;
mod retry;
pub mod trace;

pub use aside::{
    AsideError, AsideName, KeptColumn, KeptSequence, KeptTable, KeptType, KeptValue, KeptValues, RestoreStep, SetAside,
    set_aside,
};
pub use dependency::{DependencyCycle, later_mentions, repeatable_order};
pub use diff::{
    AcceptError, AcceptedRename, AlterTarget, Change, Changed, DiffError, DiffOptions, Difference, Fix, FixStep,
    Hazard, HazardKind, IgnoreRule, Ignored, Owners, RenameCandidate, Run, Servers, Sql, Statement, Style, accept,
    accept_annotated, compare, count_ignored, diff, fix, idle_rules,
};
pub use document::{
    ApprovedExtent, ApprovedMigration, ApprovedPlan, ApprovedTarget, PlanDocument, PlanFileError, PlannedBackfill,
    PlannedDuration, PlannedHazard, PlannedLock, PlannedMigration, PlannedStatement, PlannedTarget, PlannedTrace,
    RelationSize, RelationSizes,
};
pub use execution::{BackfillStep, Execution, Losing, LossTerms, Mode, Stage, Step, Waiting, plan_execution};
pub use null::{is_not_null, is_null};
pub use online::{
    Ahead, Carry, EachRow, Going, Growth, InHand, Made, OldName, OnlineChange, OnlineCheck, OnlineSettings, OnlineStep,
    Phases, Quarantine, Ready, RekeyAsk, RekeyDraft, RekeyEdge, RekeySource, Reliance, RowsOf, SchemaVersion, Shown,
    SoftReference, Trial, TrialStep, Twins, VersionChange, VersionSchema, VersionView, VersionedSchema, Versioning,
    Watch, Way, compile, current_version, draft_rekey, held_up_by_open, lost_with_names, online_prefix, readers,
    relies_on, said_at_once, taken_from_versions,
};
pub use probe::{Answer, Probe, Recovery, Verdict};
pub use retry::{Retry, RetryPolicy};
