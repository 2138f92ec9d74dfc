//! Default values of columns.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::object_name::ColumnName;
use crate::reading::{Class, Question};
use crate::sql_text::Expression;

fact! {
    /// The default value of a column of a table, foreign table or view.
    pub struct ColumnDefault {
        /// What is computed for each new row.
        expression: Expression,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "defaults of columns",
    // A default refers to no column. To be told so, rather than of which table it is, saves the server to look for the
    // names of its columns.
    sql: "SELECT d.oid, d.adrelid, d.adnum,
                 CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, 0) END
          FROM pg_catalog.pg_attrdef d
          JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
          WHERE a.atthasdef",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let (relation, number): (u32, i16) = (columns.oid()?, columns.number()?);
        let Some(table) = reading.relation(relation).filter(|table| table.slot.is_some()) else { return Ok(()) };
        let Some(known) = reading.column(relation, number) else { return Ok(()) };
        match columns.optional_sql()? {
            Some(expression) => {
                let name = ColumnName { relation: table.name.clone(), name: known.name.clone() };
                let id = ObjectId::ColumnDefault(name);
                reading.add_known(Class::Default, oid, id, ColumnDefault { expression });
            }
            // What a generated column is computed from is a field of it.
            None => {
                if let Some(slot) = known.slot {
                    reading.know(Class::Default, oid, slot);
                }
            }
        }
        Ok(())
    },
}];
