//! Foreign tables.

use crate::fact::fact;
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::kind::table::Partition;
use crate::object_name::ObjectName;
use crate::reading::Question;
use crate::setting::Setting;

fact! {
    /// A foreign table. Its columns and constraints are facts of their own.
    pub struct ForeignTable {
        /// The foreign server.
        server: Identifier,
        /// Options for the foreign-data wrapper.
        options: Vec<Setting>,
        /// The tables it inherits from, in order.
        inherits: Vec<ObjectName>,
        /// Of which table it is a partition.
        partition_of: Option<Box<Partition>>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "foreign tables",
    sql: "SELECT c.oid, n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner), c.relacl::text[], s.srvname,
                 f.ftoptions, CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END
          FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          JOIN pg_catalog.pg_foreign_table f ON f.ftrelid = c.oid
          JOIN pg_catalog.pg_foreign_server s ON s.oid = f.ftserver
          WHERE n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let name = columns.object_name()?;
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        let table = ForeignTable {
            server: columns.name()?,
            options: columns.settings()?,
            inherits: Vec::new(),
            partition_of: columns.optional_sql()?.map(|bound| Box::new(Partition { parent: name.clone(), bound })),
        };
        let id = ObjectId::ForeignTable(name.clone());
        match reading.add_relation(oid, name, &owner, &id, table) {
            Some(_) => reading.own_and_grant(&id, owner, acl.as_deref(), columns),
            None => Ok(()),
        }
    },
}];
