//! `--soft`: what refers to a key without a foreign key.

use limosa_plan::SoftReference;
use limosa_syntax::{FollowsDirective, Tokens};

/// Reads `note.subject_id where subject_type = 'client'`.
pub(super) fn parse(text: &str) -> Result<SoftReference, String> {
    let wrong = |part: &str| {
        format!(
            "`{part}` is not understood; write `TABLE.COLUMN`, and behind it `at KEY.KEY` for a path in a JSON \
             document or `where CONDITION` where only some rows refer to it"
        )
    };
    let tokens = Tokens::of(text);
    let mut words = tokens.words();
    let (table, column) = words.column_of().ok_or_else(|| wrong(text))?;
    let rest = words.span().map_or("", |span| text.get(span.start..).unwrap_or_default());
    let FollowsDirective { path, condition } = rest.parse().map_err(|part: String| wrong(&part))?;
    Ok(SoftReference { table, column, path, condition })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read() {
        for (text, table, column, path, condition) in [
            ("note.client_id", "\"note\"", "client_id", "", None),
            ("Crm.\"Note\".\"clientId\" where kind = 'at'", "\"crm\".\"Note\"", "clientId", "", Some("kind = 'at'")),
            ("event.payload at client.id where a = 1", "\"event\"", "payload", "client.id", Some("a = 1")),
        ] {
            let read = parse(text).unwrap();
            assert_eq!(
                (read.table.to_string().as_str(), read.column.as_str(), read.path.join(".").as_str()),
                (table, column, path)
            );
            assert_eq!(read.condition.as_deref(), condition, "{text}");
        }
        for text in ["", "note", "note.a b", "note.a at"] {
            assert!(parse(text).unwrap_err().contains("is not understood"), "{text}");
        }
    }
}
