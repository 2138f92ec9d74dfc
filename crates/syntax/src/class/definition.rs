//! `CREATE`, `ALTER`, `DROP` and the other statements that change the catalog.

use limosa_catalog::QualifiedName;

use super::{Class, Effect, Forbidden, LockWait, RelationKind, object_kind, partition, subscription};
use crate::words::Words;

/// What may stand between `CREATE` and the kind of object.
const CREATE_MODIFIERS: &[&str] = &[
    "OR",
    "REPLACE",
    "GLOBAL",
    "LOCAL",
    "TEMP",
    "TEMPORARY",
    "UNLOGGED",
    "UNIQUE",
    "RECURSIVE",
    "TRUSTED",
    "PROCEDURAL",
];

/// `CREATE …`
pub(super) fn create(mut words: Words<'_>) -> Class {
    words.take(&["CREATE"]);
    let or_replace = words.at(&["OR", "REPLACE"]);
    while words.take_any(CREATE_MODIFIERS) {}
    // `CREATE CONSTRAINT TRIGGER` and `CREATE DEFAULT CONVERSION`.
    if words.at(&["CONSTRAINT", "TRIGGER"]) || words.at(&["DEFAULT", "CONVERSION"]) {
        words.next();
    }
    let Some(kind) = object_kind::take(&mut words) else { return Class::new("CREATE", LockWait::Briefly) };
    let concurrently = words.take(&["CONCURRENTLY"]);
    let if_not_exists = words.take(&["IF", "NOT", "EXISTS"]);
    let name = if kind == "INDEX" && words.at(&["ON"]) { None } else { object(kind, &mut words) };
    let mut class = Class::new(format!("CREATE {kind}"), LockWait::Briefly);
    if or_replace {
        class.effect = Some(Effect::Repeatable);
    }
    match (kind, name) {
        ("INDEX", name) => return create_index(words, name, concurrently, if_not_exists),
        ("DATABASE", Some(name)) => {
            class = Class::new(class.tag, LockWait::Patiently).forbidden(Forbidden::ChangesFiles);
            class.effect = Some(Effect::CreateDatabase { name: name.name.clone() });
            class.object = Some(name);
        }
        ("TABLESPACE", Some(name)) => {
            class = class.forbidden(Forbidden::ChangesFiles);
            class.effect = Some(Effect::CreateTablespace { name: name.name.clone() });
            class.object = Some(name);
        }
        ("SUBSCRIPTION", Some(name)) => {
            class = class.forbidden_if(subscription::creates_slot(words), Forbidden::ActsOnPublisher);
            class.effect = Some(Effect::CreateSubscription { name: name.name.clone() });
            class.object = Some(name);
        }
        (_, Some(name)) => {
            if let Some(kind) = relation_kind(kind)
                && !or_replace
            {
                class.effect = Some(Effect::CreateRelation { kind, name: name.clone(), if_not_exists });
            }
            class.object = Some(name);
        }
        (_, None) => {}
    }
    // A table made from a query waits for what the query reads, like any query.
    if matches!(kind, "TABLE" | "MATERIALIZED VIEW") && words.outermost().any(|(_, here)| here.at(&["AS"])) {
        class.waits = LockWait::Patiently;
        if kind == "TABLE" {
            class.tag = "CREATE TABLE AS".into();
        }
    }
    class
}

fn create_index(mut words: Words<'_>, name: Option<QualifiedName>, concurrently: bool, if_not_exists: bool) -> Class {
    words.take(&["ON"]);
    words.take(&["ONLY"]);
    let table = words.qualified_name();
    let index = name.map(|name| name.name);
    let mut class = if concurrently {
        Class::new("CREATE INDEX CONCURRENTLY", LockWait::Patiently).forbidden(Forbidden::Concurrently)
    } else {
        Class::new("CREATE INDEX", LockWait::Briefly)
    };
    if let Some(table) = table {
        class.object = index.clone().map(|name| QualifiedName { schema: table.schema.clone(), name });
        class.effect = Some(Effect::CreateIndex { name: index, table, concurrently, if_not_exists });
    }
    class
}

/// `ALTER …`
pub(super) fn alter(mut words: Words<'_>) -> Class {
    words.take(&["ALTER"]);
    words.take_any(&["PROCEDURAL"]);
    let Some(kind) = object_kind::take(&mut words) else { return Class::new("ALTER", LockWait::Briefly) };
    let mut class = Class::new(format!("ALTER {kind}"), LockWait::Briefly);
    if kind == "SYSTEM" {
        let class = Class { effect: Some(Effect::Repeatable), ..Class::new("ALTER SYSTEM", LockWait::Never) };
        return class.forbidden(Forbidden::ChangesFiles);
    }
    // `ALTER TABLE ALL IN TABLESPACE …` names no table.
    if words.at(&["ALL", "IN"]) {
        return class;
    }
    words.take(&["IF", "EXISTS"]);
    class.object = object(kind, &mut words);
    match (kind, &class.object) {
        ("TABLE", Some(parent)) => partition::classify(words, parent.clone()).unwrap_or(class),
        ("TYPE", Some(type_name)) => {
            class.effect = add_enum_value(words, type_name.clone());
            class
        }
        ("DATABASE", _) => class.forbidden_if(words.at(&["SET", "TABLESPACE"]), Forbidden::ChangesFiles),
        ("SUBSCRIPTION", _) => class.forbidden_if(subscription::alters_publisher(words), Forbidden::ActsOnPublisher),
        _ => class,
    }
}

fn add_enum_value(mut words: Words<'_>, type_name: QualifiedName) -> Option<Effect> {
    if !words.take(&["ADD", "VALUE"]) {
        return None;
    }
    let if_not_exists = words.take(&["IF", "NOT", "EXISTS"]);
    Some(Effect::AddEnumValue { type_name, label: words.string()?, if_not_exists })
}

/// `DROP …`
pub(super) fn drop(mut words: Words<'_>) -> Class {
    words.take(&["DROP"]);
    words.take_any(&["PROCEDURAL"]);
    let Some(kind) = object_kind::take(&mut words) else { return Class::new("DROP", LockWait::Briefly) };
    let concurrently = words.take(&["CONCURRENTLY"]);
    let if_exists = words.take(&["IF", "EXISTS"]);
    let mut class = Class::new(format!("DROP {kind}"), LockWait::Briefly);
    if kind == "INDEX" {
        if concurrently {
            class = Class::new("DROP INDEX CONCURRENTLY", LockWait::Patiently).forbidden(Forbidden::Concurrently);
        }
        let names = words.qualified_names();
        class.object = names.first().cloned();
        class.effect = (!names.is_empty()).then_some(Effect::DropIndex { names, concurrently, if_exists });
        return class;
    }
    if let Some(relation) = relation_kind(kind) {
        let names = words.qualified_names();
        class.object = names.first().cloned();
        class.effect = (!names.is_empty()).then_some(Effect::DropRelations { kind: relation, names, if_exists });
        return class;
    }
    class.object = object(kind, &mut words);
    let name = class.object.as_ref().map(|object| object.name.clone());
    match (kind, name) {
        ("DATABASE", Some(name)) => {
            class.waits = LockWait::Patiently;
            class.effect = Some(Effect::DropDatabase { name, if_exists });
            class.forbidden(Forbidden::ChangesFiles)
        }
        ("TABLESPACE", Some(name)) => {
            class.effect = Some(Effect::DropTablespace { name, if_exists });
            class.forbidden(Forbidden::ChangesFiles)
        }
        // Refused only if it has a replication slot, which its text does not show.
        ("SUBSCRIPTION", Some(name)) => {
            class.effect = Some(Effect::DropSubscription { name, if_exists });
            class.forbidden(Forbidden::ActsOnPublisher)
        }
        _ => class,
    }
}

/// `COMMENT ON`, `GRANT`, `TRUNCATE` and the like.
pub(super) fn other(mut words: Words<'_>) -> Class {
    let first = words.word().unwrap_or_default().to_ascii_uppercase();
    words.next();
    match first.as_str() {
        "COMMENT" => {
            words.take(&["ON"]);
            let kind = object_kind::take(&mut words);
            let object = kind.and_then(|kind| object(kind, &mut words));
            Class { object, effect: Some(Effect::Repeatable), ..Class::new("COMMENT", LockWait::Briefly) }
        }
        "GRANT" | "REVOKE" => Class { effect: Some(Effect::Repeatable), ..Class::new(first, LockWait::Briefly) },
        "SECURITY" => Class { effect: Some(Effect::Repeatable), ..Class::new("SECURITY LABEL", LockWait::Briefly) },
        "REASSIGN" => Class { effect: Some(Effect::Repeatable), ..Class::new("REASSIGN OWNED", LockWait::Briefly) },
        "IMPORT" => Class::new("IMPORT FOREIGN SCHEMA", LockWait::Patiently),
        _ => {
            words.take(&["TABLE"]);
            words.take(&["ONLY"]);
            let tag = if first == "LOCK" { "LOCK TABLE" } else { "TRUNCATE TABLE" };
            Class {
                object: words.qualified_name(),
                effect: Some(Effect::Repeatable),
                ..Class::new(tag, LockWait::Briefly)
            }
        }
    }
}

/// Reads the object that follows its kind: for what lives in a table, the table.
fn object(kind: &'static str, words: &mut Words<'_>) -> Option<QualifiedName> {
    if !object_kind::has_a_name(kind) {
        return None;
    }
    if object_kind::lives_in_a_table(kind) {
        // `CREATE RULE r AS ON INSERT TO visit` is the one that writes its table otherwise.
        let is_new_rule = kind == "RULE" && words.outermost().any(|(_, here)| here.at(&["AS", "ON"]));
        let marker: &[&str] = if is_new_rule { &["TO"] } else { &["ON"] };
        let (_, mut here) = words.outermost().find(|(_, here)| here.at(marker))?;
        here.take(marker);
        here.take(&["DOMAIN"]);
        return here.qualified_name();
    }
    words.take(&["ONLY"]);
    // `CREATE SCHEMA AUTHORIZATION joe` and `CREATE STATISTICS ON …` leave the name out.
    if (kind == "SCHEMA" && words.take(&["AUTHORIZATION"])) || (kind == "STATISTICS" && words.at(&["ON"])) {
        return if kind == "SCHEMA" { words.qualified_name() } else { None };
    }
    if kind == "COLUMN" {
        return words.column_of().map(|(table, _)| table);
    }
    words.qualified_name()
}

fn relation_kind(kind: &str) -> Option<RelationKind> {
    Some(match kind {
        "TABLE" => RelationKind::Table,
        "FOREIGN TABLE" => RelationKind::ForeignTable,
        "VIEW" => RelationKind::View,
        "MATERIALIZED VIEW" => RelationKind::MaterializedView,
        "SEQUENCE" => RelationKind::Sequence,
        _ => return None,
    })
}
