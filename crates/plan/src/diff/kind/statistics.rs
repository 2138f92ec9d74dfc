//! Extended statistics.

use limosa_catalog::kind::Statistics;
use limosa_catalog::{Entry, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for Statistics {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut statements = vec![Statement::text(self.definition.as_str())];
        statements.extend(self.target.map(|target| look(name, target)));
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP STATISTICS {name}"))]
    }

    fn alter(&self, new: &Self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        if self.definition != new.definition || self.table != new.table {
            return None;
        }
        // The columns decide where nothing is said.
        let statements = vec![look(name, new.target.unwrap_or(-1))];
        Some(Alteration { statements, ..Alteration::default() })
    }
}

fn look(name: &ObjectName, target: i16) -> Statement {
    Statement::text(format!("ALTER STATISTICS {name} SET STATISTICS {target}"))
}
