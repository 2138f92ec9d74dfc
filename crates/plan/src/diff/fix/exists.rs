//! Whether an object is there, as a condition in SQL.

use limosa_catalog::{Identifier, Literal, MemberName, ObjectId, ObjectName, OperatorName, TypeName};

use crate::diff::naming::spoken;

/// The condition; `None` for what has no existence of its own, and whose statements can be run again as they are.
pub(super) fn exists(id: &ObjectId) -> Option<String> {
    Some(match id {
        ObjectId::Extension(name) => named("pg_extension", "extname", name),
        ObjectId::Schema(name) => named("pg_namespace", "nspname", name),
        ObjectId::Language(name) => named("pg_language", "lanname", name),
        ObjectId::AccessMethod(name) => named("pg_am", "amname", name),
        ObjectId::ForeignDataWrapper(name) => named("pg_foreign_data_wrapper", "fdwname", name),
        ObjectId::Server(name) => named("pg_foreign_server", "srvname", name),
        ObjectId::EventTrigger(name) => named("pg_event_trigger", "evtname", name),
        ObjectId::Publication(name) => named("pg_publication", "pubname", name),
        ObjectId::Subscription(name) => named("pg_subscription", "subname", name),
        ObjectId::Table(name) => relation(name, "'r', 'p'"),
        ObjectId::ForeignTable(name) => relation(name, "'f'"),
        ObjectId::View(name) => relation(name, "'v'"),
        ObjectId::MaterializedView(name) => relation(name, "'m'"),
        ObjectId::Sequence(name) => relation(name, "'S'"),
        // The index of a constraint goes and comes with that.
        ObjectId::Index(name) => format!(
            "EXISTS (SELECT FROM pg_catalog.pg_index WHERE indexrelid = {} AND NOT EXISTS \
             (SELECT FROM pg_catalog.pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x')))",
            regclass(name)
        ),
        ObjectId::CompositeType(name) => relation(name, "'c'"),
        ObjectId::Enum(name) => data_type(name, "'e'"),
        ObjectId::Range(name) => data_type(name, "'r'"),
        ObjectId::BaseType(name) => data_type(name, "'b'"),
        ObjectId::Domain(name) => data_type(name, "'d'"),
        ObjectId::Collation(name) => in_schema("pg_collation", "coll", name),
        ObjectId::Conversion(name) => in_schema("pg_conversion", "con", name),
        ObjectId::Statistics(name) => in_schema("pg_statistic_ext", "stx", name),
        ObjectId::TextSearchParser(name) => in_schema("pg_ts_parser", "prs", name),
        ObjectId::TextSearchTemplate(name) => in_schema("pg_ts_template", "tmpl", name),
        ObjectId::TextSearchDictionary(name) => in_schema("pg_ts_dict", "dict", name),
        ObjectId::TextSearchConfiguration(name) => in_schema("pg_ts_config", "cfg", name),
        ObjectId::Column(name) => format!(
            "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = {} AND attname = {} AND NOT attisdropped)",
            regclass(&name.relation),
            Literal(name.name.as_str())
        ),
        ObjectId::Constraint(name) => member("pg_constraint", "conrelid", "conname", name),
        ObjectId::Trigger(name) => member("pg_trigger", "tgrelid", "tgname", name),
        ObjectId::Rule(name) => member("pg_rewrite", "ev_class", "rulename", name),
        ObjectId::Policy(name) => member("pg_policy", "polrelid", "polname", name),
        ObjectId::DomainConstraint(name) => format!(
            "EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE contypid = {} AND conname = {})",
            regtype(&name.relation.to_string()),
            Literal(name.name.as_str())
        ),
        ObjectId::Function(name) | ObjectId::Procedure(name) | ObjectId::Aggregate(name) => {
            let kinds = match id {
                ObjectId::Function(_) => "'f', 'w'",
                ObjectId::Procedure(_) => "'p'",
                _ => "'a'",
            };
            format!(
                "EXISTS (SELECT FROM pg_catalog.pg_proc WHERE oid = pg_catalog.to_regprocedure({}) \
                 AND prokind IN ({kinds}))",
                Literal(&name.to_string())
            )
        }
        // Another operator's commutator is announced before it is made.
        ObjectId::Operator(name) => format!(
            "EXISTS (SELECT FROM pg_catalog.pg_operator WHERE oid = pg_catalog.to_regoperator({}) AND oprcode <> 0)",
            Literal(&operator(name))
        ),
        ObjectId::OperatorClass(name) => method_member("pg_opclass", "opc", &name.schema, &name.name, &name.method),
        ObjectId::OperatorFamily(name) => method_member("pg_opfamily", "opf", &name.schema, &name.name, &name.method),
        ObjectId::Cast(name) => format!(
            "EXISTS (SELECT FROM pg_catalog.pg_cast WHERE castsource = {} AND casttarget = {})",
            regtype(name.source.as_str()),
            regtype(name.target.as_str())
        ),
        ObjectId::Transform(name) => format!(
            "EXISTS (SELECT FROM pg_catalog.pg_transform t JOIN pg_catalog.pg_language l ON l.oid = t.trflang \
             WHERE t.trftype = {} AND l.lanname = {})",
            regtype(name.data_type.as_str()),
            Literal(name.language.as_str())
        ),
        ObjectId::UserMapping(name) => format!(
            "EXISTS (SELECT FROM pg_catalog.pg_user_mappings WHERE srvname = {} AND usename = {})",
            Literal(name.server.as_str()),
            Literal(name.user.as_ref().map_or("public", Identifier::as_str))
        ),
        ObjectId::PublicationTable(name) => format!(
            "EXISTS (SELECT FROM pg_catalog.pg_publication_rel r JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid \
             WHERE p.pubname = {} AND r.prrelid = {})",
            Literal(name.publication.as_str()),
            regclass(&name.table)
        ),
        ObjectId::PublicationSchema(name) => format!(
            "EXISTS (SELECT FROM pg_catalog.pg_publication_namespace s \
             JOIN pg_catalog.pg_publication p ON p.oid = s.pnpubid JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid \
             WHERE p.pubname = {} AND n.nspname = {})",
            Literal(name.publication.as_str()),
            Literal(name.schema.as_str())
        ),
        ObjectId::ColumnDefault(_)
        | ObjectId::DefaultPrivilege(_)
        | ObjectId::Owner(_)
        | ObjectId::Grant(_)
        | ObjectId::Comment(_)
        | ObjectId::SecurityLabel(_) => return None,
    })
}

/// Whether a role owns an object; `None` for kinds of which roles seldom get privileges before they get the object.
pub(super) fn is_owned_by(id: &ObjectId, role: &Identifier) -> Option<String> {
    let (catalog, oid, owner) = match id {
        ObjectId::Table(name)
        | ObjectId::ForeignTable(name)
        | ObjectId::View(name)
        | ObjectId::MaterializedView(name)
        | ObjectId::Sequence(name) => ("pg_class", regclass(name), "relowner"),
        ObjectId::Column(name) => ("pg_class", regclass(&name.relation), "relowner"),
        ObjectId::Schema(name) => ("pg_namespace", regnamespace(name), "nspowner"),
        ObjectId::Enum(name) | ObjectId::Domain(name) | ObjectId::Range(name) | ObjectId::BaseType(name) => {
            ("pg_type", regtype(&name.to_string()), "typowner")
        }
        ObjectId::Function(name) | ObjectId::Procedure(name) | ObjectId::Aggregate(name) => {
            let oid = format!("pg_catalog.to_regprocedure({})", Literal(&name.to_string()));
            ("pg_proc", oid, "proowner")
        }
        _ => return None,
    };
    Some(format!(
        "EXISTS (SELECT FROM pg_catalog.{catalog} o JOIN pg_catalog.pg_roles r ON r.oid = o.{owner} \
         WHERE o.oid = {oid} AND r.rolname = {})",
        Literal(role.as_str())
    ))
}

/// Whether an enumerated type has a value.
pub(super) fn label_exists(of: &ObjectName, label: &str) -> String {
    format!(
        "EXISTS (SELECT FROM pg_catalog.pg_enum WHERE enumtypid = {} AND enumlabel = {})",
        regtype(&of.to_string()),
        Literal(label)
    )
}

/// What kind of thing `DROP` and `CREATE` speak of, such as `FOREIGN TABLE`: the words before the name.
pub(super) fn keyword(id: &ObjectId) -> String {
    let spoken = spoken(id);
    let is_keyword = |word: &&str| word.bytes().all(|byte| byte.is_ascii_uppercase());
    let words: Vec<&str> = spoken.split(' ').take_while(is_keyword).filter(|word| *word != "FOR").collect();
    words.join(" ")
}

fn named(catalog: &str, column: &str, name: &Identifier) -> String {
    format!("EXISTS (SELECT FROM pg_catalog.{catalog} WHERE {column} = {})", Literal(name.as_str()))
}

fn in_schema(catalog: &str, prefix: &str, name: &ObjectName) -> String {
    format!(
        "EXISTS (SELECT FROM pg_catalog.{catalog} WHERE {prefix}name = {} AND {prefix}namespace = {})",
        Literal(name.name.as_str()),
        regnamespace(&name.schema)
    )
}

fn method_member(catalog: &str, prefix: &str, schema: &Identifier, name: &Identifier, method: &Identifier) -> String {
    format!(
        "EXISTS (SELECT FROM pg_catalog.{catalog} o JOIN pg_catalog.pg_am a ON a.oid = o.{prefix}method \
         WHERE o.{prefix}name = {} AND o.{prefix}namespace = {} AND a.amname = {})",
        Literal(name.as_str()),
        regnamespace(schema),
        Literal(method.as_str())
    )
}

fn member(catalog: &str, relation: &str, column: &str, name: &MemberName) -> String {
    format!(
        "EXISTS (SELECT FROM pg_catalog.{catalog} WHERE {relation} = {} AND {column} = {})",
        regclass(&name.relation),
        Literal(name.name.as_str())
    )
}

fn relation(name: &ObjectName, kinds: &str) -> String {
    format!("EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = {} AND relkind IN ({kinds}))", regclass(name))
}

fn data_type(name: &ObjectName, kind: &str) -> String {
    let oid = regtype(&name.to_string());
    format!("EXISTS (SELECT FROM pg_catalog.pg_type WHERE oid = {oid} AND typtype = {kind})")
}

fn regclass(name: &ObjectName) -> String {
    format!("pg_catalog.to_regclass({})", Literal(&name.to_string()))
}

fn regtype(name: &str) -> String {
    format!("pg_catalog.to_regtype({})", Literal(name))
}

fn regnamespace(name: &Identifier) -> String {
    format!("pg_catalog.to_regnamespace({})", Literal(&name.to_string()))
}

fn operator(name: &OperatorName) -> String {
    let side = |side: &Option<TypeName>| side.as_ref().map_or_else(|| "NONE".to_owned(), TypeName::to_string);
    format!("{}.{}({}, {})", name.schema, name.signs, side(&name.left), side(&name.right))
}
