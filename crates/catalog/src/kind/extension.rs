//! Extensions.

use crate::fact::fact;
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::reading::{Class, EXTENSION_MEMBERS, Question};

fact! {
    /// An extension. Its members are left alone: they come and go with it.
    pub struct Extension {
        /// The schema that its members are in.
        schema: Identifier,
        /// The installed version.
        version: Box<str>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[
    Question {
        about: "extensions",
        sql: "SELECT e.oid, e.extname, n.nspname, e.extversion
              FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace",
        read: |reading, columns| {
            let oid = columns.oid()?;
            let id = ObjectId::Extension(columns.name()?);
            let extension = Extension { schema: columns.name()?, version: columns.sql()? };
            reading.add_known(Class::Extension, oid, id, extension);
            Ok(())
        },
    },
    EXTENSION_MEMBERS,
];
