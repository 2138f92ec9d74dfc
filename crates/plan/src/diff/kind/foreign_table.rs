//! Foreign tables.

use limosa_catalog::kind::ForeignTable;
use limosa_catalog::{Entry, ObjectName};

use super::table::{Columns, Descent, columns, in_parentheses, join, leave};
use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::naming::names;
use crate::diff::settings;

impl Rules for ForeignTable {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, entry: Entry<'_>, context: &Context<'_>) -> Part {
        let Columns { clauses, after } = columns(entry, false, context);
        let mut sql = format!("CREATE FOREIGN TABLE {name}");
        match &self.partition_of {
            Some(partition) => {
                sql.push_str(&format!(" PARTITION OF {}{}", partition.parent, in_parentheses(&clauses)));
                sql.push_str(&format!(" {}", partition.bound));
            }
            None if clauses.is_empty() => sql.push_str(" ()"),
            None => sql.push_str(&in_parentheses(&clauses)),
        }
        if !self.inherits.is_empty() {
            sql.push_str(&format!(" INHERITS ({})", names(&self.inherits)));
        }
        sql.push_str(&format!(" SERVER {}{}", self.server, settings::options(&self.options)));
        Part { statements: [Statement::text(sql)].into_iter().chain(after).collect(), ..Part::default() }
    }

    /// The rows are elsewhere, and stay there.
    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP FOREIGN TABLE {name}"))]
    }

    /// A table cannot move to another server.
    fn alter(&self, new: &Self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        if self.server != new.server {
            return None;
        }
        let mut statements = leave(name, descent(self), descent(new));
        let options = settings::options_changed(&self.options, &new.options);
        if !options.is_empty() {
            statements.push(Statement::alter_table(name, options.trim_start()));
        }
        Some(Alteration { statements, finish: join(name, descent(self), descent(new)), ..Alteration::default() })
    }
}

fn descent(table: &ForeignTable) -> Descent<'_> {
    (table.partition_of.as_deref(), &table.inherits)
}
