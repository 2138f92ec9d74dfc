//! Rewrite rules.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::kind::trigger::Enabled;
use crate::object_name::MemberName;
use crate::reading::{Class, Question};
use crate::sql_text::Definition;

fact! {
    /// A rewrite rule other than the one that makes a view.
    pub struct Rule {
        /// The whole statement, `CREATE RULE …`, as `pg_get_ruledef` prints it, without the semicolon.
        definition: Definition,
        /// When it applies.
        enabled: Enabled,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "rules",
    sql: "SELECT r.oid, r.ev_class, r.rulename, pg_catalog.rtrim(pg_catalog.pg_get_ruledef(r.oid), ';'), r.ev_enabled
          FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE r.rulename <> '_RETURN' AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let (oid, relation) = (columns.oid()?, columns.oid()?);
        let Some(table) = reading.relation(relation).filter(|table| table.slot.is_some()) else { return Ok(()) };
        let relation = table.name.clone();
        let id = ObjectId::Rule(MemberName { relation, name: columns.name()? });
        let rule = Rule { definition: columns.sql()?, enabled: columns.word()? };
        reading.add_known(Class::Rule, oid, id, rule);
        Ok(())
    },
}];
