//! What UUIDs have in common.

use crate::alphabet::HEX;
use crate::check::{Flaw, characters};
use crate::function::Parts;
use crate::length::Lengths;

pub(super) const LENGTHS: Lengths = Lengths::fixed(36);

/// Appends a UUID with this version and the variant of RFC 9562.
pub(super) fn push(out: &mut String, mut bytes: [u8; 16], version: u8) {
    bytes[6] = bytes[6] & 0x0f | version << 4;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = [b'-'; 36];
    let mut at = 0;
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            at += 1;
        }
        text[at] = HEX[usize::from(byte >> 4)];
        text[at + 1] = HEX[usize::from(byte & 15)];
        at += 2;
    }
    out.push_str(std::str::from_utf8(&text).unwrap_or_default());
}

/// Checks digits, hyphens, version and variant. Digits may be of either case, as in RFC 9562.
pub(super) fn check(id: &str, version: char, expected: &'static str) -> Result<(), Flaw> {
    let is_hyphen = |index| matches!(index, 8 | 13 | 18 | 23);
    characters(id, "`-` in places 9, 14, 19 and 24, hexadecimal digits elsewhere", |index, found| {
        if is_hyphen(index) { found == '-' } else { found.is_ascii_hexdigit() }
    })?;
    characters(id, expected, |index, found| index != 14 || found == version)?;
    characters(id, "the variant, one of 8, 9, a and b", |index, found| {
        index != 19 || matches!(found.to_ascii_lowercase(), '8' | '9' | 'a' | 'b')
    })
}

/// `uuid`, or `text` where there is a prefix.
pub(super) fn returns(parts: &Parts<'_>) -> &'static str {
    if parts.prefix.is_some() { "text" } else { "uuid" }
}
