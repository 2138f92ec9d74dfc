//! A migration that stands for others: what another tool's programs had done, as SQL. Its head says which.

use super::ToolName;

/// The line above the list.
const TITLE: &str = "-- What other tools had done here, taken over by `limosa adopt`. This file stands for:";

/// The head of a migration that stands for these.
#[must_use]
pub fn cover_head<'k>(keys: impl IntoIterator<Item = (ToolName, &'k str)>) -> String {
    let lines = keys.into_iter().map(|(tool, key)| format!("--   {tool}: {}\n", key.replace(['\n', '\r'], " ")));
    format!("{TITLE}\n{}\n", lines.collect::<String>())
}

/// What a migration stands for, where its head says that it stands for others.
#[must_use]
pub fn covered_keys(text: &str) -> Vec<(ToolName, &str)> {
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    if lines.next() != Some(TITLE) {
        return Vec::new();
    }
    lines
        .map_while(|line| line.strip_prefix("--   "))
        .filter_map(|line| {
            let (tool, key) = line.split_once(": ")?;
            Some((tool.parse().ok()?, key))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_head_says_is_read_back() {
        let keys = [(ToolName::Knex, "1_a.js"), (ToolName::Django, "auth.0001: initial")];
        let text = format!("{}CREATE TABLE a ();\n", cover_head(keys));
        assert_eq!(covered_keys(&text), keys);
        assert!(covered_keys("-- a comment\nSELECT 1;\n").is_empty());
        assert!(covered_keys("").is_empty());
    }
}
