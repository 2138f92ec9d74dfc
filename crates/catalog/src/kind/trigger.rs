//! Triggers.

use crate::fact::{fact, words};
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::object_name::{MemberName, ObjectName};
use crate::reading::{Class, Question};
use crate::sql_text::Definition;

fact! {
    /// A trigger of a table or view.
    pub struct Trigger {
        /// The whole statement, `CREATE TRIGGER …`, as `pg_get_triggerdef` prints it.
        definition: Definition,
        /// When it fires.
        enabled: Enabled,
        /// The function that it calls.
        function: ObjectName,
        /// `CREATE CONSTRAINT TRIGGER`, which cannot be replaced in place.
        constraint: bool,
        /// It is a copy of the partitioned table's trigger of this name, made and dropped along with that.
        inherited: bool,
    }
}

words! {
    /// When a trigger, rule or event trigger fires.
    pub enum Enabled {
        /// In ordinary sessions.
        Origin = b'O' "ENABLE",
        /// Never.
        Disabled = b'D' "DISABLE",
        /// Only where replicated changes are applied.
        Replica = b'R' "ENABLE REPLICA",
        /// In every session.
        Always = b'A' "ENABLE ALWAYS",
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "triggers",
    sql: "SELECT t.oid, t.tgrelid, t.tgname, pg_catalog.pg_get_triggerdef(t.oid), t.tgenabled, pn.nspname, p.proname,
                 t.tgconstraint <> 0, t.tgparentid <> 0, con.oid
          FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
          JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
          LEFT JOIN pg_catalog.pg_constraint con ON con.oid = t.tgconstraint AND con.contype = 't'
          WHERE NOT t.tgisinternal AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let (oid, relation) = (columns.oid()?, columns.oid()?);
        let Some(table) = reading.relation(relation).filter(|table| table.slot.is_some()) else { return Ok(()) };
        let relation: ObjectName = table.name.clone();
        let name: Identifier = columns.name()?;
        let trigger = Trigger {
            definition: columns.sql()?,
            enabled: columns.word()?,
            function: columns.object_name()?,
            constraint: columns.flag()?,
            inherited: columns.flag()?,
        };
        let id = ObjectId::Trigger(MemberName { relation, name });
        let slot = reading.add_known(Class::Trigger, oid, id, trigger);
        if let Some(constraint) = columns.optional_number()? {
            reading.know(Class::Constraint, constraint, slot);
        }
        Ok(())
    },
}];
