//! What is done to databases: locks, history, executing, going back, status, the log.
//!
//! Nothing here prints, prompts or reads the environment: what happens is told as [`Event`]s, what went wrong as
//! [`RunError`]s that carry diagnostics.

mod adopt;
mod adopt_drift;
mod aside;
mod backfill;
mod backup;
mod bytes;
mod checks;
mod clock;
mod consumers;
mod desired;
mod doctor;
mod down;
mod drift;
mod event;
mod executor;
mod filling;
mod fresh;
mod history;
mod jitter;
mod live;
mod lock;
mod log;
mod loss;
mod online;
mod outcome;
mod pending;
mod plan;
mod prepare;
mod prove;
mod purge;
mod put_right;
mod references;
mod rekey;
mod repair;
mod rollout;
mod rows;
mod run_error;
mod sample;
mod seeds;
mod server_words;
mod snapshot;
mod squash;
mod status;
mod stop;
mod target;
mod trace;
mod up;
mod verify;

pub use adopt::{
    Adoption, AdoptionDone, OldHistories, OldHistoryPolicy, OldTable, ScriptVerdict, adopt, judge_script,
    old_histories, undo_adoption, without_old_tables,
};
pub use adopt_drift::{DriftAdoption, adopt_drift};
pub use aside::{AsideRecord, AsideSeen, CatalogLocked, asides, live_catalog};
pub use backfill::{
    Assignment, BackfillDefinition, BackfillError, BackfillEvent, BackfillFailure, BackfillOptions, BackfillWish,
    Estimate, InvalidAssignment, Job, JobMigration, JobState, OnError, Order, Preview, Reject, RowChange, Throttle,
    Trial, Workers, ask_backfill, backfill, backfill_jobs, backfill_rejects, column_name, preview_backfill,
    resume_backfill,
};
pub use backup::{
    ArchiveReader, ArchivedColumn, ArchivedSequence, ArchivedTable, BackupBeforeRun, BackupError, BackupEvent,
    BackupFile, BackupForm, BackupMade, BackupRequest, ClientPrograms, Contents, DatabaseRestored, DumpFormat,
    DumpRecord, HistoryPosition, Place, RestoreOptions, RestorePreview, RestoreWish, Restored, SavedBefore, Scope,
    TableComparison, TableFormat, TableSelection, Unreadable, Verified, back_up_database, back_up_tables, list_backups,
    look_at_backup, make_database, prepare_backup_folder, preview_restore, restore, restore_database, touched_tables,
    verify_dump, verify_plain,
};
pub use bytes::bytes_for_people;
pub use checks::{
    CheckOutcome, CheckTerms, CheckVerdict, Checks, ChecksFailed, Moment, check_replayed, check_session, check_target,
};
pub use consumers::{
    Answered, ConsumerFinding, ConsumerProblem, ConsumerWalk, Phase, Present, Refusal, Seen, Shape, describe_consumers,
    judge_consumers, walk_consumers,
};
pub use desired::{Answers, DesiredError, Replay, catalogs_before, load_schema, replay};
pub use doctor::{CheckName, Examination, Finding, FindingState, doctor};
pub use down::{Back, DownFrom, DownOptions, down};
pub use drift::{Compared, Drift, DriftFound, DriftPolicy, drift};
pub use event::{Blocker, Direction, Event, Observer, TargetOutcome};
pub use executor::{InterruptedStatement, Lookup};
pub use filling::{FilledTable, fill_tables};
pub use fresh::{Doomed, FreshDone, FreshError, FreshOptions, doomed, fresh};
pub use history::{EventRecord, FormatVersion, History, HistoryError, HistoryRow, RowState};
pub use live::{Circumstances, HeldLock, LiveFacts, Replica, circumstances, live_facts};
pub use log::{Log, LoggedEvent, log};
pub use loss::LossPolicy;
pub use online::{
    FinishOptions, MapStanding, OnlineEnd, OnlineRecord, OnlineSeen, OnlineStanding, OnlineState, OwnedMap, Owner,
    Owners, PlannedOnline, PlannedScript, Room, abort, carried_rows, contract, owned_map,
};
pub use outcome::{OutcomeComparison, RowsComparison, SideError, compare_outcomes};
pub use pending::{Pending, PendingJob};
pub use plan::{PlannedJob, TargetPlan, hold_to, plan, plan_before_creation};
pub use prepare::{Backfills, Prepared, prepare};
pub use prove::{
    Example, LeftOutSeed, Loss, Lost, Proof, ProofDifference, ProofExtent, ProofRequest, ProofRows, ProofStep,
    ProofVerdict, RowCount, RowSource, prove,
};
pub use purge::{PurgeOptions, purge};
pub use put_right::{RenumberOptions, renumber};
pub use references::{Orphan, ReferenceEnd, ReferenceError, ReferenceFound, references};
pub use rekey::{RekeySurvey, TableSize, rekey_survey, table_sizes};
pub use repair::{
    EffectFound, Repair, RepairOptions, Settled, TrackedSeed, effect_found, kept_migrations, repair, tracked_seeds,
};
pub use rollout::Rollout;
pub use rows::OffendingRows;
pub use run_error::{Ending, InEffect, Resumable, RunError, StatementFailure, blocker_line, change_line};
pub use sample::{MaskReason, MaskedColumn, Sample, SampleError, take_sample};
pub use seeds::{
    ChangedValue, Deletes, ExportError, ExportFormat, ExportWish, Exported, ImportError, Imported, NamedValue,
    RowDifference, SeedCheckError, SeedCounts, SeedError, SeedOptions, SeedOutcome, SeedReport, SeedRun, SeedState,
    check_seeds, export_seed, import_seeds, seed, seed_checksum, seed_status,
};
pub use squash::{BaselineData, BaselineDraft, BaselineError, LeftOut, draft_baseline};
pub use status::{TargetStatus, status, status_before_creation};
pub use stop::{StopSignal, StopSwitch, Urgency, stop_switch};
pub use target::Target;
pub use trace::{TraceRequest, TracedScript, keep_traces, known_traces, trace};
pub use up::{Extent, TargetReport, UpOptions, up};
pub use verify::VerifyFailure;
