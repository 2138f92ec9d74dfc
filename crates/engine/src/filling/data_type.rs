//! What kind of values a type holds.

use limosa_catalog::{Catalog, Identifier, Object, ObjectId, ObjectKind, ObjectName, TypeName};

/// Domains over domains, arrays of domains: deeper than anybody nests.
const DEEPEST: usize = 8;

/// The kinds of values that are made differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DataType {
    /// Whole numbers up to this one.
    Integer {
        most: u32,
    },
    /// Numbers up to `10^whole`, with so many digits behind the point.
    Decimal {
        whole: usize,
        scale: usize,
    },
    /// Texts of at most so many characters.
    Text {
        longest: Option<usize>,
    },
    /// Exactly so many bits.
    Bits {
        length: usize,
    },
    Boolean,
    /// Points in time and their like, by the name of the type.
    Moment(Moment),
    Uuid,
    Json,
    Bytes,
    Address,
    Hardware,
    /// One of these.
    Labels(Vec<String>),
    /// Of these elements.
    Array(Box<Self>),
    /// From one such value to the next.
    Range(RangeOf),
    /// A row of so many fields.
    Composite {
        fields: usize,
    },
    /// Two numbers, as geometric types write them: the text around the first number.
    Point,
    Words,
    Xml,
    Unknown,
}

/// Types whose values lie on a line of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Date,
    Timestamp,
    TimestampWithZone,
    Time,
    TimeWithZone,
    Interval,
}

/// Types over which there are ranges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RangeOf {
    Numbers,
    Days,
    Moments,
}

/// A type, and the constraints that domains put on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) data_type: DataType,
    /// The check constraints of the domains, in which `VALUE` stands for the value.
    pub(super) checks: Vec<String>,
    /// Null is refused.
    pub(super) not_null: bool,
    /// Whether it is a domain, whose constraints the server has to judge.
    pub(super) is_domain: bool,
}

/// What kind of values a type of the catalog holds.
pub(super) fn resolve(catalog: &Catalog, name: &TypeName) -> Typed {
    of_name(catalog, name.as_str(), 0)
}

fn of_name(catalog: &Catalog, written: &str, depth: usize) -> Typed {
    let plain = |data_type| Typed { data_type, checks: Vec::new(), not_null: false, is_domain: false };
    if depth > DEEPEST {
        return plain(DataType::Unknown);
    }
    if let Some(element) = written.strip_suffix("[]") {
        let element = of_name(catalog, element, depth + 1);
        return Typed { data_type: DataType::Array(Box::new(element.data_type)), not_null: false, ..element };
    }
    if let Some(built_in) = built_in(written) {
        return plain(built_in);
    }
    let Some(name) = object_name(written) else { return plain(DataType::Unknown) };
    if let Some(Object::Enum(labels)) = catalog.get(&ObjectId::Enum(name.clone())) {
        return plain(DataType::Labels(labels.labels.iter().map(|label| label.to_string()).collect()));
    }
    if let Some(Object::CompositeType(composite)) = catalog.get(&ObjectId::CompositeType(name.clone())) {
        return plain(DataType::Composite { fields: composite.attributes.len() });
    }
    if let Some(Object::Domain(domain)) = catalog.get(&ObjectId::Domain(name.clone())) {
        let mut typed = of_name(catalog, domain.base_type.as_str(), depth + 1);
        let constraints = catalog.of_kind(ObjectKind::DomainConstraint).filter_map(|entry| match entry.object() {
            Object::DomainConstraint(check)
                if entry.parent().is_some_and(|it| *it.id() == ObjectId::Domain(name.clone())) =>
            {
                Some(check.expression.to_string())
            }
            _ => None,
        });
        typed.checks.extend(constraints);
        typed.not_null |= domain.not_null.is_some();
        typed.is_domain = true;
        return typed;
    }
    // Of an extension.
    plain(match name.name.as_str() {
        "citext" => DataType::Text { longest: None },
        "ltree" => DataType::Words,
        _ => DataType::Unknown,
    })
}

/// `clinic."Mood"` as a name.
fn object_name(written: &str) -> Option<ObjectName> {
    let (schema, name) = written.split_once('.')?;
    let unquoted = |text: &str| {
        let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        Identifier::new(inner.map_or_else(|| text.to_owned(), |inner| inner.replace("\"\"", "\""))).ok()
    };
    Some(ObjectName { schema: unquoted(schema)?, name: unquoted(name)? })
}

fn built_in(written: &str) -> Option<DataType> {
    let (name, modifiers) = match (written.find('('), written.find(')')) {
        (Some(from), Some(to)) if from < to => {
            let numbers = written[from + 1..to].split(',').filter_map(|it| it.trim().parse().ok()).collect();
            (format!("{}{}", &written[..from], &written[to + 1..]), numbers)
        }
        _ => (written.to_owned(), Vec::new()),
    };
    let first: Option<usize> = modifiers.first().copied();
    Some(match name.as_str() {
        "smallint" => DataType::Integer { most: 32_767 },
        "integer" | "oid" => DataType::Integer { most: 2_000_000_000 },
        "bigint" | "xid8" => DataType::Integer { most: u32::MAX },
        "numeric" => {
            let scale = modifiers.get(1).copied().unwrap_or(0);
            let whole = first.map_or(15, |precision: usize| precision.saturating_sub(scale));
            DataType::Decimal { whole, scale: if first.is_none() { 2 } else { scale } }
        }
        "real" | "double precision" | "money" => DataType::Decimal { whole: 6, scale: 2 },
        "text" | "name" => DataType::Text { longest: None },
        "character varying" => DataType::Text { longest: first },
        "character" | "\"char\"" => DataType::Text { longest: first.or(Some(1)) },
        "bit" => DataType::Bits { length: first.unwrap_or(1) },
        "bit varying" => DataType::Bits { length: first.unwrap_or(16).min(16) },
        "boolean" => DataType::Boolean,
        "date" => DataType::Moment(Moment::Date),
        "timestamp without time zone" => DataType::Moment(Moment::Timestamp),
        "timestamp with time zone" => DataType::Moment(Moment::TimestampWithZone),
        "time without time zone" => DataType::Moment(Moment::Time),
        "time with time zone" => DataType::Moment(Moment::TimeWithZone),
        other if other.starts_with("interval") => DataType::Moment(Moment::Interval),
        "uuid" => DataType::Uuid,
        "json" | "jsonb" => DataType::Json,
        "bytea" => DataType::Bytes,
        "inet" | "cidr" => DataType::Address,
        "macaddr" | "macaddr8" => DataType::Hardware,
        "int4range" | "int8range" | "numrange" => DataType::Range(RangeOf::Numbers),
        "daterange" => DataType::Range(RangeOf::Days),
        "tsrange" | "tstzrange" => DataType::Range(RangeOf::Moments),
        "point" => DataType::Point,
        "tsvector" | "tsquery" => DataType::Words,
        "xml" => DataType::Xml,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modifiers_say_how_much_fits() {
        assert_eq!(built_in("character varying(40)"), Some(DataType::Text { longest: Some(40) }));
        assert_eq!(built_in("numeric(10,2)"), Some(DataType::Decimal { whole: 8, scale: 2 }));
        assert_eq!(built_in("timestamp(3) with time zone"), Some(DataType::Moment(Moment::TimestampWithZone)));
        assert_eq!(built_in("character"), Some(DataType::Text { longest: Some(1) }));
        assert_eq!(built_in("clinic.mood"), None);
    }

    #[test]
    fn names_are_read_as_the_server_quotes_them() {
        let name = object_name("clinic.\"Mo\"\"od\"").unwrap();
        assert_eq!((name.schema.as_str(), name.name.as_str()), ("clinic", "Mo\"od"));
    }
}
