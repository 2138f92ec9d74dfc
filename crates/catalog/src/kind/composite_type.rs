//! Composite types.

use crate::fact::fact;
use crate::identifier::Identifier;
use crate::kind::ObjectId;
use crate::object_name::ObjectName;
use crate::reading::{Class, Question};
use crate::sql_text::TypeName;

fact! {
    /// A composite type that is not the row type of a table.
    pub struct CompositeType {
        /// Its attributes, in order.
        attributes: Vec<Attribute>,
    }
}

fact! {
    /// An attribute of a composite type, or a column of a view.
    pub struct Attribute {
        /// Its name.
        name: Identifier,
        /// Its type.
        data_type: TypeName,
        /// Its collation, where it is not the type's own.
        collation: Option<ObjectName>,
    }
}

pub(crate) const QUESTIONS: &[Question] = &[Question {
    about: "composite types",
    // The attributes come with the columns.
    sql: "SELECT t.oid, t.typrelid, n.nspname, t.typname, pg_catalog.pg_get_userbyid(t.typowner), t.typacl::text[]
          FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
          JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
          WHERE t.typtype = 'c' AND c.relkind = 'c' AND n.nspname !~ '^pg_' AND n.nspname <> ALL ($1)",
    read: |reading, columns| {
        let (oid, relation) = (columns.oid()?, columns.oid()?);
        let name = columns.object_name()?;
        let (owner, acl) = (columns.name()?, columns.optional_texts()?);
        if reading.is_member(Class::Type, oid) {
            return Ok(());
        }
        let id = ObjectId::CompositeType(name.clone());
        let composite = CompositeType { attributes: Vec::new() };
        let slot = reading.add_relation(relation, name, &owner, &id, composite);
        if let Some(slot) = slot {
            reading.know(Class::Type, oid, slot);
        }
        reading.own_and_grant(&id, owner, acl.as_deref(), columns)
    },
}];
