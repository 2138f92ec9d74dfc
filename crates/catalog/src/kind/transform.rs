//! Transforms.

use crate::fact::fact;
use crate::kind::ObjectId;
use crate::object_name::TransformName;
use crate::reading::{Class, Question};
use crate::sql_text::Expression;

fact! {
    /// How a language sees the values of a type.
    pub struct Transform {
        /// From SQL to the language, with the argument types.
        from_sql: Option<Expression>,
        /// From the language to SQL, with the argument types.
        to_sql: Option<Expression>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "transforms",
    sql: "SELECT t.oid, pg_catalog.format_type(t.trftype, NULL), l.lanname,
                 CASE WHEN t.trffromsql <> 0 THEN t.trffromsql::oid::pg_catalog.regprocedure::text END,
                 CASE WHEN t.trftosql <> 0 THEN t.trftosql::oid::pg_catalog.regprocedure::text END
          FROM pg_catalog.pg_transform t JOIN pg_catalog.pg_language l ON l.oid = t.trflang",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::Transform(TransformName { data_type: columns.sql()?, language: columns.name()? });
        if !reading.is_member(Class::Transform, oid) {
            let transform = Transform { from_sql: columns.optional_sql()?, to_sql: columns.optional_sql()? };
            reading.add_known(Class::Transform, oid, id, transform);
        }
        Ok(())
    },
}];
