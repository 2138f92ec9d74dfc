//! Which types hold each other's values as they are stored.

/// A type as written, in parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Type {
    pub(super) base: String,
    pub(super) modifiers: Vec<u32>,
}

/// Short spellings, and what the server makes of them.
const SPELLINGS: &[(&str, &str)] = &[
    ("varchar", "character varying"),
    ("char", "character"),
    ("bpchar", "character"),
    ("int", "integer"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("int2", "smallint"),
    ("float8", "double precision"),
    ("float4", "real"),
    ("bool", "boolean"),
    ("decimal", "numeric"),
    ("varbit", "bit varying"),
    ("timestamp", "timestamp without time zone"),
    ("timestamptz", "timestamp with time zone"),
    ("time", "time without time zone"),
    ("timetz", "time with time zone"),
];

/// Whether a column can change from one type to another without being written anew: the values are stored alike, and
/// all fit. A change between `timestamp` with and without time zone is not counted in, since it depends on the
/// session's time zone.
pub(crate) fn is_coercible(from: &str, to: &str) -> bool {
    let (Some(from), Some(to)) = (read(from), read(to)) else { return false };
    if from == to {
        return true;
    }
    let widens = |from: &[u32], to: &[u32]| match (from, to) {
        (_, []) => true,
        ([from], [to]) => from <= to,
        _ => false,
    };
    match (from.base.as_str(), to.base.as_str()) {
        ("character varying", "text") | ("cidr", "inet") | ("xml", "text") => true,
        ("text", "character varying") => to.modifiers.is_empty(),
        ("numeric", "numeric") => match (from.modifiers.as_slice(), to.modifiers.as_slice()) {
            (_, []) => true,
            ([from, rest @ ..], [to, other @ ..]) => from <= to && scale(rest) == scale(other),
            ([], _) => false,
        },
        (
            from_base @ ("character varying"
            | "bit varying"
            | "interval"
            | "timestamp without time zone"
            | "timestamp with time zone"
            | "time without time zone"
            | "time with time zone"),
            to_base,
        ) => from_base == to_base && widens(&from.modifiers, &to.modifiers),
        _ => false,
    }
}

fn scale(rest: &[u32]) -> u32 {
    rest.first().copied().unwrap_or(0)
}

/// `timestamp(3) with time zone`, `numeric(10,2)`, `varchar(20)[]`. `None` for modifiers that are no numbers.
pub(super) fn read(text: &str) -> Option<Type> {
    let text = text.strip_prefix("pg_catalog.").unwrap_or(text);
    let (name, modifiers, behind) = match text.split_once('(') {
        None => (text, Vec::new(), ""),
        Some((name, rest)) => {
            let (inside, behind) = rest.split_once(')')?;
            let numbers = inside.split(',').map(|number| number.trim().parse().ok()).collect::<Option<_>>()?;
            (name, numbers, behind)
        }
    };
    let (name, array) = match name.find('[') {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    let name = name.trim();
    let spelled = if behind.contains("time zone") { format!("{name}{}", spaced(behind)) } else { name.to_owned() };
    let full = SPELLINGS.iter().find(|(short, _)| *short == spelled).map_or(spelled.as_str(), |(_, full)| full);
    let array = if behind.contains('[') || !array.is_empty() { "[]" } else { "" };
    let modifiers = match (full, modifiers.as_slice()) {
        // `char` alone is one character.
        ("character", []) => vec![1],
        // The most digits that are stored are the same as no limit.
        (temporal, [6]) if temporal.starts_with("time") || temporal == "interval" => Vec::new(),
        _ => modifiers,
    };
    Some(Type { base: format!("{full}{array}"), modifiers })
}

fn spaced(behind: &str) -> String {
    format!(" {}", behind.trim().trim_end_matches("[]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_that_hold_more_need_no_rewrite() {
        for (from, to) in [
            ("character varying(20)", "varchar(50)"),
            ("character varying(20)", "text"),
            ("text", "varchar"),
            ("numeric(10,2)", "decimal(12,2)"),
            ("numeric(10,2)", "numeric"),
            ("timestamp(3) without time zone", "timestamp"),
            ("timestamp(3) with time zone", "timestamptz(6)"),
            ("integer", "int4"),
            ("cidr", "inet"),
        ] {
            assert!(is_coercible(from, to), "{from} to {to}");
        }
        for (from, to) in [
            ("character varying(50)", "varchar(20)"),
            ("text", "varchar(20)"),
            ("integer", "bigint"),
            ("numeric(10,2)", "numeric(12,4)"),
            ("numeric", "numeric(12,4)"),
            ("character(3)", "text"),
            ("timestamp without time zone", "timestamptz"),
            ("text", "my.type"),
            ("character varying(20)[]", "text"),
        ] {
            assert!(!is_coercible(from, to), "{from} to {to}");
        }
    }
}
