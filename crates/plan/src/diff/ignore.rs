//! Objects that are left out of comparisons on purpose.

use limosa_catalog::{Entry, ObjectId};

/// Objects that are somebody else's: partitions that another program makes, a table of an extension that is no
/// extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreRule {
    /// An object as people say it, such as `table public.visit_2026`; `*` stands for any text. What is part of an
    /// object that is ignored is ignored as well.
    pub object: String,
    /// Why.
    pub reason: String,
}

impl IgnoreRule {
    pub(super) fn covers(&self, id: &ObjectId) -> bool {
        matches(&self.object, &id.to_string())
    }
}

/// The rule that keeps an object, or one that it is part of, out of comparisons.
pub(super) fn ignored<'r>(rules: &'r [IgnoreRule], entry: &Entry<'_>) -> Option<&'r IgnoreRule> {
    if rules.is_empty() {
        return None;
    }
    let mut at = Some(*entry);
    while let Some(entry) = at {
        if let Some(rule) = rules.iter().find(|rule| rule.covers(entry.id())) {
            return Some(rule);
        }
        at = entry.parent();
    }
    None
}

/// Whether the text is the pattern, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let Some(last) = parts.pop() else { return true };
    for part in parts {
        match text.find(part) {
            Some(at) => text = &text[at + part.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("table public.visit_*", "table public.visit_2026"));
        assert!(matches("* public.*_tmp", "index public.a_tmp"));
        assert!(matches("*", "anything"));
        assert!(!matches("table public.visit", "table public.visit_2026"));
        assert!(!matches("table *_old", "table public.visit"));
        assert!(!matches("aa*aa", "aaa"), "head and tail may not overlap");
    }
}
