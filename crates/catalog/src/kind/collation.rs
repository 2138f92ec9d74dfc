//! Collations.

use crate::fact::{fact, words};
use crate::kind::ObjectId;
use crate::reading::{Class, Question};

fact! {
    /// A collation. The version of the library behind it belongs to the server and is left out.
    pub struct Collation {
        /// Who sorts.
        provider: CollationProvider,
        /// Texts that are not the same bytes are never equal.
        deterministic: bool,
        /// The locale of providers other than `libc`.
        locale: Option<Box<str>>,
        /// How `libc` sorts.
        lc_collate: Option<Box<str>>,
        /// How `libc` tells letters.
        lc_ctype: Option<Box<str>>,
        /// Rules added to those of the locale; from PostgreSQL 16.
        rules: Option<Box<str>>,
        /// The encoding that it is for; `None` for any.
        encoding: Option<Box<str>>,
    }
}

words! {
    /// Who sorts.
    pub enum CollationProvider {
        /// The C library.
        Libc = b'c' "libc",
        /// ICU.
        Icu = b'i' "icu",
        /// PostgreSQL itself; from PostgreSQL 17.
        Builtin = b'b' "builtin",
        /// That of the database.
        Default = b'd' "default",
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "collations",
    // The locale's column has a name of its own in each of three versions, so it is taken from the row as JSON.
    sql: "SELECT c.oid, n.nspname, c.collname, pg_catalog.pg_get_userbyid(c.collowner), c.collprovider,
                 c.collisdeterministic,
                 COALESCE(pg_catalog.to_jsonb(c) ->> 'colllocale', pg_catalog.to_jsonb(c) ->> 'colliculocale'),
                 c.collcollate::text, c.collctype::text, pg_catalog.to_jsonb(c) ->> 'collicurules',
                 CASE WHEN c.collencoding >= 0 THEN pg_catalog.pg_encoding_to_char(c.collencoding)::text END
          FROM pg_catalog.pg_collation c JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
          WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::Collation(columns.object_name()?);
        if reading.is_member(Class::Collation, oid) {
            return Ok(());
        }
        let owner = columns.name()?;
        let collation = Collation {
            provider: columns.word()?,
            deterministic: columns.flag()?,
            locale: columns.optional_sql()?,
            lc_collate: columns.optional_sql()?,
            lc_ctype: columns.optional_sql()?,
            rules: columns.optional_sql()?,
            encoding: columns.optional_sql()?,
        };
        reading.add_known(Class::Collation, oid, id.clone(), collation);
        reading.own(&id, owner);
        Ok(())
    },
}];
