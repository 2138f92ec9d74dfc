//! What differs from run to run, and is no difference.

use std::sync::LazyLock;

use regex::Regex;

/// Patterns, and what stands for whatever they match.
static CHANGING: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    [
        // Ids and hashes, which have any digits and letters in them
        (r"\b[a-z]{3}_[a-z][a-z0-9]{20,}\b", "ID"),
        (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", "UUID"),
        (r"\b[0-9a-f]{12,}\b", "HASH"),
        // Points in time, as text and in the names of files
        (r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?( UTC|Z|\+00(:00)?)?", "TIME"),
        (r"\d{8}T\d{6}Z|_restore_\d{14}", "TIME"),
        (r"\b20\d\d-\d\d-\d\d\b", "DAY"),
        // Durations, sizes on disk, rates
        (r"(<|~|about )?\b\d+(\.\d+)? ?(ms|µs|min|s)\b", "DURATION"),
        (r"\b\d+(\.\d+)? ?(bytes|kB|KB|KiB|MB|MiB|GB|B)\b", "SIZE"),
        (r"[\d,]+ rows/s|\b\d+ requests", "RATE"),
        (r"\b(GET|POST|PATCH|DELETE) /[\w/{}]+", "REQUEST"),
        (r"\bpg_temp_\d+", "pg_temp"),
        // Who, where and on what
        (r"\b\w+@[\w.-]+ as \w+", "WHO"),
        (r"\b(127\.0\.0\.1|localhost):\d+", "HOST"),
        (r"PostgreSQL \d+(\.\d+)?", "PostgreSQL VERSION"),
        // Columns are as wide as what stands in them
        (r"[-─]{3,}", "---"),
        (r"[ \t]+", " "),
    ]
    .map(|(pattern, word)| (Regex::new(pattern).unwrap(), word))
    .into()
});

/// The lines of an output without what differs from run to run.
pub(crate) fn normal(output: &str) -> Vec<String> {
    let line = |line: &str| {
        let text = CHANGING
            .iter()
            .fold(line.to_owned(), |text, (pattern, word)| pattern.replace_all(&text, *word).into_owned());
        text.trim().to_owned()
    };
    output.lines().map(line).collect()
}

#[test]
fn the_same_output_of_two_runs_is_the_same() {
    let one = "  ✓ 001 add  <1 ms\n2026-01-02 03:04:05 UTC  anna@laptop as postgres  on 127.0.0.1:5432\n";
    let two = "  ✓ 001 add  1.5 s\n2026-01-03 00:00:00 UTC  root@vm-1 as postgres  on localhost:5433\n";
    assert_eq!(normal(one), normal(two));
    assert_eq!(normal("pat_tz4a98xxat96iws9zmbrgj3a"), ["ID"]);
    // An id may end like a duration.
    assert_eq!(normal("pat_yopdcy6etq8mps1rnduoeo5s, 5s"), ["ID, DURATION"]);
    assert_ne!(normal("3 rows"), normal("4 rows"));
}
