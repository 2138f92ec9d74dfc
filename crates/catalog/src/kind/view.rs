//! Views.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::kind::composite_type::Attribute;
use crate::reading::Question;
use crate::setting::Setting;
use crate::sql_text::Definition;

fact! {
    /// A view.
    pub struct View {
        /// Its query, as `pg_get_viewdef` prints it, without the semicolon.
        query: Definition,
        /// Options: `check_option`, `security_barrier`, `security_invoker`.
        options: Vec<Setting>,
        /// Its columns, in order: `CREATE OR REPLACE VIEW` may only append to them.
        columns: Vec<Attribute>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "views",
    // The columns come with those of tables.
    sql: "SELECT c.oid, n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner), c.relacl::text[],
                 pg_catalog.rtrim(pg_catalog.pg_get_viewdef(c.oid), ';'), c.reloptions, r.oid
          FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_catalog.pg_rewrite r ON r.ev_class = c.oid AND r.rulename = '_RETURN'
          WHERE c.relkind = 'v' AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let name = columns.object_name()?;
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        let view = View { query: columns.sql()?, options: columns.ordered_settings()?, columns: Vec::new() };
        let id = ObjectId::View(name.clone());
        let Some(slot) = reading.add_relation(oid, name, &owner, &id, view) else { return Ok(()) };
        if let Some(rule) = columns.optional_number()? {
            reading.know(crate::reading::Class::Rule, rule, slot);
        }
        reading.own_and_grant(&id, owner, acl.as_deref(), columns)
    },
}];
