//! `ALTER TABLE` and its actions.

use limosa_catalog::{Identifier, QualifiedName};

use super::column::{self, ColumnDefinition};
use super::constraint::{self, TableConstraint};
use super::{Command, detach_mode};
use crate::DetachMode;
use crate::token::TokenKind;
use crate::words::Words;

/// One action of an `ALTER TABLE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableAction {
    /// `ADD COLUMN`
    AddColumn(ColumnDefinition),
    /// `DROP COLUMN`
    DropColumn(Identifier),
    /// `ALTER COLUMN … SET DEFAULT`
    SetDefault(Identifier),
    /// `ALTER COLUMN … DROP DEFAULT`
    DropDefault(Identifier),
    /// `ALTER COLUMN … SET NOT NULL`
    SetNotNull(Identifier),
    /// `ALTER COLUMN … DROP NOT NULL`
    DropNotNull(Identifier),
    /// `ALTER COLUMN … TYPE`
    SetType {
        /// The column.
        column: Identifier,
        /// The type as it is written, its words with single spaces between them.
        data_type: String,
        /// Whether an expression converts the values, other than a cast of the column to the type.
        using: bool,
        /// Whether a collation is given.
        collated: bool,
    },
    /// `ALTER COLUMN … SET STATISTICS`
    SetStatistics,
    /// `ALTER COLUMN … SET STORAGE`
    SetStorage,
    /// `ALTER COLUMN … SET COMPRESSION`
    SetCompression,
    /// `ALTER COLUMN … SET (…)`, `… RESET (…)`
    SetColumnOptions,
    /// `ALTER COLUMN … SET EXPRESSION`
    SetExpression(Identifier),
    /// `ALTER COLUMN … DROP EXPRESSION`
    DropExpression(Identifier),
    /// `ALTER COLUMN … ADD GENERATED … AS IDENTITY` and its changes.
    Identity(Identifier),
    /// `ADD` of a constraint.
    AddConstraint(TableConstraint),
    /// `VALIDATE CONSTRAINT`
    ValidateConstraint(Identifier),
    /// `ALTER CONSTRAINT`
    AlterConstraint(Identifier),
    /// `RENAME CONSTRAINT`
    RenameConstraint {
        /// The name until now.
        from: Identifier,
        /// The name from now on.
        to: Identifier,
    },
    /// `DROP CONSTRAINT`
    DropConstraint(Identifier),
    /// `RENAME TO`
    Rename(Identifier),
    /// `RENAME COLUMN`
    RenameColumn {
        /// The name until now.
        from: Identifier,
        /// The name from now on.
        to: Identifier,
    },
    /// `SET SCHEMA`
    SetSchema(Identifier),
    /// `OWNER TO`
    SetOwner,
    /// `ENABLE TRIGGER`, `DISABLE TRIGGER`
    EnableTrigger,
    /// `ENABLE RULE`, `DISABLE RULE`
    EnableRule,
    /// `… ROW LEVEL SECURITY`
    RowSecurity,
    /// `CLUSTER ON`, `SET WITHOUT CLUSTER`
    ClusterOn,
    /// `SET LOGGED`, `SET UNLOGGED`
    SetLogged,
    /// `SET TABLESPACE`
    SetTablespace,
    /// `SET ACCESS METHOD`
    SetAccessMethod,
    /// `SET (…)`, `RESET (…)`
    SetParameters,
    /// `INHERIT`
    Inherit(QualifiedName),
    /// `NO INHERIT`
    NoInherit(QualifiedName),
    /// `REPLICA IDENTITY`
    ReplicaIdentity,
    /// `ATTACH PARTITION`
    AttachPartition {
        /// The partition.
        partition: QualifiedName,
        /// Whether it takes the rows that fit nowhere else.
        default: bool,
    },
    /// `DETACH PARTITION`
    DetachPartition {
        /// The partition.
        partition: QualifiedName,
        /// How.
        mode: DetachMode,
    },
    /// Not known.
    Unknown,
}

/// What follows `ALTER TABLE [IF EXISTS]`.
pub(super) fn alter_table(mut words: Words<'_>, view: bool) -> Option<Command> {
    let only = words.take(&["ONLY"]);
    let table = words.qualified_name()?;
    words.take_kind(TokenKind::Operator); // the `*` of `ALTER TABLE parent *`
    let actions = words.split(TokenKind::Comma).map(action).map(|known| known.unwrap_or(TableAction::Unknown));
    Some(Command::AlterTable { table, view, only, actions: actions.collect() })
}

fn action(mut words: Words<'_>) -> Option<TableAction> {
    let first = words.word()?.to_ascii_uppercase();
    words.next();
    match first.as_str() {
        "ADD" => add(words),
        "DROP" if words.take(&["CONSTRAINT"]) => {
            words.take(&["IF", "EXISTS"]);
            words.identifier().map(TableAction::DropConstraint)
        }
        "DROP" => {
            words.take(&["COLUMN"]);
            words.take(&["IF", "EXISTS"]);
            words.identifier().map(TableAction::DropColumn)
        }
        "ALTER" if words.take(&["CONSTRAINT"]) => words.identifier().map(TableAction::AlterConstraint),
        "ALTER" => {
            words.take(&["COLUMN"]);
            // A column of an index goes by its number.
            alter_column(words.identifier()?, words)
        }
        "VALIDATE" => {
            words.take(&["CONSTRAINT"]);
            words.identifier().map(TableAction::ValidateConstraint)
        }
        "RENAME" => rename(words),
        "OWNER" => Some(TableAction::SetOwner),
        "ENABLE" | "DISABLE" | "FORCE" => {
            words.take_any(&["ALWAYS", "REPLICA"]);
            match () {
                () if words.at(&["TRIGGER"]) => Some(TableAction::EnableTrigger),
                () if words.at(&["RULE"]) => Some(TableAction::EnableRule),
                () => words.at(&["ROW", "LEVEL"]).then_some(TableAction::RowSecurity),
            }
        }
        "NO" if words.at(&["FORCE", "ROW"]) => Some(TableAction::RowSecurity),
        "NO" if words.take(&["INHERIT"]) => words.qualified_name().map(TableAction::NoInherit),
        "INHERIT" => words.qualified_name().map(TableAction::Inherit),
        "CLUSTER" => Some(TableAction::ClusterOn),
        "REPLICA" => Some(TableAction::ReplicaIdentity),
        "SET" => set(words),
        "RESET" => Some(TableAction::SetParameters),
        "ATTACH" => {
            words.take(&["PARTITION"]);
            let partition = words.qualified_name()?;
            Some(TableAction::AttachPartition { partition, default: words.at(&["DEFAULT"]) })
        }
        "DETACH" => {
            words.take(&["PARTITION"]);
            let partition = words.qualified_name()?;
            Some(TableAction::DetachPartition { partition, mode: detach_mode(&words) })
        }
        _ => None,
    }
}

fn add(mut words: Words<'_>) -> Option<TableAction> {
    if constraint::begins(&words) {
        return constraint::table_constraint(words).map(TableAction::AddConstraint);
    }
    words.take(&["COLUMN"]);
    words.take(&["IF", "NOT", "EXISTS"]);
    column::definition(words).map(TableAction::AddColumn)
}

fn alter_column(column: Identifier, mut words: Words<'_>) -> Option<TableAction> {
    if words.take(&["SET", "DATA", "TYPE"]) || words.take(&["TYPE"]) {
        let data_type = column::data_type(&mut words);
        let collated = words.outermost().any(|(_, here)| here.at(&["COLLATE"]));
        let using = words.outermost().find(|(_, here)| here.at(&["USING"])).is_some_and(|(_, mut here)| {
            here.next();
            !is_cast(here, &column, &data_type)
        });
        return Some(TableAction::SetType { column, data_type, collated, using });
    }
    if words.take(&["ADD"]) || words.at(&["RESTART"]) || words.at(&["SET", "GENERATED"]) {
        return Some(TableAction::Identity(column));
    }
    let set = words.take(&["SET"]);
    if !set && words.take(&["RESET"]) {
        return Some(TableAction::SetColumnOptions);
    }
    let drop = !set && words.take(&["DROP"]);
    let what = words.word().unwrap_or_default().to_ascii_uppercase();
    Some(match what.as_str() {
        "DEFAULT" if set => TableAction::SetDefault(column),
        "DEFAULT" if drop => TableAction::DropDefault(column),
        "NOT" if set => TableAction::SetNotNull(column),
        "NOT" if drop => TableAction::DropNotNull(column),
        "IDENTITY" if drop => TableAction::Identity(column),
        "EXPRESSION" if set => TableAction::SetExpression(column),
        "EXPRESSION" if drop => TableAction::DropExpression(column),
        "STATISTICS" if set => TableAction::SetStatistics,
        "STORAGE" if set => TableAction::SetStorage,
        "COMPRESSION" if set => TableAction::SetCompression,
        // Options of an identity column's sequence.
        "INCREMENT" | "START" | "RESTART" | "MINVALUE" | "MAXVALUE" | "CACHE" | "CYCLE" | "NO" if set => {
            TableAction::Identity(column)
        }
        "" if set && words.at_kind(TokenKind::LeftParen) => TableAction::SetColumnOptions,
        _ => return None,
    })
}

/// `column::type` or `(column)::type`, which converts as the server would without being told.
fn is_cast(mut words: Words<'_>, column: &Identifier, data_type: &str) -> bool {
    let mut ahead = words;
    if let Some(inside) = ahead.parenthesised().filter(|_| ahead.peek().is_none()) {
        words = inside;
    }
    let is_column = match words.parenthesised() {
        Some(mut inside) => inside.identifier().as_ref() == Some(column) && inside.peek().is_none(),
        None => words.identifier().as_ref() == Some(column),
    };
    is_column
        && words.take_kind(TokenKind::DoubleColon)
        && column::data_type(&mut words) == data_type
        && words.peek().is_none()
}

fn rename(mut words: Words<'_>) -> Option<TableAction> {
    if words.take(&["TO"]) {
        return words.identifier().map(TableAction::Rename);
    }
    let constraint = words.take(&["CONSTRAINT"]);
    words.take(&["COLUMN"]);
    let from = words.identifier()?;
    words.take(&["TO"]).then_some(())?;
    let to = words.identifier()?;
    Some(if constraint { TableAction::RenameConstraint { from, to } } else { TableAction::RenameColumn { from, to } })
}

fn set(mut words: Words<'_>) -> Option<TableAction> {
    if words.take(&["SCHEMA"]) {
        return words.identifier().map(TableAction::SetSchema);
    }
    let what = words.word().unwrap_or_default().to_ascii_uppercase();
    match what.as_str() {
        "LOGGED" | "UNLOGGED" => Some(TableAction::SetLogged),
        "TABLESPACE" => Some(TableAction::SetTablespace),
        "ACCESS" => Some(TableAction::SetAccessMethod),
        "WITHOUT" if words.at(&["WITHOUT", "CLUSTER"]) => Some(TableAction::ClusterOn),
        "" if words.at_kind(TokenKind::LeftParen) => Some(TableAction::SetParameters),
        _ => None,
    }
}
