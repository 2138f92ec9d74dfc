//! Text search templates.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::reading::{Class, Question};
use crate::sql_text::Expression;

fact! {
    /// A text search template: the functions of a kind of dictionaries.
    pub struct TextSearchTemplate {
        /// Makes a dictionary of its options.
        init: Option<Expression>,
        /// Looks a token up.
        lexize: Expression,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "text search templates",
    sql: "SELECT t.oid, n.nspname, t.tmplname, CASE WHEN t.tmplinit <> 0 THEN t.tmplinit::text END, t.tmpllexize::text
          FROM pg_catalog.pg_ts_template t JOIN pg_catalog.pg_namespace n ON n.oid = t.tmplnamespace
          WHERE t.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::TextSearchTemplate(columns.object_name()?);
        if reading.is_member(Class::TextSearchTemplate, oid) {
            return Ok(());
        }
        let template = TextSearchTemplate { init: columns.optional_sql()?, lexize: columns.sql()? };
        reading.add_known(Class::TextSearchTemplate, oid, id, template);
        Ok(())
    },
}];
