//! What differs, object by object, without a plan.

use std::cmp::Ordering;

use limosa_catalog::{Catalog, Entry, FieldDifference, ObjectId};

use super::fate::is_compared;
use super::ignore::ignored;
use super::{Context, DiffOptions, IgnoreRule};

/// One object that differs. Parts of an object that is only on one side are not told apart from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub id: ObjectId,
    /// How.
    pub what: Changed,
}

/// How an object differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// It is only in the second catalog.
    Added,
    /// It is only in the first.
    Removed,
    /// It is in both, with other fields.
    Altered(Vec<FieldDifference>),
}

/// Compares two catalogs, object by object, in the order of their kinds and names.
#[must_use]
pub fn compare(from: &Catalog, to: &Catalog, options: &DiffOptions) -> Vec<Change> {
    let context = Context::new(from, to, options);
    let mut changes = Vec::new();
    let is_part_of_news =
        |entry: &Entry<'_>, other: &Catalog| entry.parent().is_some_and(|whole| !other.contains(whole.id()));
    let mut note = |entry: Entry<'_>, other: &Catalog, what: Changed| {
        if is_compared(&context, &entry) && !is_part_of_news(&entry, other) {
            changes.push(Change { id: entry.id().clone(), what });
        }
    };
    let (mut old, mut new) = (from.iter().peekable(), to.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.id().cmp(new.id()),
        };
        match order {
            Ordering::Less => old.next().into_iter().for_each(|old| note(old, to, Changed::Removed)),
            Ordering::Greater => new.next().into_iter().for_each(|new| note(new, from, Changed::Added)),
            Ordering::Equal => {
                if let (Some(old), Some(new)) = (old.next(), new.next())
                    && old.content_hash() != new.content_hash()
                {
                    note(old, to, Changed::Altered(old.object().differing_fields(new.object())));
                }
            }
        }
    }
    changes
}

/// How many differences the rules keep out of a comparison, and how many of the rules do.
#[must_use]
pub fn count_ignored(from: &Catalog, to: &Catalog, options: &DiffOptions) -> Ignored {
    let everything = DiffOptions { ignore: Vec::new(), ..options.clone() };
    let mut rules: Vec<&IgnoreRule> = Vec::new();
    let mut differences = 0;
    if options.ignore.is_empty() {
        return Ignored::default();
    }
    for change in compare(from, to, &everything) {
        let entry = from.entry(&change.id).or_else(|| to.entry(&change.id));
        let Some(rule) = entry.and_then(|entry| ignored(&options.ignore, &entry)) else { continue };
        differences += 1;
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    Ignored { differences, rules: rules.len() }
}

/// What was left out on purpose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ignored {
    /// How many differences.
    pub differences: usize,
    /// By how many rules.
    pub rules: usize,
}

/// The rules that speak of no object of either catalog.
#[must_use]
pub fn idle_rules<'r>(catalogs: [&Catalog; 2], rules: &'r [IgnoreRule]) -> Vec<&'r IgnoreRule> {
    let covers = |rule: &IgnoreRule| catalogs.iter().any(|catalog| catalog.iter().any(|entry| rule.covers(entry.id())));
    rules.iter().filter(|rule| !covers(rule)).collect()
}
