//! The statements that put rows into a table.

use limosa_catalog::ObjectName;

use super::form::Form;
use super::table::{Column, Table};

/// Rows in one `INSERT`.
pub(super) const TOGETHER: u64 = 500;

/// How the values of each column are made: the columns of a group take turns between some forms together.
#[derive(Debug, Clone, Default)]
pub(super) struct Recipe {
    /// By group: the places of its columns, and the forms of them that are taken in turn.
    pub(super) groups: Vec<(Vec<usize>, Vec<Vec<Form>>)>,
}

impl Recipe {
    /// The value of each column for a row, as SQL, in the order of the groups.
    fn values(&self, table: &Table, row: u64, referenced: &[Vec<Vec<String>>]) -> Vec<String> {
        let of_group = |(places, forms): &(Vec<usize>, Vec<Vec<Form>>)| {
            let nth = usize::try_from(row).unwrap_or(0).checked_rem(forms.len());
            let turn = nth.and_then(|nth| forms.get(nth)).map(Vec::as_slice).unwrap_or_default();
            let columns = places.iter().filter_map(|place| table.columns.get(*place));
            let value = |(column, form): (&Column, &Form)| match form {
                Form::Default => "DEFAULT".to_owned(),
                form => format!("CAST({} AS {})", form.sql(row, referenced), column.written_type),
            };
            columns.zip(turn).map(value).collect::<Vec<_>>()
        };
        self.groups.iter().flat_map(of_group).collect()
    }

    fn columns<'t>(&'t self, table: &'t Table) -> impl Iterator<Item = String> + 't {
        let places = self.groups.iter().flat_map(|(places, _)| places);
        places.filter_map(|place| table.columns.get(*place)).map(|column| column.name.to_string())
    }

    /// An `INSERT` of these rows. Rows that are no news to a unique key are passed over where `skips`.
    pub(super) fn insert(
        &self,
        table: &Table,
        rows: std::ops::Range<u64>,
        referenced: &[Vec<Vec<String>>],
        skips: bool,
    ) -> String {
        let conflict = if skips { " ON CONFLICT DO NOTHING" } else { "" };
        let columns: Vec<String> = self.columns(table).collect();
        if columns.is_empty() {
            return format!("INSERT INTO {} DEFAULT VALUES", table.name);
        }
        let values: Vec<String> =
            rows.map(|row| format!("({})", self.values(table, row, referenced).join(", "))).collect();
        format!("INSERT INTO {} ({}) VALUES {}{conflict}", table.name, columns.join(", "), values.join(", "))
    }
}

/// Fills the foreign key of a table that was left null. Two rows refer to each, and the first to none: where a table
/// refers to itself that makes a tree.
pub(super) fn refer(table: &ObjectName, columns: &[String], to: &ObjectName, to_columns: &[String]) -> String {
    let listed = |prefix: &str, names: &[String]| {
        names.iter().map(|name| format!("{prefix}{name}")).collect::<Vec<_>>().join(", ")
    };
    format!(
        "UPDATE {table} AS filled SET ({}) = ROW({}) \
         FROM (SELECT ctid AS place, tableoid AS part, row_number() OVER () AS number FROM {table}) AS own \
         JOIN (SELECT {}, row_number() OVER () AS number, count(*) OVER () AS many FROM {to}) AS other \
           ON own.number > 1 AND other.number = (own.number / 2 - 1) % other.many + 1 \
         WHERE filled.ctid = own.place AND filled.tableoid = own.part",
        listed("", columns),
        listed("other.", to_columns),
        listed("", to_columns),
    )
}
