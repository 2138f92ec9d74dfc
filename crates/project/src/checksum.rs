//! What tells an edited file from an unchanged one.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// SHA-256 over the text that is applied: the up script alone, with `\r\n` counted as `\n`, without a byte order mark
/// and without white space at its end.
///
/// A checkout on Windows, an editor that adds a last newline, and a down section written later below the up section all
/// leave it as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Checksum([u8; 32]);

/// Why a text is not a checksum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a checksum; expected 64 hexadecimal digits")]
pub struct InvalidChecksum {
    /// The text that was given.
    pub found: String,
}

impl Checksum {
    /// The checksum of a script's text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim_end();
        let mut hasher = Sha256::new();
        let mut rest = text.as_bytes();
        // Fed in pieces, so that a large file is not copied.
        while let Some(at) = rest.windows(2).position(|pair| pair == b"\r\n") {
            hasher.update(&rest[..at]);
            rest = &rest[at + 1..];
        }
        hasher.update(rest);
        Self(hasher.finalize().into())
    }

    /// A link of a chain: the hash of the link before, of a name, and of the checksum that the name stands for.
    pub(crate) fn chained(before: Option<Self>, name: &str, own: Self) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(before.map_or([0; 32], |hash| hash.0));
        // Length first, so that no name can run into what follows it.
        hasher.update((name.len() as u64).to_be_bytes());
        hasher.update(name.as_bytes());
        hasher.update(own.0);
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Checksum {
    type Err = InvalidChecksum;

    fn from_str(text: &str) -> Result<Self, InvalidChecksum> {
        let invalid = || InvalidChecksum { found: text.to_owned() };
        let digits: Option<Vec<u8>> =
            text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
        let digits = digits.ok_or_else(invalid)?;
        let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] * 16 + pair[1]).collect();
        match <[u8; 32]>::try_from(bytes) {
            Ok(bytes) if digits.len() == 64 => Ok(Self(bytes)),
            _ => Err(invalid()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_is_plain_sha_256_of_the_text_with_unix_line_ends() {
        // printf 'select 1;\nselect 2;' | sha256sum
        let expected = "b1a668cc8f385c71b9d64504067d5145d91dcf27d37d8201c08c65a20268cab9";
        let found = Checksum::of("\u{feff}select 1;\r\nselect 2;\r\n").to_string();
        assert_eq!(found, expected);
        assert_ne!(found, Checksum::of("select 1; select 2;").to_string());
    }

    #[test]
    fn what_is_not_hexadecimal_is_refused() {
        for text in ["", "ab", &"g".repeat(64), &"0".repeat(63), &"0".repeat(66)] {
            assert!(text.parse::<Checksum>().is_err(), "`{text}` must not be a checksum");
        }
    }

    proptest! {
        #[test]
        fn line_ends_and_a_byte_order_mark_do_not_count(lines in prop::collection::vec("[^\r\n\u{feff}]{0,20}", 0..8)) {
            let (unix, windows) = (lines.join("\n"), lines.join("\r\n"));
            prop_assert_eq!(Checksum::of(&unix), Checksum::of(&windows));
            prop_assert_eq!(Checksum::of(&unix), Checksum::of(&format!("\u{feff}{windows}\r\n")));
        }

        #[test]
        fn a_changed_text_changes_it_and_the_text_form_reads_back(a in "[a-z ]{0,12}[a-z]", b in "[a-z ]{0,12}[a-z]") {
            prop_assert_eq!(Checksum::of(&a) == Checksum::of(&b), a == b);
            prop_assert_eq!(Checksum::of(&a).to_string().parse::<Checksum>(), Ok(Checksum::of(&a)));
        }
    }
}
