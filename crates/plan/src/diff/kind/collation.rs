//! Collations.

use limosa_catalog::kind::Collation;
use limosa_catalog::{Entry, Literal, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for Collation {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut options = vec![format!("PROVIDER = {}", self.provider)];
        let named = [("LOCALE", &self.locale), ("LC_COLLATE", &self.lc_collate), ("LC_CTYPE", &self.lc_ctype)];
        let given = named.into_iter().chain([("RULES", &self.rules)]);
        options.extend(given.filter_map(|(word, value)| Some(format!("{word} = {}", Literal(value.as_deref()?)))));
        if !self.deterministic {
            options.push("DETERMINISTIC = false".to_owned());
        }
        let text = format!("CREATE COLLATION {name} ({})", options.join(", "));
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP COLLATION {name}"))]
    }

    /// How it sorts is what it is.
    fn alter(&self, _: &Self, _: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        None
    }
}
