//! What the name of a file says.

use limosa_catalog::{Identifier, QualifiedName};

/// The form of a file of seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    /// CSV with tabs between the values.
    Tsv,
    Json,
    Yaml,
    Sql,
}

/// The endings that are known.
pub(super) const ENDINGS: &[(&str, Format)] = &[
    ("csv", Format::Csv),
    ("tsv", Format::Tsv),
    ("json", Format::Json),
    ("yaml", Format::Yaml),
    ("yml", Format::Yaml),
    ("sql", Format::Sql),
];

/// A file's name in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileName<'a> {
    pub(super) number: Option<u64>,
    /// What stands between the number and the ending.
    pub(super) stem: &'a str,
    pub(super) format: Format,
}

impl<'a> FileName<'a> {
    /// Reads `country.csv`, `010_country.csv`, `clinic.country.yaml`; `None` where the ending is another.
    pub(super) fn read(name: &'a str) -> Option<Self> {
        let (stem, ending) = name.rsplit_once('.')?;
        let (_, format) = ENDINGS.iter().find(|(known, _)| ending.eq_ignore_ascii_case(known))?;
        let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = stem.split_at(digits);
        let (number, stem) = match (number.parse().ok(), rest.strip_prefix(['_', '-'])) {
            (Some(number), Some(rest)) if !rest.is_empty() => (Some(number), rest),
            _ => (None, stem),
        };
        (!stem.is_empty()).then_some(Self { number, stem, format: *format })
    }

    /// The table that the name means: letters keep their case, what stands before a point is the schema.
    pub(super) fn table(&self) -> Result<QualifiedName, limosa_catalog::InvalidIdentifier> {
        let (schema, name) = match self.stem.split_once('.') {
            Some((schema, name)) => (Some(Identifier::new(schema)?), name),
            None => (None, self.stem),
        };
        Ok(QualifiedName { schema, name: Identifier::new(name)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_orders_and_a_point_parts_the_schema() {
        for (name, number, table) in [
            ("country.csv", None, Some("\"country\"")),
            ("010_country.CSV", Some(10), Some("\"country\"")),
            ("7-clinic.Country.yml", Some(7), Some("\"clinic\".\"Country\"")),
            ("2024.json", None, Some("\"2024\"")),
            ("99999999999999999999_x.csv", None, Some("\"99999999999999999999_x\"")),
            ("01_.csv", None, Some("\"01_\"")),
            (".csv", None, None),
            ("README.md", None, None),
            ("country", None, None),
        ] {
            let found = FileName::read(name);
            assert_eq!(found.as_ref().and_then(|found| found.number), number, "{name}");
            assert_eq!(found.map(|found| found.table().unwrap().to_string()).as_deref(), table, "{name}");
        }
    }
}
