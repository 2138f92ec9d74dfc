//! Schemas in publications.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::object_name::PublicationSchemaName;
use crate::reading::{Class, Question};

fact! {
    /// A schema all of whose tables are in a publication.
    pub struct PublicationSchema {}
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "schemas in publications",
    sql: "SELECT r.oid, p.oid, p.pubname, n.nspname
          FROM pg_catalog.pg_publication_namespace r JOIN pg_catalog.pg_publication p ON p.oid = r.pnpubid
          JOIN pg_catalog.pg_namespace n ON n.oid = r.pnnspid",
    read: |reading, columns| {
        let (oid, publication_oid) = (columns.oid()?, columns.oid()?);
        let name = PublicationSchemaName { publication: columns.name()?, schema: columns.name()? };
        if !reading.is_member(Class::Publication, publication_oid) {
            let id = ObjectId::PublicationSchema(name);
            reading.add_known(Class::PublicationSchema, oid, id, PublicationSchema {});
        }
        Ok(())
    },
}];
