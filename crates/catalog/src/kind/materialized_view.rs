//! Materialized views.

use crate::fact::fact;
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::kind::composite_type::Attribute;
use crate::reading::{Class, Question};
use crate::setting::Setting;
use crate::sql_text::Definition;

fact! {
    /// A materialized view. Its indexes are facts of their own.
    pub struct MaterializedView {
        /// Its query, as `pg_get_viewdef` prints it, without the semicolon.
        query: Definition,
        /// Storage parameters.
        options: Vec<Setting>,
        /// The access method, where it is not `heap`.
        access_method: Option<Identifier>,
        /// The tablespace, where it is not the database's.
        tablespace: Option<Identifier>,
        /// Its columns, in order.
        columns: Vec<Attribute>,
    }
    notes {
        /// It holds rows; `false` after `WITH NO DATA`. That is data rather than schema.
        populated: bool,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "materialized views",
    // The columns come with those of tables.
    sql: "SELECT c.oid, n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner), c.relacl::text[],
                 pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';'), c.reloptions,
                 CASE WHEN am.amname <> 'heap' THEN am.amname END, ts.spcname, c.relispopulated, r.oid
          FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND r.rulename = '_RETURN'
          LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
          LEFT JOIN pg_catalog.pg_tablespace ts ON ts.oid = c.reltablespace
          WHERE c.relkind = 'm' AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let name = columns.object_name()?;
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        let view = MaterializedView {
            query: columns.sql()?,
            options: columns.ordered_settings()?,
            access_method: columns.optional_name()?,
            tablespace: columns.optional_name()?,
            columns: Vec::new(),
            populated: columns.flag()?,
        };
        let id = ObjectId::MaterializedView(name.clone());
        let Some(slot) = reading.add_relation(oid, name, &owner, &id, view) else { return Ok(()) };
        if let Some(rule) = columns.optional_number()? {
            reading.know(Class::Rule, rule, slot);
        }
        reading.own_and_grant(&id, owner, acl.as_deref(), columns)
    },
}];
