//! Types, however they are spelled.

/// Short spellings, and what the server makes of them.
const SPELLINGS: &[(&str, &str)] = &[
    ("varchar", "character varying"),
    ("char", "character"),
    ("bpchar", "character"),
    ("nchar", "character"),
    ("char varying", "character varying"),
    ("int", "integer"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("int2", "smallint"),
    ("float", "double precision"),
    ("float8", "double precision"),
    ("float4", "real"),
    ("bool", "boolean"),
    ("decimal", "numeric"),
    ("dec", "numeric"),
    ("varbit", "bit varying"),
    ("timestamp", "timestamp without time zone"),
    ("timestamptz", "timestamp with time zone"),
    ("time", "time without time zone"),
    ("timetz", "time with time zone"),
    ("serial4", "serial"),
    ("serial8", "bigserial"),
    ("serial2", "smallserial"),
];

/// A type in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataType {
    /// The long spelling in lower case, without modifiers: `character varying`, `timestamp without time zone`.
    pub(crate) base: String,
    /// What stands in the parentheses: `3`, `10,2`.
    pub(crate) modifiers: String,
    /// Whether values are arrays of it.
    pub(crate) array: bool,
}

impl DataType {
    /// Reads a type as a script or the server spells it.
    pub(crate) fn of(text: &str) -> Self {
        let mut text = text.trim().to_owned();
        let mut array = false;
        while let Some(rest) = text.strip_suffix(']') {
            text = rest.rsplit_once('[').map_or(rest, |(rest, _)| rest).trim_end().to_owned();
            array = true;
        }
        let (before, modifiers, behind) = match (text.find('('), text.find(')')) {
            (Some(open), Some(close)) if open < close => {
                (text[..open].to_owned(), text[open + 1..close].replace(' ', ""), text[close + 1..].to_owned())
            }
            _ => (text, String::new(), String::new()),
        };
        let words: Vec<&str> = before.split_whitespace().chain(behind.split_whitespace()).collect();
        let mut base = words.join(" ");
        if !base.contains('"') {
            base = base.to_ascii_lowercase();
        }
        let plain = base.strip_prefix("pg_catalog.").unwrap_or(&base);
        let plain = plain.strip_suffix(" array").inspect(|_| array = true).unwrap_or(plain);
        let long = SPELLINGS.iter().find(|(short, _)| *short == plain).map_or(plain, |(_, long)| long);
        Self { base: long.to_owned(), modifiers, array }
    }

    /// Whether it is one of these types, itself and not an array of it.
    pub(crate) fn is(&self, bases: &[&str]) -> bool {
        !self.array && bases.contains(&self.base.as_str())
    }

    /// The name without schema and quotes.
    pub(crate) fn plain_name(&self) -> &str {
        self.base.rsplit('.').next().unwrap_or(&self.base).trim_matches('"')
    }

    /// Whether a person who writes `wanted` means this type: without modifiers any will do.
    pub(crate) fn meets(&self, wanted: &Self) -> bool {
        self.array == wanted.array
            && (self.base == wanted.base || self.plain_name() == wanted.base.trim_matches('"'))
            && (wanted.modifiers.is_empty() || wanted.modifiers == self.modifiers)
    }
}

impl std::fmt::Display for DataType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let array = if self.array { "[]" } else { "" };
        if self.modifiers.is_empty() {
            return write!(f, "{}{array}", self.base);
        }
        let (first, rest) = self.base.split_once(' ').unwrap_or((&self.base, ""));
        // `timestamp(3) without time zone`, but `character varying(40)`.
        if rest.ends_with("time zone") {
            write!(f, "{first}({}) {rest}{array}", self.modifiers)
        } else {
            write!(f, "{}({}){array}", self.base, self.modifiers)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_type_are_one() {
        for (one, other) in [
            ("timestamptz(3)", "timestamp(3) with time zone"),
            ("TIMESTAMP", "timestamp without time zone"),
            ("varchar(40)[]", "character varying(40)[]"),
            ("INT8", "bigint"),
            ("pg_catalog.bool", "boolean"),
            ("numeric(10, 2)", "decimal(10,2)"),
            ("int4 array", "integer[]"),
            ("int[3][3]", "integer[]"),
        ] {
            assert_eq!(DataType::of(one), DataType::of(other), "{one}");
            assert_eq!(DataType::of(&DataType::of(one).to_string()), DataType::of(one), "{one}");
        }
        assert_eq!(DataType::of("clinic.\"Mood\"").plain_name(), "Mood");
        assert!(DataType::of("timestamp(3)").meets(&DataType::of("timestamp")));
        assert!(!DataType::of("timestamp").meets(&DataType::of("timestamp(3)")));
    }
}
