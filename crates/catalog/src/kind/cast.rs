//! Casts.

use crate::fact::{fact, words};
use crate::kind::ObjectId;
use crate::object_name::CastName;
use crate::reading::{Class, Question};
use crate::sql_text::Expression;

fact! {
    /// A cast.
    pub struct Cast {
        /// How it is done.
        method: CastMethod,
        /// The function that does it, with its argument types.
        function: Option<Expression>,
        /// Where it is done unasked.
        context: CastContext,
    }
}

words! {
    /// How a cast is done.
    pub enum CastMethod {
        /// By a function.
        Function = b'f' "WITH FUNCTION",
        /// By the text forms of the types.
        InOut = b'i' "WITH INOUT",
        /// Not at all: the values look the same.
        Binary = b'b' "WITHOUT FUNCTION",
    }
}

words! {
    /// Where a cast is done unasked.
    pub enum CastContext {
        /// Nowhere.
        Explicit = b'e' "EXPLICIT",
        /// When a column is written.
        Assignment = b'a' "AS ASSIGNMENT",
        /// In every expression.
        Implicit = b'i' "AS IMPLICIT",
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "casts",
    sql: "SELECT c.oid, pg_catalog.format_type(c.castsource, NULL), pg_catalog.format_type(c.casttarget, NULL),
                 c.castmethod, CASE WHEN c.castfunc <> 0 THEN c.castfunc::pg_catalog.regprocedure::text END,
                 c.castcontext
          FROM pg_catalog.pg_cast c
          LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = c.castsource AND r.rngmultitypid = c.casttarget
          WHERE c.oid >= 16384 AND r.rngtypid IS NULL",
    // From a range to its multirange the server makes a cast of its own.
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::Cast(CastName { source: columns.sql()?, target: columns.sql()? });
        if reading.is_member(Class::Cast, oid) {
            return Ok(());
        }
        let cast = Cast { method: columns.word()?, function: columns.optional_sql()?, context: columns.word()? };
        reading.add_known(Class::Cast, oid, id, cast);
        Ok(())
    },
}];
