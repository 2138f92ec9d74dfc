//! A catalog as a text that can be read.

use std::fmt::Write as _;

use limosa_catalog::{Catalog, Entry};

/// Every fact, indented below its parent, and what each depends on.
pub(crate) fn text(catalog: &Catalog) -> String {
    let mut text = String::new();
    for entry in catalog.roots() {
        write(&mut text, entry, 0);
    }
    for uncovered in catalog.uncovered() {
        writeln!(text, "not covered: {} {} such as {}", uncovered.count, uncovered.what, uncovered.example).unwrap();
    }
    text
}

fn write(text: &mut String, entry: Entry<'_>, depth: usize) {
    let indent = "  ".repeat(depth);
    writeln!(text, "{indent}{}", entry.id()).unwrap();
    for line in lines(entry) {
        writeln!(text, "{indent}    {line}").unwrap();
    }
    for child in entry.children() {
        write(text, child, depth + 1);
    }
}

fn lines(entry: Entry<'_>) -> Vec<String> {
    let fields = entry.object().fields();
    // A function's whole statement repeats what its other fields say.
    let repeated = fields.iter().any(|(name, _)| *name == "body");
    let fields = fields.iter().filter(|(name, _)| !repeated || *name != "definition");
    let fields = fields.map(|(name, value)| format!("{name}: {value}"));
    fields.chain(entry.depends_on().map(|(other, kind)| format!("-> {kind:?} {}", other.id()))).collect()
}

/// What only one of two catalogs has, line by line.
pub(crate) fn differing_lines(from: &Catalog, to: &Catalog) -> String {
    let all = |catalog: &Catalog| -> Vec<String> {
        let of = |entry: Entry<'_>| {
            let id = entry.id();
            let lines = lines(entry).into_iter().map(|line| format!("{id} {line}"));
            [id.to_string()].into_iter().chain(lines.collect::<Vec<_>>())
        };
        catalog.iter().flat_map(of).collect()
    };
    let (from, to) = (all(from), all(to));
    let only = |one: &[String], other: &[String], mark: char| {
        one.iter().filter(|line| !other.contains(line)).map(|line| format!("{mark} {line}\n")).collect::<String>()
    };
    only(&from, &to, '-') + &only(&to, &from, '+')
}
