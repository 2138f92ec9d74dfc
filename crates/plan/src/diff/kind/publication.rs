//! Publications.

use limosa_catalog::kind::Publication;
use limosa_catalog::{Entry, Identifier, Literal};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for Publication {
    type Name = Identifier;

    fn create(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Part {
        let all = match (self.all_tables, self.all_sequences) {
            (true, true) => " FOR ALL TABLES, ALL SEQUENCES",
            (true, false) => " FOR ALL TABLES",
            (false, true) => " FOR ALL SEQUENCES",
            (false, false) => "",
        };
        let options = self.options().into_iter().map(|(word, value)| format!("{word} = {value}"));
        let options: Vec<String> = options.collect();
        let text = format!("CREATE PUBLICATION {name}{all} WITH ({})", options.join(", "));
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP PUBLICATION {name}"))]
    }

    fn alter(&self, new: &Self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        if self.all_tables != new.all_tables || self.all_sequences != new.all_sequences {
            return None;
        }
        let old = self.options();
        let mut options: Vec<(&str, String)> = new.options();
        if new.generated_columns.is_none() && self.generated_columns.is_some() {
            options.push(("publish_generated_columns", "none".to_owned()));
        }
        let changed = options.iter().filter(|option| !old.contains(option));
        let changed: Vec<String> = changed.map(|(word, value)| format!("{word} = {value}")).collect();
        let text = format!("ALTER PUBLICATION {name} SET ({})", changed.join(", "));
        Some(Alteration { statements: vec![Statement::text(text)], ..Alteration::default() })
    }
}

trait Options {
    /// As `WITH` has them.
    fn options(&self) -> Vec<(&'static str, String)>;
}

impl Options for Publication {
    fn options(&self) -> Vec<(&'static str, String)> {
        let mut options = vec![("publish", Literal(&self.operations.join(", ")).to_string())];
        options.push(("publish_via_partition_root", self.via_partition_root.to_string()));
        options.extend(self.generated_columns.iter().map(|which| ("publish_generated_columns", which.to_string())));
        options
    }
}
