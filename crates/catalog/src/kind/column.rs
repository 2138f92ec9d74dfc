//! Columns.

use crate::fact::{fact, words};
use crate::identifier::Identifier;
use crate::kind::composite_type::Attribute;
use crate::kind::sequence::SequenceOptions;
use crate::kind::{Object, ObjectId};
use crate::object_name::{ColumnName, MemberName, ObjectName};
use crate::reading::{Class, KnownColumn, Lettered, Question, Reading, collation_unless};
use crate::row::{Columns, DecodeError};
use crate::setting::Setting;
use crate::sql_text::{Expression, TypeName};

fact! {
    /// A column of a table or foreign table. Its default value is a fact of its own, a generated value is not.
    pub struct Column {
        /// Its type.
        data_type: TypeName,
        /// The collation, where it is not the type's own.
        collation: Option<ObjectName>,
        /// Null is refused.
        not_null: Option<NotNull>,
        /// Numbered by a sequence of its own.
        identity: Option<Box<Identity>>,
        /// Computed from other columns.
        generated: Option<Box<Generated>>,
        /// Where values may be stored, where it is not the type's own.
        storage: Option<Storage>,
        /// How large values are compressed, where it is not left to the server's setting.
        compression: Option<Compression>,
        /// How closely `ANALYZE` looks, where it is not left to the server's setting.
        statistics_target: Option<i16>,
        /// Attribute options such as `n_distinct`.
        options: Vec<Setting>,
        /// Options for the foreign-data wrapper.
        foreign_options: Vec<Setting>,
        /// Whether a parent table has it too.
        inheritance: Inheritance,
    }
    notes {
        /// Its place among the columns that are there, from 1.
        position: i16,
    }
}

fact! {
    /// `NOT NULL` of a column. PostgreSQL 18 makes it a constraint with a name and properties; before, all fields have
    /// their usual values.
    pub struct NotNull {
        /// The constraint's name, where it is not the one that the server makes up. A partition that is made as such
        /// has its name from the whole.
        name: Option<Identifier>,
        /// Rows that were there before have not been looked at.
        not_valid: bool,
        /// Tables that inherit from this one need not have it.
        no_inherit: bool,
        /// Whether a parent table has it too.
        inheritance: Inheritance,
    }
}

fact! {
    /// `GENERATED … AS IDENTITY`.
    pub struct Identity {
        /// Whether a value may be given.
        generation: IdentityGeneration,
        /// The sequence, which is dropped with the column.
        sequence: ObjectName,
        /// The sequence's options.
        options: SequenceOptions,
    }
}

fact! {
    /// `GENERATED ALWAYS AS (expression)`.
    pub struct Generated {
        /// When it is computed.
        kind: GeneratedKind,
        /// From what.
        expression: Expression,
    }
}

words! {
    /// Whether a value may be given for an identity column.
    pub enum IdentityGeneration {
        /// Only with `OVERRIDING SYSTEM VALUE`.
        Always = b'a' "ALWAYS",
        /// Yes.
        ByDefault = b'd' "BY DEFAULT",
    }
}

words! {
    /// When a generated column is computed.
    pub enum GeneratedKind {
        /// When the row is written.
        Stored = b's' "STORED",
        /// When it is read; from PostgreSQL 18.
        Virtual = b'v' "VIRTUAL",
    }
}

words! {
    /// Where the values of a column or type may be stored.
    pub enum Storage {
        /// In line, uncompressed.
        Plain = b'p' "PLAIN",
        /// Out of line, uncompressed.
        External = b'e' "EXTERNAL",
        /// In line, compressed.
        Main = b'm' "MAIN",
        /// Out of line, compressed.
        Extended = b'x' "EXTENDED",
    }
}

words! {
    /// How large values are compressed.
    pub enum Compression {
        /// PostgreSQL's own method.
        Pglz = b'p' "pglz",
        /// LZ4.
        Lz4 = b'l' "lz4",
    }
}

words! {
    /// Whether a part of a table is its own or also its parent's. PostgreSQL drops what is only inherited when the
    /// parent drops it, and refuses to drop it from the child.
    pub enum Inheritance {
        /// Its own.
        Own = b'o' "own",
        /// Its own, and a parent has it too.
        Merged = b'm' "merged",
        /// From a parent.
        Inherited = b'i' "inherited",
    }
}

impl Inheritance {
    pub(crate) fn new(is_local: bool, ancestors: i32) -> Self {
        match (is_local, ancestors) {
            (_, 0) => Self::Own,
            (true, _) => Self::Merged,
            (false, _) => Self::Inherited,
        }
    }
}

pub(crate) const QUESTIONS: &[Question] = &[
    Question {
        about: "columns",
        // Columns of views and composite types are parts of those; they are numbered here for all that refers to them.
        sql: "SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attnotnull,
                     a.attidentity, a.attgenerated,
                     CASE WHEN a.attgenerated <> '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
                     a.attstorage, a.attcompression, a.attstattarget, a.attoptions, a.attfdwoptions, a.attislocal,
                     a.attinhcount, a.attacl::text[]
              FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              LEFT JOIN pg_catalog.pg_attrdef d
                ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.attgenerated <> ''
              WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid >= 16384
                AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
                AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)
              ORDER BY a.attrelid, a.attnum",
        read: read_column,
    },
    Question {
        about: "NOT NULL constraints",
        sql: "SELECT con.oid, con.conrelid, con.conkey[1], con.conname, con.convalidated, con.connoinherit,
                     con.conislocal, con.coninhcount
              FROM pg_catalog.pg_constraint con
              WHERE con.contype = 'n' AND con.conrelid <> 0",
        read: read_not_null,
    },
];

fn read_column(reading: &mut Reading, columns: &mut Columns<'_>) -> Result<(), DecodeError> {
    let (relation, number): (u32, i16) = (columns.oid()?, columns.number()?);
    let name = columns.name()?;
    let (type_oid, modifier) = (columns.oid()?, columns.number()?);
    let data_type = reading.type_name(type_oid, modifier, columns)?;
    let (type_collation, type_storage) =
        reading.types.get(&(type_oid, modifier)).map_or((0, 0), |known| (known.collation, known.storage));
    let collation_oid = columns.oid()?;
    let collation = collation_unless(reading, collation_oid, type_collation);
    let mut known = KnownColumn { name: name.clone(), data_type: type_oid, collation: collation_oid, slot: None };
    let Some(owner) = reading.relation(relation).cloned() else { return Ok(()) };
    let Some(slot) = owner.slot else {
        reading.know_column(relation, number, known);
        return Ok(());
    };
    let attributes = match reading.object(slot) {
        Some(Object::View(view)) => Some(&mut view.columns),
        Some(Object::MaterializedView(view)) => Some(&mut view.columns),
        Some(Object::CompositeType(composite)) => Some(&mut composite.attributes),
        _ => None,
    };
    let id = ObjectId::Column(ColumnName { relation: owner.name.clone(), name: name.clone() });
    if let Some(attributes) = attributes {
        attributes.push(Attribute { name, data_type, collation });
        reading.know_column(relation, number, known);
        for _ in 0..11 {
            columns.skip();
        }
        let acl = columns.optional_texts()?;
        return reading.grant(&id, owner.owner.as_ref(), acl.as_deref(), columns);
    }
    let is_not_null = columns.flag()?;
    let generation: Option<IdentityGeneration> = columns.optional_word()?;
    let generated: Option<GeneratedKind> = columns.optional_word()?;
    let expression = columns.optional_sql()?;
    let storage: Storage = columns.word()?;
    let compression = columns.optional_word()?;
    let target: Option<i16> = columns.optional_number()?;
    let column = Column {
        data_type,
        collation,
        not_null: is_not_null.then(NotNull::plain),
        // The sequence's question tells the rest.
        identity: generation.map(|generation| {
            Box::new(Identity { generation, sequence: owner.name.clone(), options: SequenceOptions::usual() })
        }),
        generated: generated.zip(expression).map(|(kind, expression)| Box::new(Generated { kind, expression })),
        storage: Some(storage).filter(|storage| {
            u8::try_from(type_storage).ok().and_then(Storage::of_letter).is_some_and(|usual| usual != *storage)
        }),
        compression,
        // Before PostgreSQL 17, -1 says what null says now.
        statistics_target: target.filter(|target| *target >= 0),
        options: columns.ordered_settings()?,
        foreign_options: columns.settings()?,
        inheritance: Inheritance::new(columns.flag()?, columns.number()?),
        position: reading.next_position(relation),
    };
    known.slot = Some(reading.add(id.clone(), column));
    reading.know_column(relation, number, known);
    let acl = columns.optional_texts()?;
    reading.grant(&id, owner.owner.as_ref(), acl.as_deref(), columns)
}

fn read_not_null(reading: &mut Reading, columns: &mut Columns<'_>) -> Result<(), DecodeError> {
    let oid = columns.oid()?;
    let (relation, number): (u32, i16) = (columns.oid()?, columns.number()?);
    let name = columns.name()?;
    let not_valid = !columns.flag()?;
    let no_inherit = columns.flag()?;
    let inheritance = Inheritance::new(columns.flag()?, columns.number()?);
    let (Some(known), Some(table)) = (reading.column(relation, number), reading.relation(relation)) else {
        return Ok(());
    };
    let Some(slot) = known.slot else { return Ok(()) };
    let made_up = made_up_name(table.name.name.as_str(), Some(known.name.as_str()), "not_null");
    let id = ObjectId::Constraint(MemberName { relation: table.name.clone(), name: name.clone() });
    reading.know_not_null(oid, id);
    let named = (name.as_str() != made_up).then_some(name);
    if let Some(Object::Column(column)) = reading.object(slot) {
        column.not_null = Some(NotNull { name: named, not_valid, no_inherit, inheritance });
    }
    reading.know(Class::Constraint, oid, slot);
    Ok(())
}

impl NotNull {
    /// The constraint's name, as the server knows it since PostgreSQL 18.
    #[must_use]
    pub fn name_on(&self, column: &ColumnName) -> String {
        let made_up = || made_up_name(column.relation.name.as_str(), Some(column.name.as_str()), "not_null");
        self.name.as_ref().map_or_else(made_up, |name| name.as_str().to_owned())
    }

    /// `NOT NULL` of which nothing else is known.
    #[must_use]
    pub fn plain() -> Self {
        Self { name: None, not_valid: false, no_inherit: false, inheritance: Inheritance::Own }
    }
}

/// The name that the server makes up for a constraint, index or sequence: `table_column_label`, where the table's or
/// column's name, whichever is longer, is cut until the whole has 63 bytes. If that name is taken, it appends a number,
/// which this does not do.
#[must_use]
pub fn made_up_name(table: &str, column: Option<&str>, label: &str) -> String {
    const MOST: usize = 63;
    let underscores = 1 + usize::from(column.is_some());
    let room = MOST.saturating_sub(label.len() + underscores);
    let (mut first, mut second) = (table.len(), column.map_or(0, str::len));
    while first + second > room {
        if first > second { first -= 1 } else { second -= 1 }
    }
    let cut = |text: &str, mut end: usize| {
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text[..end].to_owned()
    };
    match column {
        Some(column) => format!("{}_{}_{label}", cut(table, first), cut(column, second)),
        None => format!("{}_{label}", cut(table, first)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_names_are_cut_where_the_longer_part_is() {
        assert_eq!(made_up_name("visit", Some("id"), "not_null"), "visit_id_not_null");
        assert_eq!(made_up_name("mood", None, "not_null"), "mood_not_null");
        let long = made_up_name(&"t".repeat(63), Some(&"c".repeat(63)), "not_null");
        assert_eq!(long, format!("{}_{}_not_null", "t".repeat(27), "c".repeat(26)));
        let emoji = made_up_name(&"🦆".repeat(15), Some("column_of_some_length"), "not_null");
        assert!(emoji.len() <= 63 && emoji.starts_with('🦆'), "{emoji}");
    }
}
