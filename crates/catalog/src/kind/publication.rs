//! Publications.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::reading::{Class, Question};

fact! {
    /// A publication. The tables and schemas in it are facts of their own.
    pub struct Publication {
        /// `FOR ALL TABLES`.
        all_tables: bool,
        /// `FOR ALL SEQUENCES`; from PostgreSQL 19.
        all_sequences: bool,
        /// What is published, sorted: `delete`, `insert`, `truncate`, `update`.
        operations: Vec<Box<str>>,
        /// Changes of partitions are published as those of the partitioned table.
        via_partition_root: bool,
        /// Which generated columns are published, where some are: `stored`; from PostgreSQL 18.
        generated_columns: Option<Box<str>>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "publications",
    // Columns that not every version has are taken from the row as JSON.
    sql: "SELECT p.oid, p.pubname, pg_catalog.pg_get_userbyid(p.pubowner), p.puballtables,
                 COALESCE((pg_catalog.to_jsonb(p) ->> 'puballsequences')::bool, false),
                 pg_catalog.array_remove(ARRAY[CASE WHEN p.pubdelete THEN 'delete' END,
                   CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubtruncate THEN 'truncate' END,
                   CASE WHEN p.pubupdate THEN 'update' END], NULL),
                 p.pubviaroot,
                 CASE pg_catalog.to_jsonb(p) ->> 'pubgencols' WHEN 's' THEN 'stored' END
          FROM pg_catalog.pg_publication p",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::Publication(columns.name()?);
        if reading.is_member(Class::Publication, oid) {
            return Ok(());
        }
        let owner = columns.name()?;
        let publication = Publication {
            all_tables: columns.flag()?,
            all_sequences: columns.flag()?,
            operations: columns.texts()?.into_iter().map(Box::from).collect(),
            via_partition_root: columns.flag()?,
            generated_columns: columns.optional_sql()?,
        };
        reading.add_known(Class::Publication, oid, id.clone(), publication);
        reading.own(&id, owner);
        Ok(())
    },
}];
