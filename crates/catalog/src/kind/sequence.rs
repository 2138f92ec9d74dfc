//! Sequences.

use crate::fact::fact;
use crate::kind::table::Persistence;
use crate::kind::{Object, ObjectId};
use crate::object_name::ColumnName;
use crate::reading::{Class, Question};
use crate::sql_text::TypeName;

fact! {
    /// A sequence other than those of identity columns.
    pub struct Sequence {
        /// Logged or not.
        persistence: Persistence,
        /// How it counts.
        options: SequenceOptions,
        /// The column with which it is dropped.
        owned_by: Option<Box<ColumnName>>,
    }
}

fact! {
    /// How a sequence counts. Where it stands is data.
    pub struct SequenceOptions {
        /// Its type: `smallint`, `integer` or `bigint`.
        data_type: TypeName,
        /// The first value.
        start: i64,
        /// The step.
        increment: i64,
        /// The least value.
        minimum: i64,
        /// The greatest value.
        maximum: i64,
        /// How many values a session takes at once.
        cache: i64,
        /// It begins anew at its end.
        cycle: bool,
    }
}

impl SequenceOptions {
    /// The options of `CREATE SEQUENCE name`.
    #[must_use]
    pub fn usual() -> Self {
        Self {
            data_type: "bigint".into(),
            start: 1,
            increment: 1,
            minimum: 1,
            maximum: i64::MAX,
            cache: 1,
            cycle: false,
        }
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "sequences",
    sql: "SELECT c.oid, n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner), c.relacl::text[],
                 c.relpersistence, pg_catalog.format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin,
                 s.seqmax, s.seqcache, s.seqcycle, d.deptype = 'i', d.refobjid, d.refobjsubid::int2
          FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_catalog.pg_depend d ON d.classid = 1259 AND d.objid = c.oid AND d.objsubid = 0
            AND d.refclassid = 1259 AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
          WHERE n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let name = columns.object_name()?;
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        let persistence = columns.word()?;
        let options = SequenceOptions {
            data_type: columns.sql()?,
            start: columns.number()?,
            increment: columns.number()?,
            minimum: columns.number()?,
            maximum: columns.number()?,
            cache: columns.number()?,
            cycle: columns.flag()?,
        };
        let is_identity = columns.optional_flag()?.unwrap_or(false);
        let owning: Option<(u32, i16)> = columns.optional_number()?.zip(columns.optional_number()?);
        let owning = owning.and_then(|(relation, number)| {
            let name = reading.column(relation, number)?.name.clone();
            let column = ColumnName { relation: reading.relation(relation)?.name.clone(), name };
            Some((column, reading.column(relation, number)?.slot))
        });
        let id = ObjectId::Sequence(name.clone());
        if is_identity {
            if let Some(slot) = owning.and_then(|(_, slot)| slot) {
                if let Some(Object::Column(column)) = reading.object(slot)
                    && let Some(identity) = &mut column.identity
                {
                    identity.sequence = name;
                    identity.options = options;
                }
                reading.know(Class::Relation, oid, slot);
                // Its owner is the table's, but privileges on it are its own.
                return reading.grant(&id, Some(&owner), acl.as_deref(), columns);
            }
            return Ok(());
        }
        let sequence = Sequence { persistence, options, owned_by: owning.map(|(column, _)| Box::new(column)) };
        match reading.add_relation(oid, name, &owner, &id, sequence) {
            Some(_) => reading.own_and_grant(&id, owner, acl.as_deref(), columns),
            None => Ok(()),
        }
    },
}];
