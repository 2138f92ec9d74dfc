//! In which form the keys of two columns can be compared byte by byte.

use super::column::Found;

/// What keys are compared as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Whole numbers of up to 64 bits.
    Integer,
    /// UUIDs in both columns.
    Uuid,
    /// A UUID in one column and its text in the other. Its text, which is always lower case at the server, stands in
    /// the same order as its bytes.
    UuidAsText,
    /// Numbers of several types, as text without zeros behind the point that say nothing.
    NumberAsText,
    /// Text.
    Text,
}

const INTEGERS: &[&str] = &["int2", "int4", "int8"];
const TEXTS: &[&str] = &["text", "varchar", "bpchar", "name", "citext"];

impl Form {
    /// What values of two types are compared as.
    pub(super) fn common(left: &str, right: &str) -> Self {
        let is_integer = |name: &str| INTEGERS.contains(&name);
        let is_number = |name: &str| is_integer(name) || name == "numeric";
        match (left, right) {
            _ if is_integer(left) && is_integer(right) => Self::Integer,
            ("uuid", "uuid") => Self::Uuid,
            ("uuid", other) | (other, "uuid") if TEXTS.contains(&other) => Self::UuidAsText,
            _ if is_number(left) && is_number(right) => Self::NumberAsText,
            _ => Self::Text,
        }
    }

    /// Where types differ: what is compared, in words.
    pub(super) fn told(self, left: &str, right: &str) -> Option<String> {
        if left == right {
            return None;
        }
        let how = match self {
            Self::Integer => "as numbers",
            Self::Uuid | Self::Text => "as text",
            Self::UuidAsText => "as text in lower case",
            Self::NumberAsText => "as numbers written out",
        };
        Some(format!("{left} and {right} are compared {how}"))
    }

    /// The query for the different keys of a column in order, with the number of rows of each, in binary form.
    pub(super) fn query(self, found: &Found, other: &str) -> String {
        let Found { table, column, data_type, orders_as_utf8 } = found;
        // Whatever the server's encoding is, the keys arrive as UTF-8, and their order has to be that of its bytes.
        let text = |key: String| match orders_as_utf8 {
            true => format!("{key} COLLATE \"C\""),
            false => format!("pg_catalog.convert_to({key}, 'UTF8')"),
        };
        let as_text = |key: String| (text(key.clone()), text(key));
        let (shown, ordered) = match self {
            Self::Integer => (format!("{column}::pg_catalog.int8"), column.to_string()),
            Self::Uuid => (column.to_string(), column.to_string()),
            Self::UuidAsText if data_type == "uuid" => (format!("{column}::pg_catalog.text"), column.to_string()),
            Self::UuidAsText => as_text(format!("pg_catalog.lower({column}::pg_catalog.text)")),
            Self::NumberAsText => {
                as_text(format!("pg_catalog.trim_scale({column}::pg_catalog.numeric)::pg_catalog.text"))
            }
            // The order of the column itself can be that of an index.
            Self::Text if data_type == "text" && other == "text" => as_text(column.to_string()),
            Self::Text => as_text(format!("{column}::pg_catalog.text")),
        };
        format!(
            "COPY (SELECT {shown}, pg_catalog.count(*) FROM {table} WHERE {column} IS NOT NULL \
             GROUP BY {ordered} ORDER BY {ordered}) TO STDOUT (FORMAT binary)"
        )
    }

    /// A key as it arrives, so that the order of its bytes is the order of the keys.
    pub(super) fn comparable(self, key: &mut [u8]) {
        if let (Self::Integer, Some(first)) = (self, key.first_mut()) {
            // Negative numbers come first.
            *first ^= 0x80;
        }
    }

    /// A comparable key for people.
    pub(super) fn shown(self, key: &[u8]) -> String {
        match self {
            Self::Integer => {
                let mut key = key.to_vec();
                self.comparable(&mut key);
                <[u8; 8]>::try_from(key).map_or_else(|_| "?".to_owned(), |bytes| i64::from_be_bytes(bytes).to_string())
            }
            Self::Uuid => {
                let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
                let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
                [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
            }
            Self::UuidAsText | Self::NumberAsText | Self::Text => String::from_utf8_lossy(key).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_meet_in_a_common_form() {
        for (left, right, form, told) in [
            ("int4", "int4", Form::Integer, None),
            ("int4", "int8", Form::Integer, Some("int4 and int8 are compared as numbers")),
            ("uuid", "uuid", Form::Uuid, None),
            ("text", "uuid", Form::UuidAsText, Some("text and uuid are compared as text in lower case")),
            ("int8", "numeric", Form::NumberAsText, Some("int8 and numeric are compared as numbers written out")),
            ("varchar", "text", Form::Text, Some("varchar and text are compared as text")),
            ("int8", "text", Form::Text, Some("int8 and text are compared as text")),
            ("date", "date", Form::Text, None),
        ] {
            let found = Form::common(left, right);
            assert_eq!((found, found.told(left, right).as_deref()), (form, told), "{left} and {right}");
        }
    }

    #[test]
    fn bytes_stand_in_the_order_of_numbers() {
        let numbers = [i64::MIN, -300, -1, 0, 1, 255, 256, i64::MAX];
        let keys = numbers.map(|number| {
            let mut key = number.to_be_bytes();
            Form::Integer.comparable(&mut key);
            key
        });
        assert!(keys.is_sorted());
        assert_eq!(keys.map(|key| Form::Integer.shown(&key)), numbers.map(|number| number.to_string()));
        let uuid: Vec<u8> = (0..16).collect();
        assert_eq!(Form::Uuid.shown(&uuid), "00010203-0405-0607-0809-0a0b0c0d0e0f");
    }
}
