//! Materialized views.

use limosa_catalog::kind::MaterializedView;
use limosa_catalog::{Entry, Identifier, Object, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::hazard::Hazard;
use crate::diff::settings;

impl Rules for MaterializedView {
    type Name = ObjectName;

    /// It is filled, unless it is empty on both sides.
    fn create(&self, name: &ObjectName, entry: Entry<'_>, context: &Context<'_>) -> Part {
        let was_filled = matches!(context.from.get(entry.id()), Some(Object::MaterializedView(old)) if old.populated);
        let text = format!(
            "CREATE MATERIALIZED VIEW {name}{}{}{} AS\n{}{}",
            self.access_method.as_ref().map_or_else(String::new, |method| format!(" USING {method}")),
            settings::with(&self.options),
            self.tablespace.as_ref().map_or_else(String::new, |tablespace| format!(" TABLESPACE {tablespace}")),
            self.query,
            if self.populated || was_filled { "" } else { "\nWITH NO DATA" },
        );
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    /// Its rows come from its query, and can be had again.
    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP MATERIALIZED VIEW {name}"))]
    }

    /// The query cannot be replaced.
    fn alter(&self, new: &Self, name: &ObjectName, entry: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        if self.query != new.query || self.columns != new.columns {
            return None;
        }
        let alter = |action: String| Statement::text(format!("ALTER MATERIALIZED VIEW {name} {action}"));
        let rewrite = |action: String| alter(action).risking(Hazard::RewritesTable(entry.id().clone()));
        let mut statements = Vec::new();
        if self.access_method != new.access_method {
            let method = new.access_method.as_ref().map_or_else(|| "heap".to_owned(), Identifier::to_string);
            statements.push(rewrite(format!("SET ACCESS METHOD {method}")));
        }
        if self.tablespace != new.tablespace {
            let tablespace = new.tablespace.as_ref().map_or_else(|| "pg_default".to_owned(), Identifier::to_string);
            statements.push(rewrite(format!("SET TABLESPACE {tablespace}")));
        }
        statements.extend(settings::changed(&self.options, &new.options).into_iter().map(alter));
        Some(Alteration { statements, ..Alteration::default() })
    }
}
