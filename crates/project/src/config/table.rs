//! Reading one table: keys that are known, values of the right type, an error for each that is not.

use std::sync::Arc;

use limosa_syntax::{Diagnostic, SourceFile, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::suggest::{listed, nearest};

/// What is wrong so far, and the text it is about.
pub(super) struct Report<'a> {
    pub(super) source: &'a Arc<SourceFile>,
    pub(super) problems: Vec<Diagnostic>,
}

impl Report<'_> {
    pub(super) fn push(&mut self, diagnostic: Diagnostic, span: Span) {
        self.problems.push(diagnostic.at(self.source, span));
    }
}

/// A value with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) span: Span,
}

/// A table and the name under which people know it, such as `env.prod`.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    pub(super) name: &'a str,
    pub(super) entries: &'a DeTable<'a>,
    /// The key that opens it.
    pub(super) span: Span,
}

impl<'a> Table<'a> {
    /// The entries in the order of the file.
    pub(super) fn in_order(&self) -> Vec<(At<&'a str>, &'a Spanned<DeValue<'a>>)> {
        let mut entries: Vec<_> = self
            .entries
            .iter()
            .map(|(key, value)| (At { value: key.get_ref().as_ref(), span: key.span().into() }, value))
            .collect();
        entries.sort_by_key(|(key, _)| key.span);
        entries
    }

    /// Reports every key that is not among those known, with the nearest one that is.
    pub(super) fn only(&self, known: &[&str], report: &mut Report<'_>) {
        for (key, value) in self.in_order() {
            if !known.contains(&key.value) {
                let is_table = value.get_ref().is_table();
                let (code, what) = if is_table { ("unknown-table", "table") } else { ("unknown-key", "key") };
                let place = if self.name.is_empty() { "limosa.toml".to_owned() } else { format!("[{}]", self.name) };
                let help = nearest(key.value, known.iter().copied()).map_or_else(
                    || format!("known are {}", listed(known.iter().copied())),
                    |near| format!("did you mean `{near}`?"),
                );
                let message = format!("unknown {what} `{}` in {place}", key.value);
                report.push(Diagnostic::error(code, message).with_help(help), key.span);
            }
        }
    }

    fn get(&self, key: &str) -> Option<At<&'a DeValue<'a>>> {
        let value = self.entries.get(key)?;
        Some(At { value: value.get_ref(), span: value.span().into() })
    }

    fn typed<T>(
        &self,
        key: &str,
        expected: &str,
        report: &mut Report<'_>,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<At<T>> {
        let found = self.get(key)?;
        if let Some(value) = read(found.value) {
            return Some(At { value, span: found.span });
        }
        let message = format!("`{key}` is {}; expected {expected}", article(found.value.type_str()));
        report.push(Diagnostic::error("wrong-type", message), found.span);
        None
    }

    /// A text.
    pub(super) fn string(&self, key: &str, report: &mut Report<'_>) -> Option<At<&'a str>> {
        self.typed(key, "a string", report, DeValue::as_str)
    }

    /// True or false.
    pub(super) fn boolean(&self, key: &str, report: &mut Report<'_>) -> Option<bool> {
        self.typed(key, "true or false", report, DeValue::as_bool).map(|found| found.value)
    }

    /// A whole number that is not negative.
    pub(super) fn number(&self, key: &str, report: &mut Report<'_>) -> Option<At<u32>> {
        let read = |value: &'a DeValue<'a>| value.as_integer()?.as_str().parse::<u32>().ok();
        self.typed(key, "a whole number", report, read)
    }

    /// A list.
    pub(super) fn array(&self, key: &str, report: &mut Report<'_>) -> Vec<At<&'a DeValue<'a>>> {
        let found = self.typed(key, "a list", report, DeValue::as_array);
        let items =
            found.map(|found| found.value.iter().map(|item| At { value: item.get_ref(), span: item.span().into() }));
        items.into_iter().flatten().collect()
    }

    /// A list of texts.
    pub(super) fn strings(&self, key: &str, report: &mut Report<'_>) -> Vec<At<&'a str>> {
        let mut texts = Vec::new();
        for item in self.array(key, report) {
            match item.value.as_str() {
                Some(value) => texts.push(At { value, span: item.span }),
                None => {
                    let found = article(item.value.type_str());
                    let message = format!("`{key}` holds {found}; expected strings only");
                    report.push(Diagnostic::error("wrong-type", message), item.span);
                }
            }
        }
        texts
    }

    /// A text turned into something else; the error says why it cannot be.
    pub(super) fn parsed<T, E: std::fmt::Display>(
        &self,
        key: &str,
        report: &mut Report<'_>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.string(key, report)?;
        parse(text.value).map_err(|error| report.push(invalid(key, error), text.span)).ok()
    }

    /// The same of a text or a whole number.
    pub(super) fn parsed_text_or_number<T, E: std::fmt::Display>(
        &self,
        key: &str,
        report: &mut Report<'_>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let read = |value: &'a DeValue<'a>| {
            let number = value.as_integer().map(|number| number.as_str());
            value.as_str().or(number)
        };
        let text = self.typed(key, "a string or a whole number", report, read)?;
        parse(text.value).map_err(|error| report.push(invalid(key, error), text.span)).ok()
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)], report: &mut Report<'_>) -> Option<T> {
        let text = self.string(key, report)?;
        if let Some((_, value)) = choices.iter().find(|(word, _)| *word == text.value) {
            return Some(*value);
        }
        let words = || choices.iter().map(|(word, _)| *word);
        let message = format!("`{key}` is `{}`; expected one of {}", text.value, listed(words()));
        let mut error = Diagnostic::error("invalid-value", message);
        if let Some(near) = nearest(text.value, words()) {
            error = error.with_help(format!("did you mean `{near}`?"));
        }
        report.push(error, text.span);
        None
    }

    /// A table inside this one; `name` is its whole name.
    pub(super) fn table<'b>(&self, key: &str, name: &'b str, report: &mut Report<'_>) -> Option<Table<'b>>
    where
        'a: 'b,
    {
        let opened = self.entries.get_key_value(key).map(|(key, _)| Span::from(key.span()));
        let found = self.typed(key, &format!("a table, `[{name}]`"), report, DeValue::as_table)?;
        Some(Table { name, entries: found.value, span: opened.unwrap_or(found.span) })
    }
}

fn invalid(key: &str, error: impl std::fmt::Display) -> Diagnostic {
    Diagnostic::error("invalid-value", format!("`{key}`: {error}"))
}

pub(super) fn article(type_name: &str) -> String {
    let vowel = type_name.starts_with(['a', 'e', 'i', 'o']);
    format!("{} {type_name}", if vowel { "an" } else { "a" })
}
