//! What is on disk: `limosa.toml`, services and environments, migration layouts, checksums, the sum file, and what the
//! files and a history mean together.
//!
//! This crate reads (and, where asked, renames and writes) files and does nothing else: it opens no connection, reads
//! no environment variable and prints nothing. What a history knows comes in as plain data ([`AppliedMigration`]), what
//! is wrong goes out as [`Diagnostic`](limosa_syntax::Diagnostic)s, all of them together.

mod adopt;
mod backup;
mod checks;
mod checksum;
mod config;
mod consumers;
mod declared_schema;
mod environment;
mod file;
mod file_act;
mod folder;
mod history_table;
mod ids;
mod ignored;
mod init;
mod layout;
mod logs;
mod mask;
mod migration;
mod name;
mod new;
mod order;
mod project;
mod read;
mod rebase;
mod reconcile;
mod reference;
mod rename;
mod renumber;
mod restore;
mod reversion;
mod run;
mod script;
mod seeds;
mod service;
mod squash;
mod suggest;
mod sum;
mod sum_check;
mod tenants;
mod url;
mod version;
mod version_schema;

pub use adopt::{
    Adopted, AdoptedTarget, AdoptionPlan, AdoptionTerms, EntrySource, FoundHistory, GuardKind, ImpossibleRow,
    KeptScript, KnownSql, OldChecksum, OldEntry, OldHistory, OldRow, OldState, Recognised, SeenColumn, SeenTable,
    ToolFiles, ToolName, UnknownTool, Verdict, candidate_folders, cover_head, covered_keys, history_of_scripts,
    plan_adoption, recognise_histories,
};
pub use backup::BackupSettings;
pub use checks::{
    ChangedWith, CheckCommand, CheckQuery, CheckSettings, CheckTime, FileCheck, FileDemand, FileFacts, FileVerdict,
    PathPattern, PendingName, read_checks,
};
pub use checksum::{Checksum, InvalidChecksum};
pub use config::{CONFIG_FILE, Loaded, check_settings, load, mask_settings, read_config};
pub use consumers::{Compare, Consumer, ConsumerQuery, read_consumers};
pub use declared_schema::DeclaredSchema;
pub use environment::{Backup, Environment};
pub use file_act::{FileAct, FileActError, files_are_half_changed, finish_files};
pub use history_table::is_history_table;
pub use ids::IdSettings;
pub use ignored::IgnoredObject;
pub use init::{Proposal, ProposedService, recognise};
pub use layout::LayoutName;
pub use logs::LogSettings;
pub use mask::{InvalidMask, Mask, MaskSettings};
pub use migration::{Migration, MigrationSet, Repeatable, TransactionMode};
pub use name::{AppName, EnvironmentName, InvalidName, MigrationName, ServiceName};
pub use new::{NewFile, NewFileError, NewMigration, new_migration, write_new};
pub use order::{service_order, service_waves};
pub use project::{Project, RawTable};
pub use read::read_migrations;
pub use rebase::{Rename, plan_rebase};
pub use reconcile::{AppliedMigration, AppliedState, Identity, Reconciliation, Unfinished, reconcile};
pub use reference::{ColumnName, InvalidColumnName, Reference};
pub use rename::{RenameError, apply_renames};
pub use renumber::{
    Mention, NewVersion, RENUMBER_FILE, RecordedVersion, RenumberAct, RenumberChanges, RenumberLine, RenumberMap,
    RenumberPlan, RenumberRecord, RenumberRecordError, RenumberWish, Rewrite, VersionMove, VersionsMeet, Wrappers,
    plan_renumber, renumber_changes,
};
pub use restore::KeptMigration;
pub use run::{OrderPolicy, RunSettings};
pub use script::{Script, Separator};
pub use seeds::{
    Cell, ColumnForm, MaxDelete, NewSeed, Node, RowCursor, Scalar, Seed, SeedColumn, SeedContent, SeedMode, SeedName,
    SeedRows, SeedScope, TableSettings, Value, read_script, read_seeds,
};
pub use service::{LooseFile, Service};
pub use squash::{SquashPlan, Squashed, Standing, plan_squash};
pub use suggest::did_you_mean;
pub use sum::{SUM_FILE, SumError, SumFile, SumLine, SumState};
pub use sum_check::{compare_sum, rehash};
pub use tenants::{TenantKind, TenantSource, Tenants};
pub use url::{SecretUrl, TargetUrl, TemplateValues, UrlError, UrlParts, UrlTemplate, UrlTemplateError, VariableName};
pub use version::{InvalidVersion, Version};
pub use version_schema::{CoexistenceSettings, InvalidVersionSchemaTemplate, VersionSchemaTemplate};
