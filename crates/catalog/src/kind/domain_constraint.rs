//! Check constraints of domains.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::object_name::MemberName;
use crate::reading::{Class, Question};
use crate::sql_text::Expression;

fact! {
    /// A check constraint of a domain.
    pub struct DomainConstraint {
        /// What must not be false of `VALUE`.
        expression: Expression,
        /// Values that were there before have not been looked at.
        not_valid: bool,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "constraints of domains",
    sql: "SELECT con.oid, con.contypid, n.nspname, t.typname, con.conname, pg_catalog.pg_get_expr(con.conbin, 0),
                 NOT con.convalidated
          FROM pg_catalog.pg_constraint con JOIN pg_catalog.pg_type t ON t.oid = con.contypid
          JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
          WHERE con.contype = 'c' AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let (oid, domain) = (columns.oid()?, columns.oid()?);
        if reading.is_member(Class::Type, domain) {
            return Ok(());
        }
        let relation = columns.object_name()?;
        let id = ObjectId::DomainConstraint(MemberName { relation, name: columns.name()? });
        let constraint = DomainConstraint { expression: columns.sql()?, not_valid: columns.flag()? };
        reading.add_known(Class::Constraint, oid, id, constraint);
        Ok(())
    },
}];
