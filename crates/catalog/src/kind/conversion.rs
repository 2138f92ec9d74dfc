//! Conversions between encodings.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::reading::{Class, Question};
use crate::sql_text::Expression;

fact! {
    /// A conversion between encodings.
    pub struct Conversion {
        /// From.
        source: Box<str>,
        /// To.
        target: Box<str>,
        /// The function that does it.
        function: Expression,
        /// It is taken where none is named.
        is_default: bool,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "conversions",
    sql: "SELECT c.oid, n.nspname, c.conname, pg_catalog.pg_get_userbyid(c.conowner),
                 pg_catalog.pg_encoding_to_char(c.conforencoding)::text,
                 pg_catalog.pg_encoding_to_char(c.contoencoding)::text, c.conproc::text, c.condefault
          FROM pg_catalog.pg_conversion c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
          WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::Conversion(columns.object_name()?);
        if reading.is_member(Class::Conversion, oid) {
            return Ok(());
        }
        let owner = columns.name()?;
        let conversion = Conversion {
            source: columns.sql()?,
            target: columns.sql()?,
            function: columns.sql()?,
            is_default: columns.flag()?,
        };
        reading.add_known(Class::Conversion, oid, id.clone(), conversion);
        reading.own(&id, owner);
        Ok(())
    },
}];
