//! The digits of the kinds.

/// Digits, upper-case and lower-case letters, in the order of ASCII.
pub(crate) const ALPHANUMERIC: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Digits and lower-case letters.
pub(crate) const BASE36: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
/// Crockford's: without I, L, O and U.
pub(crate) const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// What nanoid takes unless told otherwise.
pub(crate) const URL_SAFE: &[u8; 64] = b"useandom-26T198340PX75pxJACKVERYMINDBUSHWOLF_GQZbfghjklqvwyzrict";
/// Hexadecimal digits.
pub(crate) const HEX: &[u8; 16] = b"0123456789abcdef";

/// Appends the last `count` digits of a number, the most significant first.
pub(crate) fn push_digits<const BASE: usize>(out: &mut String, mut number: u64, count: usize, digits: &[u8; BASE]) {
    let mut text = [b'0'; 64];
    let base = BASE as u64;
    let text = &mut text[..count.min(64)];
    for place in text.iter_mut().rev() {
        *place = digits[(number % base) as usize];
        number /= base;
    }
    // Digits are ASCII; their one copy is quicker than character by character.
    out.push_str(std::str::from_utf8(text).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_their_order_and_are_padded() {
        let mut out = String::from("c");
        push_digits(&mut out, 35 * 36 + 1, 4, BASE36);
        push_digits(&mut out, 255, 2, HEX);
        push_digits(&mut out, 256, 2, HEX);
        assert_eq!(out, "c00z1ff00");
    }
}
