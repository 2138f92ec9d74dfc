//! Extended statistics.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::object_name::ObjectName;
use crate::reading::{Class, Question};
use crate::sql_text::Definition;

fact! {
    /// Extended statistics on columns or expressions of a table.
    pub struct Statistics {
        /// The whole statement, `CREATE STATISTICS …`, as `pg_get_statisticsobjdef` prints it.
        definition: Definition,
        /// The table, with which they are dropped.
        table: ObjectName,
        /// How closely `ANALYZE` looks, where it is not left to the columns.
        target: Option<i16>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "extended statistics",
    sql: "SELECT s.oid, s.stxrelid, n.nspname, s.stxname, pg_catalog.pg_get_userbyid(s.stxowner),
                 pg_catalog.pg_get_statisticsobjdef(s.oid), tn.nspname, c.relname, s.stxstattarget
          FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
          JOIN pg_catalog.pg_class c ON c.oid = s.stxrelid
          JOIN pg_catalog.pg_namespace tn ON tn.oid = c.relnamespace
          WHERE n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let (oid, relation) = (columns.oid()?, columns.oid()?);
        let id = ObjectId::Statistics(columns.object_name()?);
        if reading.relation(relation).is_none_or(|table| table.slot.is_none()) {
            return Ok(());
        }
        let owner = columns.name()?;
        let definition = columns.sql()?;
        let table = columns.object_name()?;
        let target: Option<i16> = columns.optional_number()?;
        let statistics = Statistics { definition, table, target: target.filter(|target| *target >= 0) };
        reading.add_known(Class::Statistics, oid, id.clone(), statistics);
        reading.own(&id, owner);
        Ok(())
    },
}];
