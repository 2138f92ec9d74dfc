//! Text search parsers.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::reading::{Class, Question};
use crate::sql_text::Expression;

fact! {
    /// A text search parser: five functions.
    pub struct TextSearchParser {
        /// Begins.
        start: Expression,
        /// Gives the next token.
        get_token: Expression,
        /// Ends.
        end: Expression,
        /// Lists the kinds of tokens.
        token_types: Expression,
        /// Makes headlines.
        headline: Option<Expression>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "text search parsers",
    sql: "SELECT p.oid, n.nspname, p.prsname, p.prsstart::text, p.prstoken::text, p.prsend::text, p.prslextype::text,
                 CASE WHEN p.prsheadline <> 0 THEN p.prsheadline::text END
          FROM pg_catalog.pg_ts_parser p JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace
          WHERE p.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::TextSearchParser(columns.object_name()?);
        if reading.is_member(Class::TextSearchParser, oid) {
            return Ok(());
        }
        let parser = TextSearchParser {
            start: columns.sql()?,
            get_token: columns.sql()?,
            end: columns.sql()?,
            token_types: columns.sql()?,
            headline: columns.optional_sql()?,
        };
        reading.add_known(Class::TextSearchParser, oid, id, parser);
        Ok(())
    },
}];
