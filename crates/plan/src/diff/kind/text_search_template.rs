//! Text search templates.

use limosa_catalog::kind::TextSearchTemplate;
use limosa_catalog::{Entry, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for TextSearchTemplate {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut options = vec![format!("LEXIZE = {}", self.lexize)];
        options.extend(self.init.iter().map(|init| format!("INIT = {init}")));
        let text = format!("CREATE TEXT SEARCH TEMPLATE {name} ({})", options.join(", "));
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP TEXT SEARCH TEMPLATE {name}"))]
    }

    /// Its functions are what it is.
    fn alter(&self, _: &Self, _: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        None
    }
}
