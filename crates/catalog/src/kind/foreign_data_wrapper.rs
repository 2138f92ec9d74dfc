//! Foreign-data wrappers.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::reading::{Class, Question};
use crate::setting::Setting;
use crate::sql_text::Expression;

fact! {
    /// A foreign-data wrapper.
    pub struct ForeignDataWrapper {
        /// The function that handles it.
        handler: Option<Expression>,
        /// The function that validates options.
        validator: Option<Expression>,
        /// Its options.
        options: Vec<Setting>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "foreign-data wrappers",
    sql: "SELECT f.oid, f.fdwname, pg_catalog.pg_get_userbyid(f.fdwowner), f.fdwacl::text[],
                 CASE WHEN f.fdwhandler <> 0 THEN f.fdwhandler::pg_catalog.regproc::text END,
                 CASE WHEN f.fdwvalidator <> 0 THEN f.fdwvalidator::pg_catalog.regproc::text END, f.fdwoptions
          FROM pg_catalog.pg_foreign_data_wrapper f",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::ForeignDataWrapper(columns.name()?);
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        if reading.is_member(Class::ForeignDataWrapper, oid) {
            return Ok(());
        }
        let wrapper = ForeignDataWrapper {
            handler: columns.optional_sql()?,
            validator: columns.optional_sql()?,
            options: columns.settings()?,
        };
        reading.add_known(Class::ForeignDataWrapper, oid, id.clone(), wrapper);
        reading.own_and_grant(&id, owner, acl.as_deref(), columns)
    },
}];
