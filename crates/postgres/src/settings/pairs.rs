//! `key=value` connection texts, as libpq's `PQconninfoParse` reads them; pure.

use super::error::SettingsError;

/// Reads `host=localhost dbname='my db'`: blanks around `=` are allowed, values with blanks are quoted with `'`, and a
/// backslash escapes the next character in and out of quotes.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, SettingsError> {
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let problem = |problem| {
            let after = pairs.last().map_or("start", |(name, _)| if is_word(name) { name } else { "start" });
            SettingsError::Pairs { after: after.to_owned(), problem }
        };
        // The word is not repeated: it may be the rest of a password that lacks its quotes.
        let end = rest
            .find(|character: char| character == '=' || character.is_whitespace())
            .ok_or_else(|| problem("a parameter lacks its `=`; values with blanks need single quotes"))?;
        let (name, after_name) = rest.split_at(end);
        let value = after_name
            .trim_start()
            .strip_prefix('=')
            .ok_or_else(|| problem("a parameter lacks its `=`; values with blanks need single quotes"))?
            .trim_start();
        let (value, after) = match value.strip_prefix('\'') {
            Some(quoted) => read_quoted(quoted).ok_or_else(|| problem("a value lacks its closing quote"))?,
            None => read_plain(value),
        };
        pairs.push((name.to_owned(), value));
        rest = after.trim_start();
    }
    Ok(pairs)
}

fn is_word(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn read_plain(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            _ if character.is_whitespace() => return (value, &text[at..]),
            _ => value.push(character),
        }
    }
    (value, "")
}

fn read_quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' => return Some((value, &text[at + 1..])),
            _ => value.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_read_as_libpq_reads_them() {
        let table: &[(&str, &[(&str, &str)])] = &[
            ("host=h dbname=d", &[("host", "h"), ("dbname", "d")]),
            ("  host = h\n\tport=5 ", &[("host", "h"), ("port", "5")]),
            (r"password='it\'s a \\ word' user=u", &[("password", r"it's a \ word"), ("user", "u")]),
            (r"password=a\ b", &[("password", "a b")]),
            ("host='' user=u", &[("host", ""), ("user", "u")]),
            ("options='-c geqo=off'", &[("options", "-c geqo=off")]),
            ("dbname=ü", &[("dbname", "ü")]),
        ];
        for (text, expected) in table {
            let pairs = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            assert_eq!(&pairs, expected, "{text}");
        }
    }

    #[test]
    fn what_is_malformed_is_named_and_no_secret_is_repeated() {
        let table = [
            (
                "host=h password=my s3cret",
                "the connection text cannot be read behind `password`: a parameter lacks its `=`",
            ),
            (
                "host=h password='s3cret",
                "the connection text cannot be read behind `host`: a value lacks its closing quote",
            ),
            ("s3cret", "the connection text cannot be read behind `start`: a parameter lacks its `=`"),
        ];
        for (text, expected) in table {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text}: {error}");
            assert!(!error.contains("s3cret"), "{text}: {error}");
        }
    }
}
