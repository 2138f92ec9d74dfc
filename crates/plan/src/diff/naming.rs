//! Objects as `COMMENT ON`, `ALTER … OWNER TO` and `GRANT` name them.

use limosa_catalog::{Identifier, MemberName, ObjectId, ObjectName, RoutineName, TypeName};

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
        ObjectId::Language(name) => format!("LANGUAGE {name}"),
        ObjectId::AccessMethod(name) => format!("ACCESS METHOD {name}"),
        ObjectId::Collation(name) => format!("COLLATION {name}"),
        ObjectId::Conversion(name) => format!("CONVERSION {name}"),
        ObjectId::ForeignDataWrapper(name) => format!("FOREIGN DATA WRAPPER {name}"),
        ObjectId::Server(name) => format!("SERVER {name}"),
        ObjectId::UserMapping(name) => {
            let user = name.user.as_ref().map_or_else(|| "PUBLIC".to_owned(), Identifier::to_string);
            format!("USER MAPPING FOR {user} SERVER {}", name.server)
        }
        ObjectId::Statistics(name) => format!("STATISTICS {name}"),
        ObjectId::Aggregate(name) => format!("AGGREGATE {}", aggregate(name)),
        ObjectId::EventTrigger(name) => format!("EVENT TRIGGER {name}"),
        ObjectId::Operator(name) => {
            let side = |side: &Option<TypeName>| side.as_ref().map_or_else(|| "NONE".to_owned(), TypeName::to_string);
            format!("OPERATOR {}.{} ({}, {})", name.schema, name.signs, side(&name.left), side(&name.right))
        }
        ObjectId::OperatorFamily(name) => {
            format!("OPERATOR FAMILY {}.{} USING {}", name.schema, name.name, name.method)
        }
        ObjectId::OperatorClass(name) => {
            format!("OPERATOR CLASS {}.{} USING {}", name.schema, name.name, name.method)
        }
        ObjectId::Cast(name) => format!("CAST ({} AS {})", name.source, name.target),
        ObjectId::Transform(name) => format!("TRANSFORM FOR {} LANGUAGE {}", name.data_type, name.language),
        ObjectId::TextSearchParser(name) => format!("TEXT SEARCH PARSER {name}"),
        ObjectId::TextSearchTemplate(name) => format!("TEXT SEARCH TEMPLATE {name}"),
        ObjectId::TextSearchDictionary(name) => format!("TEXT SEARCH DICTIONARY {name}"),
        ObjectId::TextSearchConfiguration(name) => format!("TEXT SEARCH CONFIGURATION {name}"),
        ObjectId::Publication(name) => format!("PUBLICATION {name}"),
        ObjectId::PublicationTable(name) => format!("PUBLICATION {}", name.publication),
        ObjectId::PublicationSchema(name) => format!("PUBLICATION {}", name.publication),
        ObjectId::Subscription(name) => format!("SUBSCRIPTION {name}"),
        ObjectId::SecurityLabel(name) => spoken(&name.on),
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

/// Several names of tables and the like, with commas.
pub(super) fn names(names: &[ObjectName]) -> String {
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// An aggregate without arguments is written with a star.
fn aggregate(name: &RoutineName) -> String {
    if name.arguments.is_empty() { format!("{}.{}(*)", name.schema, name.name) } else { name.to_string() }
}
