//! Enumerated types.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::reading::{Class, Question};

fact! {
    /// An enumerated type.
    pub struct Enum {
        /// The values, in their order.
        labels: Vec<Box<str>>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "enum types",
    sql: "SELECT t.oid, n.nspname, t.typname, pg_catalog.pg_get_userbyid(t.typowner), t.typacl::text[],
                 ARRAY(SELECT e.enumlabel::text FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid
                       ORDER BY e.enumsortorder)
          FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
          WHERE t.typtype = 'e' AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::Enum(columns.object_name()?);
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        if reading.is_member(Class::Type, oid) {
            return Ok(());
        }
        let labels = columns.texts()?.into_iter().map(Box::from).collect();
        reading.add_known(Class::Type, oid, id.clone(), Enum { labels });
        reading.own_and_grant(&id, owner, acl.as_deref(), columns)
    },
}];
