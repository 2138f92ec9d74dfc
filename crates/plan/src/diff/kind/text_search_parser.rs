//! Text search parsers.

use limosa_catalog::kind::TextSearchParser;
use limosa_catalog::{Entry, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for TextSearchParser {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut options = vec![format!("START = {}", self.start)];
        options.push(format!("GETTOKEN = {}", self.get_token));
        options.push(format!("END = {}", self.end));
        options.push(format!("LEXTYPES = {}", self.token_types));
        options.extend(self.headline.iter().map(|headline| format!("HEADLINE = {headline}")));
        let text = format!("CREATE TEXT SEARCH PARSER {name} ({})", options.join(", "));
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP TEXT SEARCH PARSER {name}"))]
    }

    /// Its functions are what it is.
    fn alter(&self, _: &Self, _: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        None
    }
}
