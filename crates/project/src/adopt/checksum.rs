//! The checksums of other tools.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384};

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn sha256(text: &str) -> String {
    hex(&Sha256::digest(text))
}

pub(crate) fn sha384(text: &str) -> String {
    hex(&Sha384::digest(text))
}

pub(crate) fn sha1(text: &str) -> String {
    hex(&Sha1::digest(text))
}

pub(crate) fn md5(bytes: &[u8]) -> String {
    hex(&<md5::Md5 as md5::Digest>::digest(bytes))
}

/// SHA-256 as Atlas writes it.
pub(crate) fn base64_of(sha: Sha256) -> String {
    BASE64_STANDARD.encode(sha.finalize())
}

/// Whether any way to end the lines of a text has a property: a checkout on another system changes nothing else.
pub(crate) fn with_any_line_ends(text: &str, fits: impl Fn(&str) -> bool) -> bool {
    if fits(text) {
        return true;
    }
    let unix = text.replace("\r\n", "\n");
    fits(&unix) || fits(&unix.replace('\n', "\r\n"))
}

/// CRC-32 over the lines of a text, without what ends them and without a byte order mark.
pub(crate) fn crc32_of_lines(text: &str) -> i32 {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut hasher = crc32fast::Hasher::new();
    // Java's readers end a line at `\n`, `\r` and `\r\n` alike.
    for line in text.split(['\n', '\r']) {
        hasher.update(line.as_bytes());
    }
    hasher.finalize().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_what_its_own_program_prints() {
        // printf 'select 1;' | sha1sum, sha256sum, sha384sum; python3 -c 'import zlib; print(zlib.crc32(b"ab"))'
        assert_eq!(sha1("select 1;"), "4f619e84816024661eb6dd1247713f342da23364");
        assert_eq!(sha256("select 1;"), "354b7196c9ba5fb4b21cf615bb6ec4cd5c07503c34229feef033fc081a8c03f4");
        assert_eq!(
            sha384("select 1;"),
            "bb87975f5b43d0b36ebfcc516dd223f75b63cfd63db47ff4ef4aa65bda2e904aea13cf87a5239c302c1f6b19e59748bf"
        );
        assert_eq!(crc32_of_lines("\u{feff}a\r\nb\n"), -1635563411);
        assert_eq!(crc32_of_lines("a\nb"), crc32_of_lines("a\r\nb\r\n"));
        assert_ne!(crc32_of_lines("a b"), crc32_of_lines("ab"));
    }

    #[test]
    fn line_ends_of_another_system_are_tried() {
        let recorded = sha256("a\r\nb\r\n");
        assert!(with_any_line_ends("a\nb\n", |text| sha256(text) == recorded));
        assert!(!with_any_line_ends("a\nc\n", |text| sha256(text) == recorded));
    }
}
