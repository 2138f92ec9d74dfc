//! Answers that are no objects themselves, but by which the others are understood.

use super::{Address, Class, Question, Reading};
use crate::dependency::DependencyKind;
use crate::kind::Object;
use crate::object_name::ObjectName;
use crate::row::{Columns, DecodeError};
use crate::sql_text::TypeName;

/// A type with a modifier, as columns have them.
#[derive(Debug, Clone)]
pub(crate) struct KnownType {
    pub(crate) name: TypeName,
    pub(crate) collation: u32,
    pub(crate) storage: i64,
}

/// An operator class.
#[derive(Debug, Clone)]
pub(crate) struct KnownOpclass {
    pub(crate) name: ObjectName,
    pub(crate) data_type: u32,
    pub(crate) is_default: bool,
}

/// Asked before the objects.
pub(super) static FIRST: [Question; 3] = [
    Question {
        about: "types of columns",
        // Asking for each pair once instead of once for each column saves the server most of the work.
        sql: "SELECT a.atttypid, a.atttypmod, pg_catalog.format_type(a.atttypid, a.atttypmod), t.typcollation,
                     pg_catalog.ascii(t.typstorage::text)
              FROM (SELECT DISTINCT atttypid, atttypmod FROM pg_catalog.pg_attribute
                    WHERE attrelid >= 16384 AND attnum > 0 AND NOT attisdropped) a
              JOIN pg_catalog.pg_type t ON t.oid = a.atttypid",
        read: |reading, columns| {
            let key = (columns.oid()?, columns.number()?);
            let known = KnownType { name: columns.sql()?, collation: columns.oid()?, storage: columns.number()? };
            reading.types.insert(key, known);
            Ok(())
        },
    },
    Question {
        about: "names of collations",
        sql: "SELECT c.oid, n.nspname, c.collname
              FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace",
        read: |reading, columns| {
            let oid = columns.oid()?;
            reading.collations.insert(oid, columns.object_name()?);
            Ok(())
        },
    },
    Question {
        about: "names of operator classes",
        sql: "SELECT o.oid, n.nspname, o.opcname, o.opcintype, o.opcdefault
              FROM pg_catalog.pg_opclass o JOIN pg_catalog.pg_namespace n ON n.oid = o.opcnamespace",
        read: |reading, columns| {
            let oid = columns.oid()?;
            let name = columns.object_name()?;
            let known = KnownOpclass { name, data_type: columns.oid()?, is_default: columns.flag()? };
            reading.opclasses.insert(oid, known);
            Ok(())
        },
    },
];

/// Asked after the objects.
pub(super) static LAST: [Question; 4] = [
    Question {
        about: "inheritance",
        sql: "SELECT i.inhrelid, i.inhparent FROM pg_catalog.pg_inherits i ORDER BY i.inhrelid, i.inhseqno",
        read: inheritance,
    },
    Question {
        about: "types of rows and arrays",
        // Row types come first, as there are arrays of them.
        sql: "SELECT t.oid, t.typrelid, e.oid FROM pg_catalog.pg_type t
              LEFT JOIN pg_catalog.pg_type e ON e.typarray = t.oid
              WHERE t.oid >= 16384 AND (t.typrelid <> 0 OR e.oid IS NOT NULL)
              ORDER BY t.typrelid = 0",
        read: |reading, columns| {
            let (oid, relation): (u32, u32) = (columns.oid()?, columns.oid()?);
            let element: Option<u32> = columns.optional_number()?;
            let slot = match element {
                Some(element) => reading.slot(Class::Type, element),
                None => reading.slot(Class::Relation, relation),
            };
            if let Some(slot) = slot {
                reading.know(Class::Type, oid, slot);
            }
            Ok(())
        },
    },
    Question {
        about: "dependencies",
        // What the objects' own fields say is left out: the schema of each, the index of a constraint, the rule of a
        // view.
        sql: "SELECT classid, objid, objsubid::int2, refclassid, refobjid, refobjsubid::int2, deptype
              FROM pg_catalog.pg_depend
              WHERE deptype IN ('n', 'a', 'x') AND objid >= 16384 AND refclassid <> 2615",
        read: |reading, columns| {
            let (from_class, from, from_part) = (columns.oid()?, columns.oid()?, columns.number()?);
            let (to_class, to, to_part) = (columns.oid()?, columns.oid()?, columns.number()?);
            let kind: DependencyKind = columns.word()?;
            if let (Some(from_class), Some(to_class)) = (Class::of_oid(from_class), Class::of_oid(to_class)) {
                let from = (Address { class: from_class, oid: from }, from_part);
                reading.depend(from, (Address { class: to_class, oid: to }, to_part), kind);
            }
            Ok(())
        },
    },
    crate::catalog::UNCOVERED,
];

/// Tables list their parents in order; an index that belongs to an index of the partitioned table names it.
fn inheritance(reading: &mut Reading, columns: &mut Columns<'_>) -> Result<(), DecodeError> {
    let (child, parent): (u32, u32) = (columns.oid()?, columns.oid()?);
    let (Some(slot), Some(parent)) = (
        reading.relation(child).and_then(|child| child.slot),
        reading.relation(parent).map(|known| known.name.clone()),
    ) else {
        return Ok(());
    };
    match reading.object(slot) {
        Some(Object::Table(table)) => match &mut table.partition_of {
            Some(partition) => partition.parent = parent,
            None => table.inherits.push(parent),
        },
        Some(Object::ForeignTable(table)) => match &mut table.partition_of {
            Some(partition) => partition.parent = parent,
            None => table.inherits.push(parent),
        },
        Some(Object::Index(index)) => index.partition_of = Some(parent),
        _ => {}
    }
    Ok(())
}

/// The members of extensions, which stand for themselves as little as the rows of a table do.
pub(crate) const EXTENSION_MEMBERS: Question = Question {
    about: "members of extensions",
    sql: "SELECT classid, objid, refobjid FROM pg_catalog.pg_depend
          WHERE deptype = 'e' AND refclassid = 3079 AND objsubid = 0",
    read: |reading, columns| {
        let (class, oid, extension) = (columns.oid()?, columns.oid()?, columns.oid()?);
        if let (Some(class), Some(slot)) = (Class::of_oid(class), reading.slot(Class::Extension, extension)) {
            reading.know_member(Address { class, oid }, slot);
        }
        Ok(())
    },
};

/// The names that the opclass question gives, for an index column: `None` where it is the one that is taken unsaid.
pub(crate) fn opclass_unless_default(reading: &Reading, opclass: u32, data_type: u32) -> Option<ObjectName> {
    const VARCHAR: u32 = 1043;
    const TEXT: u32 = 25;
    /// `anyarray`, `anyenum`, `anyrange`, `anymultirange`, `record`.
    const PSEUDO_TYPES: [u32; 5] = [2277, 3500, 3831, 4537, 2249];
    let known = reading.opclasses.get(&opclass)?;
    let is_for_type = known.data_type == data_type
        || PSEUDO_TYPES.contains(&known.data_type)
        || (data_type, known.data_type) == (VARCHAR, TEXT);
    (!(known.is_default && is_for_type)).then(|| known.name.clone())
}

/// The collation, unless it is the one that is taken unsaid.
pub(crate) fn collation_unless(reading: &Reading, collation: u32, unsaid: u32) -> Option<ObjectName> {
    (collation != 0 && collation != unsaid).then(|| reading.collations.get(&collation).cloned()).flatten()
}
