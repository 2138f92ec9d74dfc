//! Text search dictionaries.

use limosa_catalog::kind::TextSearchDictionary;
use limosa_catalog::{Definition, Entry, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::routine::split;

impl Rules for TextSearchDictionary {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let options = self.options.as_ref().map_or_else(String::new, |options| format!(", {options}"));
        let text = format!("CREATE TEXT SEARCH DICTIONARY {name} (TEMPLATE = {}{options})", self.template);
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP TEXT SEARCH DICTIONARY {name}"))]
    }

    fn alter(&self, new: &Self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        if self.template != new.template {
            return None;
        }
        let (old, new) = (options(&self.options), options(&new.options));
        // An option without a value is taken away.
        let gone = old.iter().map(|(word, _)| *word).filter(|word| new.iter().all(|(other, _)| other != word));
        let set = new.iter().filter(|option| !old.contains(option)).map(|(word, value)| format!("{word} = {value}"));
        let options: Vec<String> = gone.map(str::to_owned).chain(set).collect();
        let text = format!("ALTER TEXT SEARCH DICTIONARY {name} ({})", options.join(", "));
        Some(Alteration { statements: vec![Statement::text(text)], ..Alteration::default() })
    }
}

fn options(definition: &Option<Definition>) -> Vec<(&str, &str)> {
    let text = definition.as_ref().map_or("", Definition::as_str);
    split(text, ", ").into_iter().filter_map(|option| option.split_once(" = ")).collect()
}
