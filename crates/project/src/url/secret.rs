//! A URL that is never shown with its password.

use std::fmt;

const MASK: &str = "***";

/// Where a database is, perhaps with a password: `postgresql://…` or libpq's `host=… dbname=…`.
///
/// `Display` and `Debug` show it without the password, in whichever place the password stands.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// Takes a URL as it is.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The URL with its password, for connecting and nothing else.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.0))
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SecretUrl").field(&masked(&self.0)).finish()
    }
}

/// The text with every password replaced: after the first colon of the user part, and after any `password=`.
fn masked(url: &str) -> String {
    let mut shown = url.to_owned();
    if let Some(password) = password_in_authority(url) {
        shown.replace_range(password, MASK);
    }
    mask_parameters(&shown)
}

/// The bytes of the password in `scheme://user:password@host`. A password in which `@` or `/` was left unescaped is
/// taken to reach to the last `@`, so that it is hidden whole.
pub(super) fn password_in_authority(url: &str) -> Option<std::ops::Range<usize>> {
    let authority = url.find("://")? + 3;
    let at = authority + url[authority..].rfind('@')?;
    let colon = authority + url[authority..at].find(':')?;
    Some(colon + 1..at)
}

/// Replaces what follows `password=` (also `sslpassword=`, `PASSWORD = '…'`) up to the end of the value.
fn mask_parameters(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut shown = String::with_capacity(text.len());
    let mut from = 0;
    while let Some(found) = lower[from..].find("password") {
        let word_end = from + found + "password".len();
        let rest = &text[word_end..];
        let value = rest.trim_start().strip_prefix('=').map(|value| text.len() - value.trim_start().len());
        let Some(value) = value else {
            shown.push_str(&text[from..word_end]);
            from = word_end;
            continue;
        };
        shown.push_str(&text[from..value]);
        shown.push_str(MASK);
        from = value + value_length(&text[value..]);
    }
    shown.push_str(&text[from..]);
    shown
}

/// The length of a parameter's value: quoted to its closing quote, else to the next `&` or white space.
fn value_length(text: &str) -> usize {
    let Some(quoted) = text.strip_prefix('\'') else {
        return text.find(|c: char| c == '&' || c.is_whitespace()).unwrap_or(text.len());
    };
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        match c {
            '\'' if !escaped => return at + 2,
            '\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_shows_a_password() {
        for (url, shown) in [
            ("postgresql://u:s3cret@h:5432/d?sslmode=require", "postgresql://u:***@h:5432/d?sslmode=require"),
            ("postgres://u@h/d", "postgres://u@h/d"),
            ("postgres://u:p@ss/w@h/d", "postgres://u:***@h/d"),
            ("postgres://h:5432/d?user=u&password=s3cret&x=1", "postgres://h:5432/d?user=u&password=***&x=1"),
            ("host=h password=s3cret dbname=d", "host=h password=*** dbname=d"),
            ("host=h PassWord = 'a b\\' c' dbname=d", "host=h PassWord = *** dbname=d"),
            ("host=h sslpassword=x password='open", "host=h sslpassword=*** password=***"),
        ] {
            let secret = SecretUrl::new(url);
            assert_eq!(secret.to_string(), shown);
            assert_eq!(format!("{secret:?}"), format!("SecretUrl({shown:?})"));
            assert_eq!(secret.expose(), url);
        }
    }
}
