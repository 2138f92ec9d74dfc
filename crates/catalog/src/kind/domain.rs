//! Domains.

use crate::fact::fact;
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::object_name::ObjectName;
use crate::reading::{Class, Question};
use crate::sql_text::{Expression, TypeName};

fact! {
    /// A domain. Its check constraints are facts of their own.
    pub struct Domain {
        /// The type that it narrows.
        base_type: TypeName,
        /// The collation, where it is not the base type's own.
        collation: Option<ObjectName>,
        /// The default value.
        default: Option<Expression>,
        /// Null is refused.
        not_null: Option<DomainNotNull>,
    }
}

fact! {
    /// `NOT NULL` of a domain.
    pub struct DomainNotNull {
        /// The constraint's name, where it is not the one that the server makes up. Always `None` before PostgreSQL 17,
        /// where it has none.
        name: Option<Identifier>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "domains",
    sql: "SELECT t.oid, n.nspname, t.typname, pg_catalog.pg_get_userbyid(t.typowner), t.typacl::text[],
                 pg_catalog.format_type(t.typbasetype, t.typtypmod),
                 CASE WHEN t.typcollation = b.typcollation THEN NULL ELSE con.nspname END,
                 CASE WHEN t.typcollation = b.typcollation THEN NULL ELSE co.collname END,
                 CASE WHEN t.typdefaultbin IS NULL THEN t.typdefault
                      ELSE pg_catalog.pg_get_expr(t.typdefaultbin, 0) END,
                 t.typnotnull, nn.oid, nn.conname
          FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
          JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
          LEFT JOIN pg_catalog.pg_collation co ON co.oid = t.typcollation
          LEFT JOIN pg_catalog.pg_namespace con ON con.oid = co.collnamespace
          LEFT JOIN pg_catalog.pg_constraint nn ON nn.contypid = t.oid AND nn.contype = 'n'
          WHERE t.typtype = 'd' AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let oid = columns.oid()?;
        let name = columns.object_name()?;
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        if reading.is_member(Class::Type, oid) {
            return Ok(());
        }
        let base_type = columns.sql()?;
        let collation = columns.optional_object_name()?;
        let default = columns.optional_sql()?;
        let not_null = columns.flag()?;
        let constraint: Option<u32> = columns.optional_number()?;
        let constraint_name = columns.optional_name()?;
        let made_up = super::column::made_up_name(name.name.as_str(), None, "not_null");
        let domain = Domain {
            base_type,
            collation,
            default,
            not_null: not_null.then(|| DomainNotNull { name: constraint_name.filter(|name| name.as_str() != made_up) }),
        };
        let id = ObjectId::Domain(name);
        let slot = reading.add_known(Class::Type, oid, id.clone(), domain);
        if let Some(constraint) = constraint {
            reading.know(Class::Constraint, constraint, slot);
        }
        reading.own_and_grant(&id, owner, acl.as_deref(), columns)
    },
}];
