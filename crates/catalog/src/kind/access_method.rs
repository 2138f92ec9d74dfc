//! Access methods.

use crate::fact::{fact, words};
use crate::kind::ObjectId;
use crate::reading::{Class, Question};
use crate::sql_text::Expression;

fact! {
    /// An access method.
    pub struct AccessMethod {
        /// Of what.
        kind: AccessMethodKind,
        /// The function that handles it.
        handler: Expression,
    }
}

words! {
    /// Of what an access method is one.
    pub enum AccessMethodKind {
        /// Of indexes.
        Index = b'i' "INDEX",
        /// Of tables.
        Table = b't' "TABLE",
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "access methods",
    sql: "SELECT a.oid, a.amname, a.amtype, a.amhandler::text FROM pg_catalog.pg_am a WHERE a.oid >= 16384",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::AccessMethod(columns.name()?);
        if !reading.is_member(Class::AccessMethod, oid) {
            let method = AccessMethod { kind: columns.word()?, handler: columns.sql()? };
            reading.add_known(Class::AccessMethod, oid, id, method);
        }
        Ok(())
    },
}];
