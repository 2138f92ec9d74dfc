//! Nothing helps to find the rows that refer to another.
//!
//! When a row of the referenced table is deleted or changes its key, the server looks for rows that refer to it, and
//! without an index it reads the whole referencing table, once for each row. Joins along the key do the same. Any
//! index that begins with the columns of the key does, in whatever order they stand; so does one that leaves out rows
//! where a column of the key is null, and a hash index on a single column.
//!
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient);
//! ```
//! ```sql,bad
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient, open boolean);
//! CREATE INDEX visit_open ON visit (patient_id) WHERE open;
//! ```
//! ```sql,good
//! CREATE TABLE ward (house int, number int, PRIMARY KEY (house, number));
//! CREATE TABLE bed (id bigint PRIMARY KEY, house int, ward int, FOREIGN KEY (house, ward) REFERENCES ward);
//! CREATE INDEX bed_ward ON bed (ward, house, id);
//! ```
//! ```sql,good
//! CREATE TABLE patient (id bigint PRIMARY KEY);
//! CREATE TABLE visit (id bigint PRIMARY KEY, patient_id bigint REFERENCES patient);
//! CREATE INDEX visit_patient ON visit (patient_id) WHERE patient_id IS NOT NULL;
//! ```

use limosa_catalog::Identifier;
use limosa_syntax::Severity;

use crate::found::{Findings, shown};
use crate::rule::{Declaration, EXCEPT, Level};
use crate::shape::{Index, Key, Rule, Site, Table, of_tables, shown_columns};

pub(crate) const RULE: Declaration = Declaration::new(Level::Warning, of_tables!(check)).with(&[EXCEPT]);

fn check(table: &Table<'_>, found: &mut Findings<'_>) {
    if table.foreign {
        return;
    }
    let mut said: Vec<&[Identifier]> = Vec::new();
    for (constraint, key) in table.foreign_keys() {
        // Of a column that the script does not make, nobody knows which indexes it has.
        let is_new = |column: &Identifier| table.column(column).is_some_and(|column| column.is_named_here);
        let is_known = table.whole || key.columns.iter().any(is_new);
        if !is_known || has_index(table, &key.columns) || said.contains(&key.columns.as_slice()) {
            continue;
        }
        let (columns, references) = (shown_columns(&key.columns), shown(&key.references));
        let table_name = table.shown();
        let message = format!("no index finds the rows of {table_name} that refer to one of {references}");
        let finding = found.site(constraint.site, message).of_table(&table.name);
        finding.help(format!("add an index on {columns} of {table_name}"));
        // A later file may make it; a catalog is sure.
        if matches!(constraint.site, Site::Script(_)) {
            finding.at_most(Severity::Note);
        }
        said.push(&key.columns);
    }
}

/// Whether an index finds the rows with given values of these columns.
pub(crate) fn has_index(table: &Table<'_>, columns: &[Identifier]) -> bool {
    let keys = table.constraints.iter().filter_map(|constraint| match &constraint.rule {
        Rule::PrimaryKey(columns) | Rule::Unique { columns, .. } => Some(columns.as_slice()),
        _ => None,
    });
    let begins = |keys: &[&Identifier]| {
        keys.get(..columns.len()).is_some_and(|keys| columns.iter().all(|column| keys.contains(&column)))
    };
    keys.map(|columns| columns.iter().collect::<Vec<_>>()).any(|keys| begins(&keys))
        || table.indexes.iter().any(|index| is_usable(index, columns) && begins(&leading(index)))
}

/// The columns before the first expression.
fn leading<'i>(index: &'i Index<'_>) -> Vec<&'i Identifier> {
    let column = |key: &'i Key| match key {
        Key::Column(column) => Some(column),
        Key::Expression(_) => None,
    };
    index.keys.iter().map_while(column).collect()
}

fn is_usable(index: &Index<'_>, columns: &[Identifier]) -> bool {
    let compares = match index.method.as_str() {
        "btree" | "hash" | "gist" | "spgist" => true,
        // Only ordered by blocks: of use for a table that is written in the order of the key.
        _ => false,
    };
    compares
        && !index.invalid
        && index.predicate.as_deref().is_none_or(|predicate| leaves_nulls_out(predicate, columns))
}

/// Whether a predicate only leaves out rows where one of these columns is null. Those refer to nothing.
fn leaves_nulls_out(predicate: &str, columns: &[Identifier]) -> bool {
    let text = predicate.replace(['(', ')', '"'], " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_column = |word: &str| columns.iter().any(|column| column.as_str().eq_ignore_ascii_case(word));
    let mut rest = words.as_slice();
    loop {
        match rest {
            [column, is, not, null, behind @ ..]
                if is_column(column)
                    && is.eq_ignore_ascii_case("is")
                    && not.eq_ignore_ascii_case("not")
                    && null.eq_ignore_ascii_case("null") =>
            {
                match behind {
                    [] => return true,
                    [and, behind @ ..] if and.eq_ignore_ascii_case("and") => rest = behind,
                    _ => return false,
                }
            }
            _ => return false,
        }
    }
}
