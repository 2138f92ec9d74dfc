//! Foreign servers.

use crate::fact::fact;
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::reading::{Class, Question};
use crate::setting::Setting;

fact! {
    /// A foreign server.
    pub struct Server {
        /// The foreign-data wrapper.
        wrapper: Identifier,
        /// Its type.
        server_type: Option<Box<str>>,
        /// Its version.
        version: Option<Box<str>>,
        /// Its options.
        options: Vec<Setting>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "foreign servers",
    sql: "SELECT s.oid, s.srvname, pg_catalog.pg_get_userbyid(s.srvowner), s.srvacl::text[], f.fdwname, s.srvtype,
                 s.srvversion, s.srvoptions
          FROM pg_catalog.pg_foreign_server s JOIN pg_catalog.pg_foreign_data_wrapper f ON f.oid = s.srvfdw",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::Server(columns.name()?);
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        if reading.is_member(Class::Server, oid) {
            return Ok(());
        }
        let server = Server {
            wrapper: columns.name()?,
            server_type: columns.optional_sql()?,
            version: columns.optional_sql()?,
            options: columns.settings()?,
        };
        reading.add_known(Class::Server, oid, id.clone(), server);
        reading.own_and_grant(&id, owner, acl.as_deref(), columns)
    },
}];
