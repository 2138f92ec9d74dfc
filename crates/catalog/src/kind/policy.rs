//! Row security policies.

use crate::fact::{fact, words};
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::object_name::MemberName;
use crate::reading::{Class, Question};
use crate::sql_text::Expression;

fact! {
    /// A row security policy.
    pub struct Policy {
        /// Whether one such policy is enough, or all must agree.
        combination: PolicyCombination,
        /// For which commands.
        command: PolicyCommand,
        /// For which roles, sorted by name; none for everyone (`PUBLIC`).
        roles: Vec<Identifier>,
        /// Which rows are seen.
        using: Option<Expression>,
        /// Which rows may be written.
        check: Option<Expression>,
    }
}

words! {
    /// How policies are combined.
    pub enum PolicyCombination {
        /// One permissive policy has to agree.
        Permissive = b'p' "PERMISSIVE",
        /// Every restrictive policy has to agree.
        Restrictive = b'r' "RESTRICTIVE",
    }
}

words! {
    /// For which commands a policy is.
    pub enum PolicyCommand {
        /// For all.
        All = b'*' "ALL",
        /// `SELECT`.
        Select = b'r' "SELECT",
        /// `INSERT`.
        Insert = b'a' "INSERT",
        /// `UPDATE`.
        Update = b'w' "UPDATE",
        /// `DELETE`.
        Delete = b'd' "DELETE",
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "policies",
    sql: "SELECT p.oid, p.polrelid, p.polname, p.polpermissive, p.polcmd,
                 ARRAY(SELECT pg_catalog.pg_get_userbyid(r)::text FROM pg_catalog.unnest(p.polroles) r WHERE r <> 0
                       ORDER BY pg_catalog.pg_get_userbyid(r)),
                 pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
          FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let (oid, relation) = (columns.oid()?, columns.oid()?);
        let Some(table) = reading.relation(relation).filter(|table| table.slot.is_some()) else { return Ok(()) };
        let relation = table.name.clone();
        let id = ObjectId::Policy(MemberName { relation, name: columns.name()? });
        let policy = Policy {
            combination: if columns.flag()? { PolicyCombination::Permissive } else { PolicyCombination::Restrictive },
            command: columns.word()?,
            roles: columns.names()?,
            using: columns.optional_sql()?,
            check: columns.optional_sql()?,
        };
        reading.add_known(Class::Policy, oid, id, policy);
        Ok(())
    },
}];
