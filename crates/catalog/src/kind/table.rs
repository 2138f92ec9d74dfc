//! Tables.

use crate::fact::{fact, words};
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::object_name::ObjectName;
use crate::reading::Question;
use crate::setting::Setting;
use crate::sql_text::{Definition, Expression, TypeName};

fact! {
    /// A table, partitioned or not. Its columns, constraints, indexes, triggers, rules and policies are facts of their
    /// own.
    pub struct Table {
        /// Logged or not.
        persistence: Persistence,
        /// The access method, where it is not `heap`.
        access_method: Option<Identifier>,
        /// The tablespace, where it is not the database's.
        tablespace: Option<Identifier>,
        /// Storage parameters; those of the TOAST table begin with `toast.`.
        options: Vec<Setting>,
        /// What identifies a row for logical replication.
        replica_identity: ReplicaIdentity,
        /// The index that identifies a row, by its name in the table's schema; `None` where another thing does, and
        /// where the index is gone.
        replica_identity_index: Option<Identifier>,
        /// `ENABLE ROW LEVEL SECURITY`.
        row_security: bool,
        /// `FORCE ROW LEVEL SECURITY`.
        force_row_security: bool,
        /// The composite type of a typed table.
        of_type: Option<TypeName>,
        /// The tables it inherits from, in order; not the table of which it is a partition.
        inherits: Vec<ObjectName>,
        /// How it is partitioned, as `PARTITION BY` has it: `RANGE (created_at)`.
        partition_by: Option<Definition>,
        /// Of which table it is a partition.
        partition_of: Option<Box<Partition>>,
    }
}

fact! {
    /// The place of a partition.
    pub struct Partition {
        /// The partitioned table.
        parent: ObjectName,
        /// The bound, such as `FOR VALUES IN ('a')` or `DEFAULT`.
        bound: Expression,
    }
}

words! {
    /// Whether changes are logged.
    pub enum Persistence {
        /// Survives a crash.
        Permanent = b'p' "LOGGED",
        /// Emptied by a crash.
        Unlogged = b'u' "UNLOGGED",
    }
}

words! {
    /// What identifies a row for logical replication.
    pub enum ReplicaIdentity {
        /// The primary key.
        Default = b'd' "DEFAULT",
        /// The whole row.
        Full = b'f' "FULL",
        /// Nothing.
        Nothing = b'n' "NOTHING",
        /// The columns of an index.
        Index = b'i' "USING INDEX",
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "tables",
    sql: "SELECT c.oid, n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner), c.relacl::text[],
                 c.relpersistence, CASE WHEN am.amname <> 'heap' THEN am.amname END, ts.spcname, c.reloptions,
                 t.reloptions, c.relreplident,
                 CASE WHEN c.relreplident = 'i' THEN
                   (SELECT ic.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
                    WHERE i.indrelid = c.oid AND i.indisreplident) END,
                 c.relrowsecurity, c.relforcerowsecurity,
                 CASE WHEN c.reloftype <> 0 THEN pg_catalog.format_type(c.reloftype, NULL) END,
                 CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
                 CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END
          FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_catalog.pg_class t ON t.oid = c.reltoastrelid
          LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
          LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
          WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let name = columns.object_name()?;
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        let persistence = columns.word()?;
        let access_method = columns.optional_name()?;
        let tablespace = columns.optional_name()?;
        let own_options = columns.texts()?.into_iter().map(str::to_owned);
        let toast_options: Vec<_> = columns.texts()?.iter().map(|option| format!("toast.{option}")).collect();
        let options: Vec<_> = own_options.chain(toast_options).collect();
        let replica_identity = columns.word()?;
        let replica_identity_index = columns.optional_name()?;
        let table = Table {
            persistence,
            access_method,
            tablespace,
            options: Setting::in_order(options.iter().map(String::as_str)),
            replica_identity,
            replica_identity_index,
            row_security: columns.flag()?,
            force_row_security: columns.flag()?,
            of_type: columns.optional_sql()?,
            inherits: Vec::new(),
            partition_by: columns.optional_sql()?,
            // Its name comes with the question about inheritance.
            partition_of: columns.optional_sql()?.map(|bound| Box::new(Partition { parent: name.clone(), bound })),
        };
        let id = ObjectId::Table(name.clone());
        match reading.add_relation(oid, name, &owner, &id, table) {
            Some(_) => reading.own_and_grant(&id, owner, acl.as_deref(), columns),
            None => Ok(()),
        }
    },
}];
