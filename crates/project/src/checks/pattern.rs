//! Paths with wildcards.

use std::fmt;

/// A path relative to the project's root in which `*` stands for any part of a name, `?` for one character and `**` for
/// any number of folders. One without wildcards names a file, or a folder with all that is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathPattern(String);

impl PathPattern {
    /// Any text is a pattern.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = text.replace('\\', "/");
        Self(text.trim_start_matches("./").trim_end_matches('/').to_owned())
    }

    /// Whether a path, with forward slashes, is meant.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        let parts: Vec<&str> = self.0.split('/').collect();
        let names: Vec<&str> = path.split('/').collect();
        if self.0.contains(['*', '?']) { matches_parts(&parts, &names) } else { names.starts_with(&parts) }
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn matches_parts(parts: &[&str], names: &[&str]) -> bool {
    match (parts, names) {
        ([], []) => true,
        (["**", rest @ ..], _) => (0..=names.len()).any(|taken| matches_parts(rest, &names[taken..])),
        ([part, parts @ ..], [name, names @ ..]) => {
            let (part, name): (Vec<char>, Vec<char>) = (part.chars().collect(), name.chars().collect());
            matches_name(&part, &name) && matches_parts(parts, names)
        }
        _ => false,
    }
}

fn matches_name(part: &[char], name: &[char]) -> bool {
    match (part, name) {
        ([], []) => true,
        (['*', rest @ ..], _) => (0..=name.len()).any(|taken| matches_name(rest, &name[taken..])),
        (['?', part @ ..], [_, name @ ..]) => matches_name(part, name),
        ([wanted, part @ ..], [found, name @ ..]) => wanted == found && matches_name(part, name),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_stay_in_their_folder_unless_doubled() {
        for (pattern, path, expected) in [
            ("docs/api.md", "docs/api.md", true),
            ("docs", "docs/api.md", true),
            ("./docs/", "docs/deep/api.md", true),
            ("doc", "docs/api.md", false),
            ("*.md", "README.md", true),
            ("*.md", "docs/api.md", false),
            ("**/*.md", "docs/api.md", true),
            ("**/*.md", "README.md", true),
            ("services/*/migrations/**", "services/api/migrations/001_a.sql", true),
            ("services/*/migrations/**", "services/api/src/main.ts", false),
            ("server/routes?.ts", "server/routes2.ts", true),
            ("server/routes?.ts", "server/routes.ts", false),
            ("**", "any/thing", true),
        ] {
            assert_eq!(PathPattern::new(pattern).matches(path), expected, "{pattern} on {path}");
        }
    }
}
