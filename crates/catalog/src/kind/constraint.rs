//! Constraints of tables.

use crate::fact::{choice, fact, words};
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::kind::column::Inheritance;
use crate::object_name::{MemberName, ObjectName};
use crate::reading::{Class, Question, Reading};
use crate::row::{Columns, DecodeError};
use crate::setting::Setting;
use crate::sql_text::{Definition, Expression};

fact! {
    /// A constraint of a table or foreign table. `NOT NULL` is a field of its column.
    pub struct Constraint {
        /// What it demands.
        rule: ConstraintRule,
        /// When it is checked.
        deferrability: Deferrability,
        /// Rows that were there before have not been looked at.
        not_valid: bool,
        /// It is not checked at all; from PostgreSQL 18.
        not_enforced: bool,
        /// Whether a parent table has it too.
        inheritance: Inheritance,
    }
}

choice! {
    /// What a constraint demands.
    pub enum ConstraintRule {
        /// The columns tell rows apart and are not null.
        PrimaryKey(Key) = "primary_key",
        /// The columns tell rows apart.
        Unique(Key) = "unique",
        /// The expression is not false.
        Check(Check) = "check",
        /// Another table has a row with these values.
        ForeignKey(ForeignKey) = "foreign_key",
        /// No two rows compare true with all operators.
        Exclusion(Exclusion) = "exclusion",
    }
}

fact! {
    /// A primary key or unique constraint, and what can be said of its index, which has the constraint's name.
    pub struct Key {
        /// The columns, in order.
        columns: Vec<Identifier>,
        /// Columns that the index carries besides.
        include: Vec<Identifier>,
        /// Nulls count as equal.
        nulls_not_distinct: bool,
        /// The last column is a range that must not overlap; from PostgreSQL 18.
        without_overlaps: bool,
        /// Storage parameters of the index.
        options: Vec<Setting>,
        /// The index's tablespace, where it is not the database's.
        tablespace: Option<Identifier>,
        /// `CLUSTER` follows the index.
        clustered: bool,
        /// The index is not valid, as on a partitioned table of which a partition lacks it.
        invalid: bool,
    }
}

fact! {
    /// A check constraint.
    pub struct Check {
        /// What must not be false.
        expression: Expression,
        /// Tables that inherit from this one need not have it.
        no_inherit: bool,
    }
}

fact! {
    /// A foreign key.
    pub struct ForeignKey {
        /// The referencing columns, in order.
        columns: Vec<Identifier>,
        /// The table that is referenced.
        references: ObjectName,
        /// Its columns, in the same order.
        referenced_columns: Vec<Identifier>,
        /// How rows with some nulls are taken.
        match_kind: MatchKind,
        /// What happens when the referenced values change.
        on_update: ReferentialAction,
        /// What happens when the referenced row is deleted.
        on_delete: ReferentialAction,
        /// The columns that `SET NULL` or `SET DEFAULT` upon deletion sets, where not all.
        on_delete_columns: Vec<Identifier>,
        /// The last columns are ranges, and the referenced ones cover the referencing one; from PostgreSQL 18.
        period: bool,
    }
}

fact! {
    /// An exclusion constraint.
    pub struct Exclusion {
        /// The whole of it, as `pg_get_constraintdef` prints it: `EXCLUDE USING gist (room WITH =, during WITH &&)`.
        definition: Definition,
        /// The index's tablespace, where it is not the database's.
        tablespace: Option<Identifier>,
        /// `CLUSTER` follows the index.
        clustered: bool,
    }
}

words! {
    /// When a constraint is checked.
    pub enum Deferrability {
        /// With each statement.
        NotDeferrable = b'n' "NOT DEFERRABLE",
        /// With each statement, unless the transaction says otherwise.
        InitiallyImmediate = b'i' "DEFERRABLE",
        /// At the end of the transaction, unless it says otherwise.
        InitiallyDeferred = b'd' "DEFERRABLE INITIALLY DEFERRED",
    }
}

impl Deferrability {
    pub(crate) fn new(deferrable: bool, deferred: bool) -> Self {
        match (deferrable, deferred) {
            (false, _) => Self::NotDeferrable,
            (true, false) => Self::InitiallyImmediate,
            (true, true) => Self::InitiallyDeferred,
        }
    }
}

words! {
    /// How a foreign key takes rows with some nulls.
    pub enum MatchKind {
        /// One null is enough to reference nothing.
        Simple = b's' "MATCH SIMPLE",
        /// All columns are null or none.
        Full = b'f' "MATCH FULL",
        /// Not implemented by PostgreSQL.
        Partial = b'p' "MATCH PARTIAL",
    }
}

words! {
    /// What happens to referencing rows.
    pub enum ReferentialAction {
        /// The change is refused at the end of the statement or transaction.
        NoAction = b'a' "NO ACTION",
        /// The change is refused at once.
        Restrict = b'r' "RESTRICT",
        /// They change along.
        Cascade = b'c' "CASCADE",
        /// They become null.
        SetNull = b'n' "SET NULL",
        /// They become the default.
        SetDefault = b'd' "SET DEFAULT",
    }
}

words! {
    /// What a constraint demands, in a word.
    pub enum ConstraintType {
        /// `CHECK`
        Check = b'c' "CHECK",
        /// `FOREIGN KEY`
        ForeignKey = b'f' "FOREIGN KEY",
        /// `PRIMARY KEY`
        PrimaryKey = b'p' "PRIMARY KEY",
        /// `UNIQUE`
        Unique = b'u' "UNIQUE",
        /// `EXCLUDE`
        Exclusion = b'x' "EXCLUDE",
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "constraints",
    // The index of a key comes with the indexes. A foreign key that references a partitioned table has rows of its own
    // for each partition there, on the same referencing table as its parent; those are no constraints to a user.
    sql: "SELECT con.oid, con.conrelid, con.conname, con.contype, con.condeferrable, con.condeferred,
                 con.convalidated,
                 con.conenforced, --18+
                 true, --17-
                 con.connoinherit, con.conislocal, con.coninhcount, con.conkey,
                 con.conperiod, --18+
                 false, --17-
                 con.confrelid, con.confkey, con.confmatchtype, con.confupdtype, con.confdeltype, con.confdelsetcols,
                 CASE con.contype WHEN 'c' THEN pg_catalog.pg_get_expr(con.conbin, con.conrelid)
                                  WHEN 'x' THEN pg_catalog.pg_get_constraintdef(con.oid) END
          FROM pg_catalog.pg_constraint con JOIN pg_catalog.pg_class c ON c.oid = con.conrelid
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_catalog.pg_constraint p ON p.oid = con.conparentid
          WHERE con.contype IN ('c', 'f', 'p', 'u', 'x')
            AND (p.conrelid IS NULL OR con.contype <> 'f' OR p.conrelid <> con.conrelid)
            AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read,
}];

fn read(reading: &mut Reading, columns: &mut Columns<'_>) -> Result<(), DecodeError> {
    let (oid, relation) = (columns.oid()?, columns.oid()?);
    let Some(table) = reading.relation(relation).filter(|table| table.slot.is_some()) else { return Ok(()) };
    let id = ObjectId::Constraint(MemberName { relation: table.name.clone(), name: columns.name()? });
    let letter: ConstraintType = columns.word()?;
    let deferrability = Deferrability::new(columns.flag()?, columns.flag()?);
    let not_valid = !columns.flag()?;
    let not_enforced = !columns.flag()?;
    let no_inherit = columns.flag()?;
    let inheritance = Inheritance::new(columns.flag()?, columns.number()?);
    let numbers = columns.numbers()?;
    let period = columns.flag()?;
    let rule = match letter {
        ConstraintType::PrimaryKey => ConstraintRule::PrimaryKey(key(reading, relation, &numbers, period, columns)?),
        ConstraintType::Unique => ConstraintRule::Unique(key(reading, relation, &numbers, period, columns)?),
        ConstraintType::ForeignKey => {
            let referenced = columns.oid()?;
            ConstraintRule::ForeignKey(ForeignKey {
                columns: reading.column_names(relation, &numbers, columns)?,
                references: reading.relation_name(referenced, columns)?,
                referenced_columns: {
                    let numbers = columns.numbers()?;
                    reading.column_names(referenced, &numbers, columns)?
                },
                match_kind: columns.word()?,
                on_update: columns.word()?,
                on_delete: columns.word()?,
                on_delete_columns: {
                    let numbers = columns.numbers()?;
                    reading.column_names(relation, &numbers, columns)?
                },
                period,
            })
        }
        ConstraintType::Check | ConstraintType::Exclusion => {
            for _ in 0..6 {
                columns.skip();
            }
            if letter == ConstraintType::Check {
                ConstraintRule::Check(Check { expression: columns.sql()?, no_inherit })
            } else {
                ConstraintRule::Exclusion(Exclusion { definition: columns.sql()?, tablespace: None, clustered: false })
            }
        }
    };
    let constraint = Constraint { rule, deferrability, not_valid, not_enforced, inheritance };
    reading.add_known(Class::Constraint, oid, id, constraint);
    Ok(())
}

/// A key of which only the columns are known yet.
fn key(
    reading: &Reading,
    relation: u32,
    numbers: &[i16],
    without_overlaps: bool,
    columns: &Columns<'_>,
) -> Result<Key, DecodeError> {
    Ok(Key {
        columns: reading.column_names(relation, numbers, columns)?,
        include: Vec::new(),
        nulls_not_distinct: false,
        without_overlaps,
        options: Vec::new(),
        tablespace: None,
        clustered: false,
        invalid: false,
    })
}
