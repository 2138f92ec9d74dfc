//! How values of one type become values of another.

use limosa_catalog::{Catalog, Entry, Identifier, Object, ObjectId, ObjectKind, TypeName};

/// The types of PostgreSQL itself that have casts among each other, in groups; each pair of a group, in both
/// directions. From `pg_cast` of PostgreSQL 15 to 18; what is missing there has a way through text.
const GROUPS: [&[&str]; 8] = [
    &["smallint", "integer", "bigint", "numeric", "real", "double precision"],
    &["integer", "bigint", "numeric", "money"],
    &["boolean", "integer"],
    &["bit", "bit varying", "integer", "bigint"],
    &["date", "timestamp without time zone", "timestamp with time zone"],
    &["json", "jsonb"],
    &["inet", "cidr"],
    &["macaddr", "macaddr8"],
];

/// Pairs that have a cast in one direction only.
const PAIRS: [(&str, &str); 12] = [
    ("timestamp without time zone", "time without time zone"),
    ("timestamp with time zone", "time without time zone"),
    ("timestamp with time zone", "time with time zone"),
    ("time without time zone", "time with time zone"),
    ("time with time zone", "time without time zone"),
    ("time without time zone", "interval"),
    ("interval", "time without time zone"),
    ("jsonb", "boolean"),
    ("jsonb", "smallint"),
    ("jsonb", "integer"),
    ("jsonb", "bigint"),
    ("jsonb", "numeric"),
];

/// Types that every value can be cast to and from.
const TEXTS: [&str; 4] = ["text", "character varying", "character", "name"];

/// The expression that makes a value of another type of a column's: a cast where there is one, else through text, the
/// form that all types share. Whether each value has a meaning in the new type, only the values can tell.
pub(super) fn cast(column: &Identifier, from: ValueType<'_>, to: ValueType<'_>, catalog: &Catalog) -> String {
    let data_type = to.name;
    let (from, to) = (from.based(), to.based());
    let has_own_cast = || {
        let wanted = (from.name.as_str(), to.name.as_str());
        catalog.of_kind(ObjectKind::Cast).any(|entry| match entry.id() {
            ObjectId::Cast(cast) => (cast.source.as_str(), cast.target.as_str()) == wanted,
            _ => false,
        })
    };
    if from.has_cast_to(to) || has_own_cast() {
        format!("{column}::{data_type}")
    } else {
        format!("{column}::text::{data_type}")
    }
}

/// The type of a column, with the object that it is where the catalog holds it.
#[derive(Clone, Copy)]
pub(super) struct ValueType<'a> {
    name: &'a TypeName,
    own: Option<Entry<'a>>,
}

impl<'a> ValueType<'a> {
    /// The type of a column or domain.
    pub(super) fn of(name: &'a TypeName, user: Entry<'a>) -> Self {
        let is_type = |kind: ObjectKind| {
            matches!(
                kind,
                ObjectKind::Domain
                    | ObjectKind::Enum
                    | ObjectKind::CompositeType
                    | ObjectKind::Range
                    | ObjectKind::BaseType
                    | ObjectKind::Table
            )
        };
        let mut needed = user.depends_on().map(|(needed, _)| needed);
        Self { name, own: needed.find(|needed| is_type(needed.id().kind())) }
    }

    /// A domain's values are those of its base type.
    fn based(self) -> Self {
        match self.own.map(|own| (own, own.object())) {
            Some((own, Object::Domain(domain))) => Self::of(&domain.base_type, own).based(),
            _ => self,
        }
    }

    fn has_cast_to(self, to: Self) -> bool {
        let (from, other) = (without_modifier(self.name), without_modifier(to.name));
        // Arrays are cast to arrays as their elements are.
        let (from, other) = match (from.strip_suffix("[]"), other.strip_suffix("[]")) {
            (Some(from), Some(other)) => (from, other),
            _ => (from.as_str(), other.as_str()),
        };
        if TEXTS.contains(&from) || TEXTS.contains(&other) || from == other {
            return true;
        }
        if self.own.is_some() || to.own.is_some() || from.ends_with("[]") || other.ends_with("[]") {
            return false;
        }
        // Types with a schema in their names are those of extensions, which mostly bring casts.
        let is_of_extension = |name: &str| name.contains('.');
        let is_in_group = |group: &&[&str]| group.contains(&from) && group.contains(&other);
        GROUPS.iter().any(is_in_group)
            || PAIRS.contains(&(from, other))
            || is_of_extension(from)
            || is_of_extension(other)
    }
}

/// `timestamp with time zone` for `timestamp(3) with time zone`.
fn without_modifier(name: &TypeName) -> String {
    let name = name.as_str();
    match (name.find('('), name.find(')')) {
        (Some(open), Some(close)) if open < close && !name.contains('"') => {
            format!("{}{}", &name[..open], &name[close + 1..])
        }
        _ => name.to_owned(),
    }
}
