//! Indexes.

use crate::fact::{fact, words};
use crate::identifier::Identifier;
use crate::kind::constraint::ConstraintRule;
use crate::kind::{Object, ObjectId};
use crate::object_name::ObjectName;
use crate::reading::{Class, Question, Reading, collation_unless, opclass_unless_default};
use crate::row::{Columns, DecodeError};
use crate::setting::Setting;
use crate::sql_text::Expression;

fact! {
    /// An index that no constraint owns.
    pub struct Index {
        /// The table or materialized view.
        table: ObjectName,
        /// The access method, such as `btree`.
        method: Identifier,
        /// No two rows have the same keys.
        unique: bool,
        /// Nulls count as equal.
        nulls_not_distinct: bool,
        /// The keys, in order.
        keys: Vec<IndexKey>,
        /// Columns that it carries besides.
        include: Vec<Identifier>,
        /// The rows that it covers, where not all.
        predicate: Option<Expression>,
        /// Storage parameters.
        options: Vec<Setting>,
        /// The tablespace, where it is not the database's.
        tablespace: Option<Identifier>,
        /// `CLUSTER` follows it.
        clustered: bool,
        /// It is not used by queries: its concurrent build was broken off, or a partition lacks its part.
        invalid: bool,
        /// It belongs to a partitioned table, and covers it by the indexes of the partitions.
        partitioned: bool,
        /// The index of the partitioned table to which it is attached.
        partition_of: Option<ObjectName>,
    }
}

fact! {
    /// One key of an index.
    pub struct IndexKey {
        /// What is indexed.
        of: IndexedValue,
        /// The operator class, where it is not the default one of the type, or has options.
        opclass: Option<ObjectName>,
        /// Parameters of the operator class.
        opclass_options: Vec<Setting>,
        /// The collation, where it is not the column's own.
        collation: Option<ObjectName>,
        /// Ascending or descending.
        direction: IndexDirection,
        /// Nulls come first. The usual is last for ascending and first for descending order.
        nulls_first: bool,
        /// How closely `ANALYZE` looks at an expression.
        statistics_target: Option<i16>,
    }
}

crate::fact::choice! {
    /// What an index orders by.
    pub enum IndexedValue {
        /// A column.
        Column(Identifier) = "column",
        /// An expression.
        Expression(Expression) = "expression",
    }
}

words! {
    /// The order of an index.
    pub enum IndexDirection {
        /// From the least to the greatest.
        Ascending = b'a' "ASC",
        /// From the greatest to the least.
        Descending = b'd' "DESC",
    }
}

pub(crate) const QUESTIONS: &[Question] = &[
    Question {
        about: "indexes",
        // `pg_get_indexdef` of a whole index opens it; asked only for expressions, it costs little.
        sql: "SELECT c.oid, n.nspname, c.relname, con.oid, i.indrelid, am.amname, i.indisunique, i.indnullsnotdistinct,
                     i.indnkeyatts, i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[], i.indoption::int2[],
                     CASE WHEN i.indexprs IS NOT NULL THEN
                       ARRAY(SELECT pg_catalog.pg_get_indexdef(c.oid, k::int4, false)
                             FROM pg_catalog.generate_series(1, i.indnkeyatts) k
                             WHERE i.indkey[k - 1] = 0 ORDER BY k) END,
                     CASE WHEN i.indexprs IS NOT NULL THEN
                       ARRAY(SELECT a.atttypid FROM pg_catalog.pg_attribute a
                             WHERE a.attrelid = c.oid AND a.attnum <= i.indnkeyatts AND i.indkey[a.attnum - 1] = 0
                             ORDER BY a.attnum) END,
                     CASE WHEN i.indexprs IS NOT NULL THEN
                       ARRAY(SELECT t.typcollation FROM pg_catalog.pg_attribute a
                             JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
                             WHERE a.attrelid = c.oid AND a.attnum <= i.indnkeyatts AND i.indkey[a.attnum - 1] = 0
                             ORDER BY a.attnum) END,
                     CASE WHEN i.indpred IS NOT NULL THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid) END,
                     c.reloptions, ts.spcname, i.indisclustered, i.indisvalid, c.relkind = 'I'
              FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
              JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              JOIN pg_catalog.pg_am am ON am.oid = c.relam
              LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
              LEFT JOIN pg_catalog.pg_constraint con
                ON con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x')
              WHERE i.indexrelid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
        read,
    },
    Question {
        about: "settings of index columns",
        sql: "SELECT a.attrelid, a.attnum, a.attstattarget, a.attoptions,
                     CASE WHEN a.attoptions IS NOT NULL THEN i.indclass[a.attnum - 1] END
              FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
              JOIN pg_catalog.pg_index i ON i.indexrelid = a.attrelid
              WHERE (a.attstattarget >= 0 OR a.attoptions IS NOT NULL) AND a.attrelid >= 16384
                AND c.relkind IN ('i', 'I')",
        read: |reading, columns| {
            let (index, number): (u32, usize) = (columns.oid()?, columns.number()?);
            let Some(slot) = reading.relation(index).and_then(|index| index.slot) else { return Ok(()) };
            let target: Option<i16> = columns.optional_number()?;
            let options = columns.ordered_settings()?;
            // Options cannot be given without the name of what they belong to.
            let opclass: Option<u32> = columns.optional_number()?;
            let opclass = opclass.and_then(|oid| reading.opclasses.get(&oid)).map(|known| known.name.clone());
            if let Some(Object::Index(index)) = reading.object(slot)
                && let Some(key) = index.keys.get_mut(number.saturating_sub(1))
            {
                key.opclass = key.opclass.take().or(opclass);
                key.statistics_target = target.filter(|target| *target >= 0);
                key.opclass_options = options;
            }
            Ok(())
        },
    },
];

fn read(reading: &mut Reading, columns: &mut Columns<'_>) -> Result<(), DecodeError> {
    let oid = columns.oid()?;
    let name = columns.object_name()?;
    let constraint: Option<u32> = columns.optional_number()?;
    let relation = columns.oid()?;
    if reading.relation(relation).is_none_or(|table| table.slot.is_none()) {
        reading.know_index(oid, name, None);
        return Ok(());
    }
    let method = columns.name()?;
    let unique = columns.flag()?;
    let nulls_not_distinct = columns.flag()?;
    let key_count: usize = columns.number()?;
    let numbers: Vec<i16> = columns.numbers()?;
    let (key_numbers, include) = numbers.split_at(key_count.min(numbers.len()));
    let include = reading.column_names(relation, include, columns)?;
    let parts = KeyParts {
        opclasses: columns.numbers()?,
        collations: columns.numbers()?,
        options: columns.numbers()?,
        expressions: columns.texts()?,
        expression_types: columns.numbers()?,
        expression_collations: columns.numbers()?,
    };
    let predicate = columns.optional_sql()?;
    let options = columns.ordered_settings()?;
    let tablespace = columns.optional_name()?;
    let clustered = columns.flag()?;
    let invalid = !columns.flag()?;
    let partitioned = columns.flag()?;
    if let Some(constraint) = constraint {
        let slot = reading.slot(Class::Constraint, constraint);
        reading.know_index(oid, name, slot);
        let object = slot.and_then(|slot| reading.object(slot));
        let Some(Object::Constraint(constraint)) = object else { return Ok(()) };
        match &mut constraint.rule {
            ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
                key.include = include;
                key.nulls_not_distinct = nulls_not_distinct;
                key.options = options;
                key.tablespace = tablespace;
                key.clustered = clustered;
                key.invalid = invalid;
            }
            ConstraintRule::Exclusion(exclusion) => {
                exclusion.tablespace = tablespace;
                exclusion.clustered = clustered;
            }
            ConstraintRule::Check(_) | ConstraintRule::ForeignKey(_) => {}
        }
        return Ok(());
    }
    let index = Index {
        table: reading.relation_name(relation, columns)?,
        method,
        unique,
        nulls_not_distinct,
        keys: parts.keys(reading, relation, key_numbers, columns)?,
        include,
        predicate,
        options,
        tablespace,
        clustered,
        invalid,
        partitioned,
        partition_of: None,
    };
    let slot = reading.add(ObjectId::Index(name.clone()), index);
    reading.know_index(oid, name, Some(slot));
    Ok(())
}

/// The lists that say what the keys of an index are; those of expressions have an entry for each expression only.
struct KeyParts<'a> {
    opclasses: Vec<u32>,
    collations: Vec<u32>,
    options: Vec<i16>,
    expressions: Vec<&'a str>,
    expression_types: Vec<u32>,
    expression_collations: Vec<u32>,
}

impl KeyParts<'_> {
    fn keys(
        &self,
        reading: &Reading,
        relation: u32,
        numbers: &[i16],
        columns: &Columns<'_>,
    ) -> Result<Vec<IndexKey>, DecodeError> {
        const DESCENDING: i16 = 1;
        const NULLS_FIRST: i16 = 2;
        let mut expressions = self.expressions.iter().zip(&self.expression_types).zip(&self.expression_collations);
        let mut keys = Vec::with_capacity(numbers.len());
        for (place, number) in numbers.iter().enumerate() {
            let (of, data_type, own_collation) = match number {
                0 => {
                    let ((text, data_type), collation) =
                        expressions.next().ok_or_else(|| columns.unusable("an expression is missing"))?;
                    (IndexedValue::Expression((*text).into()), *data_type, *collation)
                }
                _ => {
                    let column = reading
                        .column(relation, *number)
                        .ok_or_else(|| columns.unusable(format!("column {number} of {relation} is not known")))?;
                    (IndexedValue::Column(column.name.clone()), column.data_type, column.collation)
                }
            };
            let at = |list: &[u32]| list.get(place).copied().unwrap_or_default();
            let options = self.options.get(place).copied().unwrap_or_default();
            keys.push(IndexKey {
                of,
                opclass: opclass_unless_default(reading, at(&self.opclasses), data_type),
                opclass_options: Vec::new(),
                collation: collation_unless(reading, at(&self.collations), own_collation),
                direction: if options & DESCENDING == 0 {
                    IndexDirection::Ascending
                } else {
                    IndexDirection::Descending
                },
                nulls_first: options & NULLS_FIRST != 0,
                statistics_target: None,
            });
        }
        Ok(keys)
    }
}
