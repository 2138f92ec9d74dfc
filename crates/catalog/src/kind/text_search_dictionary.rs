//! Text search dictionaries.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::object_name::ObjectName;
use crate::reading::{Class, Question};
use crate::sql_text::Definition;

fact! {
    /// A text search dictionary.
    pub struct TextSearchDictionary {
        /// The template.
        template: ObjectName,
        /// Its options, as `CREATE TEXT SEARCH DICTIONARY` has them: `stopwords = 'english', language = 'x'`.
        options: Option<Definition>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "text search dictionaries",
    sql: "SELECT d.oid, n.nspname, d.dictname, pg_catalog.pg_get_userbyid(d.dictowner), tn.nspname, t.tmplname,
                 d.dictinitoption
          FROM pg_catalog.pg_ts_dict d JOIN pg_catalog.pg_namespace n ON n.oid = d.dictnamespace
          JOIN pg_catalog.pg_ts_template t ON t.oid = d.dicttemplate
          JOIN pg_catalog.pg_namespace tn ON tn.oid = t.tmplnamespace
          WHERE d.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::TextSearchDictionary(columns.object_name()?);
        if reading.is_member(Class::TextSearchDictionary, oid) {
            return Ok(());
        }
        let owner = columns.name()?;
        let dictionary = TextSearchDictionary { template: columns.object_name()?, options: columns.optional_sql()? };
        reading.add_known(Class::TextSearchDictionary, oid, id.clone(), dictionary);
        reading.own(&id, owner);
        Ok(())
    },
}];
