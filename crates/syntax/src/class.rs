//! What a statement is, and what that means for running it.

mod body;
mod calls;
mod classify;
mod definition;
mod maintenance;
pub(crate) mod object_kind;
mod partition;
mod query;
mod session;
mod subscription;

use std::borrow::Cow;

use limosa_catalog::{Identifier, QualifiedName};

pub(crate) use classify::{Head, classify};
pub use query::is_query;
pub(crate) use query::main_query;

/// What a statement is, as far as its text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// What people call it: `CREATE TABLE`, `CREATE INDEX CONCURRENTLY`, `INSERT`, `DO`. Close to the command tag of
    /// PostgreSQL; the first word in capitals where the statement is not known.
    pub tag: Cow<'static, str>,
    /// The object it is mainly about, folded and unquoted as PostgreSQL does. For what lives in a table (triggers,
    /// policies, rules) the table; for an index the index.
    pub object: Option<QualifiedName>,
    /// Whether it may stand in a transaction block.
    pub transaction: TransactionRule,
    /// How it may wait for locks.
    pub waits: LockWait,
    /// Whether it changes settings of the session, which outlive the script.
    pub settings: SettingsChange,
    /// What to look for in the catalog when it is not known whether it ran; `None` where the catalog cannot tell.
    pub effect: Option<Effect>,
}

/// How a statement goes together with a transaction block, on PostgreSQL 15 to 19.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionRule {
    /// It may stand in one. Of `REINDEX TABLE`, `REINDEX INDEX` and `CLUSTER` the server refuses those of partitioned
    /// tables there, which their text does not show.
    Allowed,
    /// The server refuses it there (SQLSTATE 25001).
    Forbidden(Forbidden),
    /// It begins, ends or divides transactions itself.
    Control(TransactionControl),
    /// A procedure or block that may end the transaction it runs in, which works only outside a transaction block.
    MayControl,
}

/// Why the server refuses a statement in a transaction block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Forbidden {
    /// It uses transactions of its own, so that it holds strong locks only briefly: the `CONCURRENTLY` forms.
    Concurrently,
    /// It commits table by table: `VACUUM`, and `CLUSTER`, `REINDEX` or `REPACK` of many tables.
    CommitsPerTable,
    /// It makes, moves or removes files that a rollback could not bring back: databases, tablespaces, `ALTER SYSTEM`.
    ChangesFiles,
    /// It acts on another server: subscriptions with their replication slots.
    ActsOnPublisher,
    /// It ends a prepared transaction: `COMMIT PREPARED`, `ROLLBACK PREPARED`.
    EndsPreparedTransaction,
    /// It resets the whole session: `DISCARD ALL`.
    DiscardsSession,
}

impl Forbidden {
    /// The reason in words, to follow "because it".
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Concurrently => "uses several transactions of its own",
            Self::CommitsPerTable => "commits after each table",
            Self::ChangesFiles => "changes files of the server, which a rollback could not undo",
            Self::ActsOnPublisher => "acts on the publishing server, which a rollback could not undo",
            Self::EndsPreparedTransaction => "ends a prepared transaction",
            Self::DiscardsSession => "resets the whole session",
        }
    }
}

/// Which transaction command a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransactionControl {
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`.
    Commit,
    /// `ROLLBACK`, `ABORT`.
    Rollback,
    /// `SAVEPOINT`.
    Savepoint,
    /// `RELEASE SAVEPOINT`.
    ReleaseSavepoint,
    /// `ROLLBACK TO SAVEPOINT`.
    RollbackToSavepoint,
    /// `PREPARE TRANSACTION`.
    Prepare,
}

/// How a statement may wait for locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockWait {
    /// It asks for locks that hold up everybody queued behind it, so it should wait in short tries: DDL, and what
    /// rewrites a table.
    Briefly,
    /// A short `lock_timeout` would only kill it on a row or snapshot somebody else holds, so it waits with the whole
    /// patience: queries, DML, `COPY`, the `CONCURRENTLY` forms, `VACUUM`.
    Patiently,
    /// It waits for no lock: settings, transaction control.
    Never,
}

/// Whether a statement changes settings (`search_path`, `role`, …) and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettingsChange {
    /// It does not, as far as its text says. Triggers, and functions called from DML, are not looked into.
    None,
    /// Until the end of the transaction: `SET LOCAL`, `SET CONSTRAINTS`, `SET TRANSACTION`, `set_config(…, true)`.
    Transaction,
    /// Until the end of the session: `SET`, `RESET`, `DISCARD`, `set_config(…, false)`, and blocks, procedures and
    /// functions that could do so.
    Session,
}

/// What a statement leaves in the catalog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// An index; an INVALID one means that a concurrent build was cut short.
    CreateIndex {
        /// Its name; `None` where the server chooses one.
        name: Option<Identifier>,
        /// The table it is on, whose schema is also the schema of the index.
        table: QualifiedName,
        /// `CONCURRENTLY` was said.
        concurrently: bool,
        /// `IF NOT EXISTS` was said, which also passes over an INVALID index of that name.
        if_not_exists: bool,
    },
    /// Indexes gone.
    DropIndex {
        /// Their names.
        names: Vec<QualifiedName>,
        /// `CONCURRENTLY` was said; cut short it leaves an INVALID index.
        concurrently: bool,
        /// `IF EXISTS` was said.
        if_exists: bool,
    },
    /// A new label of an enum type.
    AddEnumValue {
        /// The type.
        type_name: QualifiedName,
        /// The label.
        label: String,
        /// `IF NOT EXISTS` was said.
        if_not_exists: bool,
    },
    /// A partition on its own.
    DetachPartition {
        /// The partitioned table.
        parent: QualifiedName,
        /// The partition.
        partition: QualifiedName,
        /// How it is detached.
        mode: DetachMode,
    },
    /// A relation.
    CreateRelation {
        /// Of which kind.
        kind: RelationKind,
        /// Its name.
        name: QualifiedName,
        /// `IF NOT EXISTS` was said.
        if_not_exists: bool,
    },
    /// Relations gone.
    DropRelations {
        /// Of which kind.
        kind: RelationKind,
        /// Their names.
        names: Vec<QualifiedName>,
        /// `IF EXISTS` was said.
        if_exists: bool,
    },
    /// A database.
    CreateDatabase {
        /// Its name.
        name: Identifier,
    },
    /// A database gone.
    DropDatabase {
        /// Its name.
        name: Identifier,
        /// `IF EXISTS` was said.
        if_exists: bool,
    },
    /// A tablespace.
    CreateTablespace {
        /// Its name.
        name: Identifier,
    },
    /// A tablespace gone.
    DropTablespace {
        /// Its name.
        name: Identifier,
        /// `IF EXISTS` was said.
        if_exists: bool,
    },
    /// A subscription.
    CreateSubscription {
        /// Its name.
        name: Identifier,
    },
    /// A subscription gone.
    DropSubscription {
        /// Its name.
        name: Identifier,
        /// `IF EXISTS` was said.
        if_exists: bool,
    },
    /// Nothing that running it again would harm: `VACUUM`, `ANALYZE`, `REINDEX`, `SET`, `CREATE OR REPLACE` ….
    Repeatable,
}

/// How a partition is detached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DetachMode {
    /// In the transaction at hand.
    AtOnce,
    /// `CONCURRENTLY`: in two transactions; cut short it leaves the partition marked as being detached.
    Concurrently,
    /// `FINALIZE`: the second half of one that was cut short.
    Finalize,
}

/// The kinds of relation that a script makes and drops by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelationKind {
    /// `TABLE`
    Table,
    /// `FOREIGN TABLE`
    ForeignTable,
    /// `VIEW`
    View,
    /// `MATERIALIZED VIEW`
    MaterializedView,
    /// `SEQUENCE`
    Sequence,
}
