//! Lists of tables and other objects, as people write them.

use limosa_catalog::QualifiedName;

/// Names, with `*` for any text. A name without a schema is meant in every schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NameList(Vec<String>);

impl NameList {
    pub(crate) fn of(names: Vec<String>) -> Self {
        Self(names)
    }

    pub(crate) fn add(&mut self, name: &str) {
        self.0.push(name.to_owned());
    }

    pub(crate) fn holds(&self, name: &QualifiedName) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let own = name.name.as_str();
        let schema = name.schema.as_ref().map_or("public", |schema| schema.as_str());
        self.0.iter().any(|listed| match listed.split_once('.') {
            Some((of, listed)) => fits(of, schema) && fits(listed, own),
            None => fits(listed, own),
        })
    }
}

/// Whether a text is as wanted, where `*` stands for any text.
pub(crate) fn fits(wanted: &str, text: &str) -> bool {
    let Some((first, rest)) = wanted.split_once('*') else { return wanted == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut rest = rest.split('*').peekable();
    while let Some(part) = rest.next() {
        if rest.peek().is_none() {
            return text.ends_with(part);
        }
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use limosa_catalog::Identifier;

    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (wanted, text) in [("a", "a"), ("*", ""), ("a*", "a"), ("*a", "bca"), ("a*b*c", "a-b-b-c"), ("**", "x")] {
            assert!(fits(wanted, text), "{wanted} {text}");
        }
        for (wanted, text) in [("a", "ab"), ("a*b", "a"), ("aa*aa", "aaa"), ("*x*", "abc"), ("a*", "ba")] {
            assert!(!fits(wanted, text), "{wanted} {text}");
        }
    }

    #[test]
    fn a_name_without_a_schema_is_meant_in_all() {
        let list = NameList::of(vec!["visit_*".to_owned(), "audit.*".to_owned()]);
        let name = |schema: &str, name: &str| QualifiedName {
            schema: Some(Identifier::new(schema).unwrap()),
            name: Identifier::new(name).unwrap(),
        };
        assert!(list.holds(&name("clinic", "visit_2026")));
        assert!(list.holds(&name("audit", "event")));
        assert!(!list.holds(&name("clinic", "event")));
    }
}
