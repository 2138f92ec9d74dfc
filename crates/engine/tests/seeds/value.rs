//! Values of many types, often written otherwise than the server writes them.

use crate::dice::Dice;

/// Types, each with some spellings of its values.
const TYPES: &[(&str, &[&str])] = &[
    ("integer", &["7", "-1", "2147483647", " 12 "]),
    ("bigint", &["9007199254740993", "-9223372036854775808", "+5"]),
    ("numeric(12,3)", &["1.5", "1e3", "0.0005", "-0", "NaN"]),
    ("numeric", &["1.50", "0.1000", "1e-7"]),
    ("double precision", &["0.1", "1e300", "-Infinity", "3"]),
    ("real", &["0.1", "16777217"]),
    ("boolean", &["yes", "f", "TRUE", "0"]),
    ("text", &["", "a,b", "\"q\"", "line\nbreak", "\\N", "\\.", "tab\there", "NULL", " padded ", "ä→🦆", "{}", "'"]),
    ("varchar(20)", &["x", "trailing ", "\\"]),
    ("character(6)", &["ab", "ab    ", "abcdef"]),
    ("bytea", &["\\x00ff", "\\xDEADbeef", "abc"]),
    ("date", &["2024-02-29", "29 Feb 2024", "infinity", "0044-03-15 BC"]),
    ("timestamp", &["2024-01-01", "2024-01-01T12:00:00.123456789", "epoch"]),
    ("timestamptz", &["2024-01-01 00:00+05", "2024-07-01T00:00:00Z", "2024-01-01 00:00 America/New_York"]),
    ("time", &["1:02", "23:59:60"]),
    ("timetz", &["12:00+02", "12:00:00.5-05:30"]),
    ("interval", &["1 day 25:00", "P1Y2M", "-1:30", "90 minutes"]),
    ("uuid", &["A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "{a0eebc999c0b4ef8bb6d6bb9bd380a11}"]),
    ("jsonb", &["{\"b\": 1.0, \"a\": [null, true]}", "[1,2]", "\"text\"", "1.10"]),
    ("json", &["{\"b\":1,  \"a\":2}", "[ ]", "\"text\""]),
    ("integer[]", &["{1,NULL,3}", "{}", "{{1,2},{3,4}}", "[2:3]={7,8}"]),
    ("text[]", &["{a,\"b,c\",\"\\\"q\\\"\",NULL,\"NULL\",\"\"}", "{}"]),
    ("inet", &["10.0.0.1", "10.0.0.1/8", "::1"]),
    ("bit varying(8)", &["101", ""]),
    ("int4range", &["[1,5]", "(,3)", "empty"]),
    ("point", &["(1,2)", "1.5,-2"]),
    ("xml", &["<a/>", "<a>text</a>"]),
    ("tsvector", &["the fat cat", "'b' 'a':2"]),
    ("money", &["12.3", "-1"]),
    ("mood", &["ok", "not \"ok\""]),
    ("weight", &["1.5", "200"]),
    ("pair", &["(1,x)", "(,\"a,b\")"]),
];

/// What the types need that PostgreSQL does not have.
pub(crate) const OWN_TYPES: &str = "CREATE TYPE mood AS ENUM ('ok', 'not \"ok\"'); \
    CREATE DOMAIN weight AS numeric(6, 2) CHECK (VALUE > 0); CREATE TYPE pair AS (a int, b text);";

/// A type by its number here.
pub(crate) type TypeNumber = usize;

pub(crate) fn any_type(dice: &mut Dice) -> TypeNumber {
    dice.below(TYPES.len())
}

pub(crate) fn type_name(number: TypeNumber) -> &'static str {
    TYPES[number].0
}

pub(crate) fn any_value(dice: &mut Dice, number: TypeNumber) -> &'static str {
    dice.pick(TYPES[number].1)
}

/// Whether JSON and YAML files hold it as it stands, and not as a text.
pub(crate) fn is_document(type_name: &str) -> bool {
    type_name.starts_with("json")
}
