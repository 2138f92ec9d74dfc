//! What a statement does to which relations: its parts, as far as they matter for locks, rows and compatibility.
//!
//! [`Class`](crate::Class) says how a statement is run, and is made for every statement of every script. A [`Command`]
//! goes into the parts of one statement: the actions of `ALTER TABLE`, the constraints of a table.

mod alter_table;
mod block;
mod column;
mod constraint;
mod create;
mod drop;
mod object_change;
mod privilege_change;
mod query;
mod read;
mod setting;
mod tend;

use limosa_catalog::{Identifier, QualifiedName};

pub use alter_table::TableAction;
pub use block::Embedded;
pub use column::{ColumnConstraint, ColumnDefinition, DefaultValue, Generation};
pub use constraint::{CheckExpression, ReferenceTerms, TableConstraint, TableRule};
pub use create::NewTable;
pub use object_change::{ObjectAction, ObjectChange};
pub use privilege_change::PrivilegeChange;
pub(crate) use query::relations;
pub use setting::Setting;

use crate::class::object_kind;
use crate::token::TokenKind;
use crate::words::Tokens;
use crate::{DetachMode, RelationKind, Span};

/// A statement in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// `ALTER TABLE`, and `ALTER VIEW`, `ALTER MATERIALIZED VIEW`, `ALTER FOREIGN TABLE`.
    AlterTable {
        /// The relation.
        table: QualifiedName,
        /// Whether a view was said.
        view: bool,
        /// Whether partitions and children are left alone.
        only: bool,
        /// What is done, in order.
        actions: Vec<TableAction>,
    },
    /// `CREATE TABLE`.
    CreateTable(NewTable),
    /// `CREATE TABLE AS`, `SELECT INTO`, `CREATE MATERIALIZED VIEW`.
    CreateTableAs {
        /// The relation that is made.
        name: QualifiedName,
        /// Whether it is a materialized view.
        materialized_view: bool,
        /// The relations that the query names.
        reads: Vec<QualifiedName>,
    },
    /// `CREATE VIEW`, and `CREATE OR REPLACE VIEW`.
    CreateView {
        /// The view.
        name: QualifiedName,
        /// Whether one that is there is replaced.
        or_replace: bool,
        /// The relations that the query names.
        reads: Vec<QualifiedName>,
    },
    /// `CREATE INDEX`.
    CreateIndex {
        /// Its name; `None` where the server chooses one.
        name: Option<Identifier>,
        /// The table.
        table: QualifiedName,
        /// Without the partitions.
        only: bool,
        /// `CONCURRENTLY`.
        concurrently: bool,
        /// `UNIQUE`
        unique: bool,
        /// The access method, where it is said.
        method: Option<Identifier>,
        /// The columns that are keys by themselves; expressions are left out.
        columns: Vec<Identifier>,
        /// Whether some keys are expressions.
        expressions: bool,
        /// What stands behind `WHERE`.
        predicate: Option<String>,
    },
    /// `ALTER INDEX`.
    AlterIndex {
        /// The index.
        index: QualifiedName,
        /// What is done.
        action: IndexAction,
    },
    /// `REINDEX` of an index or a table.
    Reindex {
        /// The index or table.
        name: QualifiedName,
        /// Whether it is a table.
        table: bool,
        /// `CONCURRENTLY`.
        concurrently: bool,
    },
    /// `DROP TABLE`, `DROP VIEW`, `DROP SEQUENCE` ….
    DropRelations {
        /// Of which kind.
        kind: RelationKind,
        /// Which.
        names: Vec<QualifiedName>,
        /// What depends on them is dropped, too.
        cascade: bool,
    },
    /// `DROP INDEX`.
    DropIndex {
        /// Which.
        names: Vec<QualifiedName>,
        /// `CONCURRENTLY`.
        concurrently: bool,
    },
    /// `DROP SCHEMA`.
    DropSchema {
        /// Which.
        names: Vec<Identifier>,
        /// With all that they hold.
        cascade: bool,
    },
    /// `CREATE`, `ALTER` and `DROP` of what lives in a table.
    InTable {
        /// What lives there.
        member: TableMember,
        /// What is done with it.
        change: MemberChange,
        /// The table.
        table: QualifiedName,
    },
    /// `COMMENT ON` something of a relation.
    Comment {
        /// On what.
        on: Commented,
        /// The relation.
        relation: QualifiedName,
    },
    /// `GRANT` and `REVOKE` on named tables.
    Grant {
        /// The tables.
        tables: Vec<QualifiedName>,
    },
    /// `CREATE STATISTICS`.
    CreateStatistics {
        /// Its name; `None` where the server chooses one.
        name: Option<QualifiedName>,
        /// The tables.
        tables: Vec<QualifiedName>,
    },
    /// `DROP STATISTICS`.
    DropStatistics {
        /// Which.
        names: Vec<QualifiedName>,
    },
    /// `CREATE PUBLICATION … FOR TABLE`, `ALTER PUBLICATION … TABLE`.
    Publish {
        /// The tables.
        tables: Vec<QualifiedName>,
    },
    /// `CREATE SEQUENCE`.
    CreateSequence {
        /// The sequence.
        name: QualifiedName,
        /// The table that is to own it.
        owned_by: Option<QualifiedName>,
    },
    /// `ALTER SEQUENCE`.
    AlterSequence {
        /// The sequence.
        name: QualifiedName,
        /// The table that is to own it.
        owned_by: Option<QualifiedName>,
    },
    /// `CREATE DOMAIN`.
    CreateDomain {
        /// The domain.
        domain: QualifiedName,
        /// Whether it demands something of its values: `CHECK`, `NOT NULL`.
        checked: bool,
    },
    /// `ALTER DOMAIN`.
    AlterDomain {
        /// The domain.
        domain: QualifiedName,
        /// Whether the values that are there are looked at.
        change: DomainChange,
    },
    /// `REFRESH MATERIALIZED VIEW`.
    Refresh {
        /// The view.
        view: QualifiedName,
        /// `CONCURRENTLY`.
        concurrently: bool,
    },
    /// `VACUUM`, `ANALYZE`, `CLUSTER` of named tables.
    Tend {
        /// What is done.
        how: Tending,
        /// Which; all of the database where none are named.
        tables: Vec<QualifiedName>,
    },
    /// `LOCK TABLE`.
    Lock {
        /// Which.
        tables: Vec<QualifiedName>,
        /// The mode as it was written, in capitals: `SHARE ROW EXCLUSIVE`.
        mode: String,
    },
    /// `TRUNCATE`.
    Truncate {
        /// Which.
        tables: Vec<QualifiedName>,
        /// With the tables that reference them.
        cascade: bool,
    },
    /// `SELECT`, `COPY … TO`, and a call of `SELECT` by another name.
    Query {
        /// The relations that it names.
        reads: Vec<QualifiedName>,
        /// `FOR UPDATE` and the like.
        locks_rows: bool,
    },
    /// `INSERT`, `COPY … FROM`.
    Insert {
        /// Into which.
        table: QualifiedName,
        /// The relations that its query names.
        reads: Vec<QualifiedName>,
    },
    /// `UPDATE`, `DELETE`, `MERGE`.
    Change {
        /// Which.
        table: QualifiedName,
        /// Whether rows go away.
        deletes: bool,
        /// Whether every row is meant: there is no `WHERE`.
        every_row: bool,
        /// The other relations that it names.
        reads: Vec<QualifiedName>,
    },
    /// A `DO` block, with the statements that can be read in its body. There may be others.
    Block(Vec<Command>),
    /// About no relation.
    NoRelation,
    /// What is done does not stand in the text: `CALL`, `EXECUTE`, `CREATE EXTENSION`; or is not known.
    Unknown,
}

/// What `ALTER INDEX` does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexAction {
    /// `RENAME TO`
    Rename(Identifier),
    /// `SET (…)`, `RESET (…)`, `ALTER COLUMN … SET STATISTICS`
    Set,
    /// `ATTACH PARTITION`
    Attach,
    /// `SET TABLESPACE`
    SetTablespace,
    /// `DEPENDS ON EXTENSION`, and what is not known.
    Other,
}

/// What lives in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableMember {
    /// A trigger.
    Trigger,
    /// A policy.
    Policy,
    /// A rule.
    Rule,
}

/// What is done with a member of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MemberChange {
    /// `CREATE`
    Create,
    /// `ALTER`
    Alter,
    /// `DROP`
    Drop,
}

/// What a comment is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commented {
    /// A table, view, sequence, or a column.
    Relation,
    /// What lives in a table.
    Member,
    /// An index.
    Index,
}

/// What `ALTER DOMAIN` does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainChange {
    /// A constraint that holds at once: `ADD CHECK`, `SET NOT NULL`.
    Checked,
    /// `VALIDATE CONSTRAINT`
    Validated,
    /// Nothing that the values that are there have to meet.
    Unchecked,
}

/// How tables are tended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tending {
    /// `VACUUM`
    Vacuum,
    /// `VACUUM FULL`
    VacuumFull,
    /// `ANALYZE`
    Analyze,
    /// `CLUSTER`, `REPACK`
    Cluster,
}

impl Command {
    /// Reads one statement. Never fails: what it does not know is [`Command::Unknown`], and so is what
    /// [`is_too_deep`].
    #[must_use]
    pub fn of(statement: &str) -> Self {
        if is_too_deep(statement) { Self::Unknown } else { read::statement(statement) }
    }
}

/// Parentheses within parentheses beyond this are no work of people. The server takes some thousands, by the size of
/// its stack; to look into them costs their square.
const DEEPEST: usize = 1_000;

/// Whether a statement is nested too deep for its parts to be told: 1,000 parentheses and brackets within each other,
/// those in strings left out.
#[must_use]
pub fn is_too_deep(statement: &str) -> bool {
    // Few statements hold so many that it is worth reading them twice.
    if statement.bytes().filter(|byte| matches!(byte, b'(' | b'[')).nth(DEEPEST).is_none() {
        return false;
    }
    let mut depth = 0_usize;
    Tokens::of(statement).words().each().any(|(token, _)| {
        match token.kind {
            TokenKind::LeftParen | TokenKind::LeftBracket => depth += 1,
            TokenKind::RightParen | TokenKind::RightBracket => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST
    })
}

/// Where the actions of an `ALTER TABLE` stand in its text, in the order of [`Command::AlterTable`]'s; and where the
/// columns and constraints of a `CREATE TABLE` do. Empty for others.
#[must_use]
pub fn part_spans(statement: &str) -> Vec<Span> {
    if is_too_deep(statement) {
        return Vec::new();
    }
    let tokens = Tokens::of(statement);
    let mut words = tokens.words();
    if words.take(&["ALTER"]) {
        if object_kind::take(&mut words).is_none() {
            return Vec::new();
        }
        words.take(&["IF", "EXISTS"]);
        words.take(&["ONLY"]);
        words.qualified_name();
        words.take_kind(TokenKind::Operator);
    } else if words.take(&["CREATE"]) {
        let Some((_, mut list)) = words.each().find(|(token, _)| token.kind == TokenKind::LeftParen) else {
            return Vec::new();
        };
        words = list.parenthesised().unwrap_or(list);
    } else {
        return Vec::new();
    }
    words.split(TokenKind::Comma).filter_map(|part| part.span()).collect()
}

/// Which way of detaching follows a partition's name.
fn detach_mode(words: &crate::words::Words<'_>) -> DetachMode {
    if words.at(&["CONCURRENTLY"]) {
        DetachMode::Concurrently
    } else if words.at(&["FINALIZE"]) {
        DetachMode::Finalize
    } else {
        DetachMode::AtOnce
    }
}
