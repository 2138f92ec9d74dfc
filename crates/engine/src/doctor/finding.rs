//! What a check found.

use std::fmt;

use serde::Serialize;

/// The stable, kebab-case name of a check, such as `old-history`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct CheckName(&'static str);

/// How a check came out, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FindingState {
    /// As it should be.
    Good,
    /// Worth knowing.
    Note,
    /// A run may fail, or fare worse than it could.
    Warning,
    /// A run fails before it has done anything, or cannot do what is pending.
    Bad,
}

/// What one check found. Its JSON is `{"check", "state", "says", "detail", "hint"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check.
    pub check: CheckName,
    /// How it came out.
    pub state: FindingState,
    /// The finding in one line, without a full stop.
    pub says: String,
    /// Particulars, one line each.
    pub detail: Vec<String>,
    /// What to type or to change next.
    pub hint: Option<String>,
}

impl CheckName {
    pub(super) const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0
    }

    pub(super) fn good(self, says: impl Into<String>) -> Finding {
        Finding::new(self, FindingState::Good, says.into())
    }

    pub(super) fn note(self, says: impl Into<String>) -> Finding {
        Finding::new(self, FindingState::Note, says.into())
    }

    pub(super) fn warning(self, says: impl Into<String>) -> Finding {
        Finding::new(self, FindingState::Warning, says.into())
    }

    pub(super) fn bad(self, says: impl Into<String>) -> Finding {
        Finding::new(self, FindingState::Bad, says.into())
    }
}

impl fmt::Display for CheckName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Finding {
    fn new(check: CheckName, state: FindingState, says: String) -> Self {
        // A server's message may have several lines.
        let says = says.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        Self { check, state, says, detail: Vec::new(), hint: None }
    }

    pub(super) fn with_detail(mut self, lines: impl IntoIterator<Item = String>) -> Self {
        self.detail.extend(lines);
        self
    }

    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_form_keeps_its_names() {
        let finding = CheckName::new("old-history").warning("a\n b").with_detail(["c".to_owned()]).with_hint("d");
        let json = serde_json::to_string(&finding).unwrap();
        assert_eq!(json, r#"{"check":"old-history","state":"warning","says":"a b","detail":["c"],"hint":"d"}"#);
        let order = [FindingState::Good, FindingState::Note, FindingState::Warning, FindingState::Bad];
        assert!(order.is_sorted(), "the worst comes last");
    }
}
