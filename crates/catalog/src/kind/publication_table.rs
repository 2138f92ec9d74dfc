//! Tables in publications.

use crate::fact::fact;
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::object_name::PublicationTableName;
use crate::reading::{Class, Question};
use crate::sql_text::Expression;

fact! {
    /// A table in a publication.
    pub struct PublicationTable {
        /// The columns that are published, sorted by name; none for all.
        columns: Vec<Identifier>,
        /// The rows that are published, where not all.
        filter: Option<Expression>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "tables in publications",
    sql: "SELECT r.oid, p.oid, p.pubname, n.nspname, c.relname,
                 ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                       WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs::int2[]) ORDER BY a.attname),
                 pg_catalog.pg_get_expr(r.prqual, r.prrelid)
          FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
          JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace",
    read: |reading, columns| {
        let (oid, publication_oid) = (columns.oid()?, columns.oid()?);
        let publication = columns.name()?;
        let id = ObjectId::PublicationTable(PublicationTableName { publication, table: columns.object_name()? });
        if reading.is_member(Class::Publication, publication_oid) {
            return Ok(());
        }
        let table = PublicationTable { columns: columns.names()?, filter: columns.optional_sql()? };
        reading.add_known(Class::PublicationTable, oid, id, table);
        Ok(())
    },
}];
