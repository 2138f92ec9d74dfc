//! Values from outside, such as passwords, that reach the SQL and nothing else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use limosa_syntax::{SourceFile, Span, placeholders, substitute};

use crate::run_error::RunError;

/// Where values come from: the name (`env:SMTP_PASSWORD`) to the value.
pub type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Fills placeholders, and keeps what it filled out of every message.
pub(crate) struct Placeholders<'a> {
    lookup: &'a Lookup<'a>,
    filled: Mutex<BTreeMap<String, String>>,
}

impl<'a> Placeholders<'a> {
    pub(crate) fn new(lookup: &'a Lookup<'a>) -> Self {
        Self { lookup, filled: Mutex::new(BTreeMap::new()) }
    }

    /// The text under the span with its placeholders filled.
    pub(crate) fn fill(&self, source: &Arc<SourceFile>, span: Span) -> Result<String, RunError> {
        let text = span.of(&source.text);
        let lookup = |name: &str| {
            let value = (self.lookup)(name)?;
            if let Ok(mut filled) = self.filled.lock() {
                filled.insert(name.to_owned(), value.clone());
            }
            Some(value)
        };
        match substitute(text, &lookup) {
            Ok(filled) => Ok(filled.into_owned()),
            Err(errors) => Err(RunError::placeholders(source, span, errors)),
        }
    }

    pub(crate) fn any_in(&self, source: &Arc<SourceFile>, span: Span) -> bool {
        !placeholders(span.of(&source.text)).is_empty()
    }

    /// The message with every filled value replaced by its placeholder.
    pub(crate) fn mask(&self, message: &str) -> String {
        let Ok(filled) = self.filled.lock() else { return "(message withheld)".to_owned() };
        filled
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .fold(message.to_owned(), |message, (name, value)| message.replace(value.as_str(), &format!("${{{name}}}")))
    }
}
