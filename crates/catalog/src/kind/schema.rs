//! Schemas.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::reading::{Class, Question};

fact! {
    /// A schema. All that DDL can change of it, its owner, its privileges and its comment, are facts of their own.
    pub struct Schema {}
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "schemas",
    sql: "SELECT n.oid, n.nspname, pg_catalog.pg_get_userbyid(n.nspowner), n.nspacl::text[]
          FROM pg_catalog.pg_namespace n
          WHERE n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::Schema(columns.name()?);
        if reading.is_member(Class::Schema, oid) {
            return Ok(());
        }
        reading.add_known(Class::Schema, oid, id.clone(), Schema {});
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        reading.own_and_grant(&id, owner, acl.as_deref(), columns)
    },
}];
