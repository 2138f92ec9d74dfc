//! What identifiers and string constants stand for.

use limosa_catalog::Identifier;

use crate::token::TokenKind;

/// The longest identifier PostgreSQL keeps, in bytes.
const MAX_BYTES: usize = 63;

/// The identifier that a token names: unquoted ones in lower case (ASCII letters only, as servers with a multi-byte
/// encoding do it), both cut to 63 bytes as the server does. `None` where the token names nothing.
pub(crate) fn identifier(kind: TokenKind, text: &str) -> Option<Identifier> {
    let mut name = match kind {
        TokenKind::Word => text.to_ascii_lowercase(),
        TokenKind::QuotedIdentifier => undoubled(text, '"')?,
        TokenKind::UnicodeIdentifier => unicode(&undoubled(text.get(2..)?, '"')?)?,
        _ => return None,
    };
    name.truncate(name.floor_char_boundary(MAX_BYTES));
    Identifier::new(name).ok()
}

/// The value of a string constant; `None` where the token is none, is not closed, or holds a wrong escape.
pub(crate) fn string(kind: TokenKind, text: &str) -> Option<String> {
    match kind {
        TokenKind::String => undoubled(text.trim_start_matches(['n', 'N', 'b', 'B', 'x', 'X']), '\''),
        TokenKind::EscapeString => escaped(text),
        TokenKind::UnicodeString => unicode(&undoubled(text.get(2..)?, '\'')?),
        TokenKind::DollarString => dollar_body(text).map(str::to_owned),
        _ => None,
    }
}

/// What stands between the delimiters of a dollar-quoted string.
pub(crate) fn dollar_body(text: &str) -> Option<&str> {
    let delimiter = text.get(..=text.get(1..)?.find('$')? + 1)?;
    text.strip_prefix(delimiter)?.strip_suffix(delimiter)
}

fn undoubled(text: &str, quote: char) -> Option<String> {
    let inner = text.strip_prefix(quote)?.strip_suffix(quote)?;
    let mut buffer = [0; 8];
    let doubled = format!("{quote}{quote}");
    Some(inner.replace(&doubled, quote.encode_utf8(&mut buffer)))
}

/// Decodes `\XXXX` and `\+XXXXXX`. A `UESCAPE` clause that names another character is not looked for.
fn unicode(text: &str) -> Option<String> {
    let mut decoded = String::with_capacity(text.len());
    let mut pieces = text.split('\\');
    decoded.push_str(pieces.next()?);
    while let Some(piece) = pieces.next() {
        if piece.is_empty() {
            // A doubled backslash stands for itself, and what follows it is plain.
            decoded.push('\\');
            decoded.push_str(pieces.next()?);
            continue;
        }
        let (digits, length) = piece.strip_prefix('+').map_or((piece, 4), |digits| (digits, 6));
        decoded.push(char::from_u32(u32::from_str_radix(digits.get(..length)?, 16).ok()?)?);
        decoded.push_str(digits.get(length..)?);
    }
    Some(decoded)
}

/// Decodes the backslashes of an `E''` string. A string that is continued on another line is not decoded.
fn escaped(text: &str) -> Option<String> {
    let inner = text.trim_start_matches(['e', 'E', 'n', 'N']).strip_prefix('\'')?.strip_suffix('\'')?;
    let mut decoded = Vec::with_capacity(inner.len());
    let mut bytes = inner.bytes().peekable();
    let number = |bytes: &mut std::iter::Peekable<std::str::Bytes<'_>>, radix: u32, longest: usize| {
        let mut value = 0_u32;
        let mut length = 0;
        while length < longest {
            let Some(digit) = bytes.peek().and_then(|byte| char::from(*byte).to_digit(radix)) else { break };
            value = value.wrapping_mul(radix).wrapping_add(digit);
            bytes.next();
            length += 1;
        }
        (length > 0).then_some(value)
    };
    while let Some(byte) = bytes.next() {
        match byte {
            b'\'' => {
                bytes.next_if_eq(&b'\'')?;
                decoded.push(b'\'');
            }
            b'\\' => match bytes.peek()? {
                b'0'..=b'7' => decoded.push(u8::try_from(number(&mut bytes, 8, 3)? & 0xff).ok()?),
                b'x' => {
                    bytes.next();
                    match number(&mut bytes, 16, 2) {
                        Some(value) => decoded.push(u8::try_from(value).ok()?),
                        None => decoded.push(b'x'),
                    }
                }
                marker @ (b'u' | b'U') => {
                    let length = if *marker == b'u' { 4 } else { 8 };
                    bytes.next();
                    let character = char::from_u32(number(&mut bytes, 16, length)?)?;
                    decoded.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                _ => decoded.push(match bytes.next()? {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'b' => 0x08,
                    b'f' => 0x0c,
                    b'v' => 0x0b,
                    other => other,
                }),
            },
            _ => decoded.push(byte),
        }
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_fold_unquote_and_truncate() {
        let name = |kind, text: &str| identifier(kind, text).map(|name| name.as_str().to_owned());
        assert_eq!(name(TokenKind::Word, "PatientÄ").as_deref(), Some("patientÄ"));
        assert_eq!(name(TokenKind::QuotedIdentifier, "\"a\"\"B\"").as_deref(), Some("a\"B"));
        assert_eq!(name(TokenKind::UnicodeIdentifier, "U&\"d\\0061t\\+000061\\\\\"").as_deref(), Some("data\\"));
        assert_eq!(name(TokenKind::Word, &"x".repeat(70)), Some("x".repeat(63)));
        assert_eq!(name(TokenKind::QuotedIdentifier, "\"\""), None);
        assert_eq!(name(TokenKind::UnicodeIdentifier, "U&\"\\zz\""), None);
    }

    #[test]
    fn strings_decode() {
        assert_eq!(string(TokenKind::String, "'it''s'").as_deref(), Some("it's"));
        assert_eq!(string(TokenKind::EscapeString, r"E'a\n\'\x41\u00e9\101\\'").as_deref(), Some("a\n'Aé\u{41}\\"));
        assert_eq!(string(TokenKind::DollarString, "$x$a$$b$x$").as_deref(), Some("a$$b"));
        assert_eq!(string(TokenKind::UnicodeString, "U&'\\00e9'").as_deref(), Some("é"));
        assert_eq!(string(TokenKind::String, "'open"), None);
        assert_eq!(string(TokenKind::DollarString, "$$"), None);
    }
}
