//! The kinds of object that `CREATE`, `ALTER`, `DROP` and `COMMENT ON` name.

use crate::words::Words;

/// Every kind as PostgreSQL spells it, longer spellings before their beginnings.
const KINDS: &[(&[&str], &str)] = &[
    (&["ACCESS", "METHOD"], "ACCESS METHOD"),
    (&["AGGREGATE"], "AGGREGATE"),
    (&["CAST"], "CAST"),
    (&["COLLATION"], "COLLATION"),
    (&["COLUMN"], "COLUMN"),
    (&["CONSTRAINT"], "CONSTRAINT"),
    (&["CONVERSION"], "CONVERSION"),
    (&["DATABASE"], "DATABASE"),
    (&["DEFAULT", "PRIVILEGES"], "DEFAULT PRIVILEGES"),
    (&["DOMAIN"], "DOMAIN"),
    (&["EVENT", "TRIGGER"], "EVENT TRIGGER"),
    (&["EXTENSION"], "EXTENSION"),
    (&["FOREIGN", "DATA", "WRAPPER"], "FOREIGN DATA WRAPPER"),
    (&["FOREIGN", "TABLE"], "FOREIGN TABLE"),
    (&["FUNCTION"], "FUNCTION"),
    (&["GROUP"], "GROUP"),
    (&["INDEX"], "INDEX"),
    (&["LANGUAGE"], "LANGUAGE"),
    (&["LARGE", "OBJECT"], "LARGE OBJECT"),
    (&["MATERIALIZED", "VIEW"], "MATERIALIZED VIEW"),
    (&["OPERATOR", "CLASS"], "OPERATOR CLASS"),
    (&["OPERATOR", "FAMILY"], "OPERATOR FAMILY"),
    (&["OPERATOR"], "OPERATOR"),
    (&["OWNED"], "OWNED"),
    (&["POLICY"], "POLICY"),
    (&["PROCEDURE"], "PROCEDURE"),
    (&["PROPERTY", "GRAPH"], "PROPERTY GRAPH"),
    (&["PUBLICATION"], "PUBLICATION"),
    (&["ROLE"], "ROLE"),
    (&["ROUTINE"], "ROUTINE"),
    (&["RULE"], "RULE"),
    (&["SCHEMA"], "SCHEMA"),
    (&["SEQUENCE"], "SEQUENCE"),
    (&["SERVER"], "SERVER"),
    (&["STATISTICS"], "STATISTICS"),
    (&["SUBSCRIPTION"], "SUBSCRIPTION"),
    (&["SYSTEM"], "SYSTEM"),
    (&["TABLE"], "TABLE"),
    (&["TABLESPACE"], "TABLESPACE"),
    (&["TEXT", "SEARCH", "CONFIGURATION"], "TEXT SEARCH CONFIGURATION"),
    (&["TEXT", "SEARCH", "DICTIONARY"], "TEXT SEARCH DICTIONARY"),
    (&["TEXT", "SEARCH", "PARSER"], "TEXT SEARCH PARSER"),
    (&["TEXT", "SEARCH", "TEMPLATE"], "TEXT SEARCH TEMPLATE"),
    (&["TRANSFORM"], "TRANSFORM"),
    (&["TRIGGER"], "TRIGGER"),
    (&["TYPE"], "TYPE"),
    (&["USER", "MAPPING"], "USER MAPPING"),
    (&["USER"], "USER"),
    (&["VIEW"], "VIEW"),
];

/// Reads a kind off the words.
pub(crate) fn take(words: &mut Words<'_>) -> Option<&'static str> {
    KINDS.iter().find(|(spelling, _)| words.take(spelling)).map(|(_, kind)| *kind)
}

/// Whether objects of this kind live in a table and are named with it: `DROP TRIGGER t ON visit`.
pub(super) fn lives_in_a_table(kind: &str) -> bool {
    matches!(kind, "TRIGGER" | "POLICY" | "RULE" | "CONSTRAINT")
}

/// Whether a name follows the kind.
pub(super) fn has_a_name(kind: &str) -> bool {
    !matches!(
        kind,
        "CAST" | "DEFAULT PRIVILEGES" | "LARGE OBJECT" | "OPERATOR" | "OWNED" | "SYSTEM" | "TRANSFORM" | "USER MAPPING"
    )
}
