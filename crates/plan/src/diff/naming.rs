//! Objects as `COMMENT ON`, `ALTER … OWNER TO` and `GRANT` name them.

use limosa_catalog::{Identifier, MemberName, ObjectId};

/// Keyword and name: `TABLE "clinic"."visit"`, `TRIGGER "t" ON "clinic"."visit"`.
pub(super) fn spoken(id: &ObjectId) -> String {
    let on = |keyword: &str, name: &MemberName| format!("{keyword} {} ON {}", name.name, name.relation);
    match id {
        ObjectId::Extension(name) => format!("EXTENSION {name}"),
        ObjectId::Schema(name) => format!("SCHEMA {name}"),
        ObjectId::Enum(name) | ObjectId::CompositeType(name) | ObjectId::Range(name) | ObjectId::BaseType(name) => {
            format!("TYPE {name}")
        }
        ObjectId::Domain(name) => format!("DOMAIN {name}"),
        ObjectId::DomainConstraint(name) => format!("CONSTRAINT {} ON DOMAIN {}", name.name, name.relation),
        ObjectId::Table(name) => format!("TABLE {name}"),
        ObjectId::ForeignTable(name) => format!("FOREIGN TABLE {name}"),
        ObjectId::View(name) => format!("VIEW {name}"),
        ObjectId::MaterializedView(name) => format!("MATERIALIZED VIEW {name}"),
        ObjectId::Column(name) | ObjectId::ColumnDefault(name) => format!("COLUMN {name}"),
        ObjectId::Sequence(name) => format!("SEQUENCE {name}"),
        ObjectId::Constraint(name) => on("CONSTRAINT", name),
        ObjectId::Index(name) => format!("INDEX {name}"),
        ObjectId::Function(name) => format!("FUNCTION {name}"),
        ObjectId::Procedure(name) => format!("PROCEDURE {name}"),
        ObjectId::Trigger(name) => on("TRIGGER", name),
        ObjectId::Rule(name) => on("RULE", name),
        ObjectId::Policy(name) => on("POLICY", name),
        // Facts about other objects have no name of their own in SQL.
        ObjectId::Owner(of) | ObjectId::Comment(of) => spoken(of),
        ObjectId::Grant(grant) => spoken(&grant.on),
        ObjectId::DefaultPrivilege(_) => String::new(),
    }
}

/// Several names, with commas.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a Identifier>) -> String {
    names.into_iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
