//! Tables in publications.

use limosa_catalog::kind::PublicationTable;
use limosa_catalog::{Entry, PublicationTableName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::naming::list;

impl Rules for PublicationTable {
    type Name = PublicationTableName;

    fn create(&self, name: &PublicationTableName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut text = format!("ALTER PUBLICATION {} ADD TABLE ONLY {}", name.publication, name.table);
        if !self.columns.is_empty() {
            text.push_str(&format!(" ({})", list(&self.columns)));
        }
        text.extend(self.filter.iter().map(|filter| format!(" WHERE ({filter})")));
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &PublicationTableName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        let text = format!("ALTER PUBLICATION {} DROP TABLE ONLY {}", name.publication, name.table);
        vec![Statement::text(text)]
    }

    /// Columns and rows can only be said when the table is added.
    fn alter(&self, _: &Self, _: &PublicationTableName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        None
    }
}
