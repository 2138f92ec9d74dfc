//! Procedural languages.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::reading::{Class, Question};
use crate::sql_text::Expression;

fact! {
    /// A procedural language that was not made by an extension.
    pub struct Language {
        /// Everyone may write functions in it.
        trusted: bool,
        /// Calls functions.
        handler: Option<Expression>,
        /// Runs `DO` blocks.
        inline: Option<Expression>,
        /// Looks at functions when they are made.
        validator: Option<Expression>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "languages",
    sql: "SELECT l.oid, l.lanname, pg_catalog.pg_get_userbyid(l.lanowner), l.lanacl::text[], l.lanpltrusted,
                 CASE WHEN l.lanplcallfoid <> 0 THEN l.lanplcallfoid::pg_catalog.regproc::text END,
                 CASE WHEN l.laninline <> 0 THEN l.laninline::pg_catalog.regproc::text END,
                 CASE WHEN l.lanvalidator <> 0 THEN l.lanvalidator::pg_catalog.regproc::text END
          FROM pg_catalog.pg_language l WHERE l.oid >= 16384",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::Language(columns.name()?);
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        if reading.is_member(Class::Language, oid) {
            return Ok(());
        }
        let language = Language {
            trusted: columns.flag()?,
            handler: columns.optional_sql()?,
            inline: columns.optional_sql()?,
            validator: columns.optional_sql()?,
        };
        reading.add_known(Class::Language, oid, id.clone(), language);
        reading.own_and_grant(&id, owner, acl.as_deref(), columns)
    },
}];
