//! Views.

use limosa_catalog::kind::View;
use limosa_catalog::{Entry, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::settings;

impl Rules for View {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        Part { statements: vec![Statement::text(statement("CREATE VIEW", self, name))], ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP VIEW {name}"))]
    }

    /// A view can be replaced while its columns stay what they are; new ones may follow at the end.
    fn alter(&self, new: &Self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let mut statements = Vec::new();
        if self.query != new.query || self.columns != new.columns {
            if new.columns.get(..self.columns.len()) != Some(&self.columns) {
                return None;
            }
            // The options are replaced along with the query.
            statements.push(Statement::text(statement("CREATE OR REPLACE VIEW", new, name)));
        } else {
            let actions = settings::changed(&self.options, &new.options);
            statements.extend(actions.iter().map(|action| Statement::text(format!("ALTER VIEW {name} {action}"))));
        }
        Some(Alteration { statements, ..Alteration::default() })
    }
}

fn statement(verb: &str, view: &View, name: &ObjectName) -> String {
    format!("{verb} {name}{} AS\n{}", settings::with(&view.options), view.query)
}
