//! Range types.

use crate::fact::fact;
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::object_name::ObjectName;
use crate::reading::{Class, Question};
use crate::sql_text::{Expression, TypeName};

fact! {
    /// A range type.
    pub struct Range {
        /// The type of its bounds.
        subtype: TypeName,
        /// The operator class that orders the bounds, where it is not the subtype's default.
        opclass: Option<ObjectName>,
        /// The collation, where it is not the subtype's own.
        collation: Option<ObjectName>,
        /// The function that brings bounds into canonical form.
        canonical: Option<Expression>,
        /// The function that tells how far two bounds are apart.
        subtype_diff: Option<Expression>,
        /// The multirange type, which is in the same schema.
        multirange: Identifier,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "range types",
    sql: "SELECT t.oid, n.nspname, t.typname, pg_catalog.pg_get_userbyid(t.typowner), t.typacl::text[],
                 pg_catalog.format_type(r.rngsubtype, NULL),
                 CASE WHEN o.opcdefault THEN NULL ELSE opn.nspname END,
                 CASE WHEN o.opcdefault THEN NULL ELSE o.opcname END,
                 CASE WHEN r.rngcollation = s.typcollation THEN NULL ELSE con.nspname END,
                 CASE WHEN r.rngcollation = s.typcollation THEN NULL ELSE co.collname END,
                 CASE WHEN r.rngcanonical <> 0 THEN r.rngcanonical::pg_catalog.regproc::text END,
                 CASE WHEN r.rngsubdiff <> 0 THEN r.rngsubdiff::pg_catalog.regproc::text END,
                 m.typname, r.rngmultitypid
          FROM pg_catalog.pg_range r JOIN pg_catalog.pg_type t ON t.oid = r.rngtypid
          JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
          JOIN pg_catalog.pg_type s ON s.oid = r.rngsubtype
          JOIN pg_catalog.pg_type m ON m.oid = r.rngmultitypid
          JOIN pg_catalog.pg_opclass o ON o.oid = r.rngsubopc
          JOIN pg_catalog.pg_namespace opn ON opn.oid = o.opcnamespace
          LEFT JOIN pg_catalog.pg_collation co ON co.oid = r.rngcollation
          LEFT JOIN pg_catalog.pg_namespace con ON con.oid = co.collnamespace
          WHERE n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let id = ObjectId::Range(columns.object_name()?);
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        if reading.is_member(Class::Type, oid) {
            return Ok(());
        }
        let range = Range {
            subtype: columns.sql()?,
            opclass: columns.optional_object_name()?,
            collation: columns.optional_object_name()?,
            canonical: columns.optional_sql()?,
            subtype_diff: columns.optional_sql()?,
            multirange: columns.name()?,
        };
        let slot = reading.add_known(Class::Type, oid, id.clone(), range);
        reading.know(Class::Type, columns.oid()?, slot);
        reading.own_and_grant(&id, owner, acl.as_deref(), columns)
    },
}];
