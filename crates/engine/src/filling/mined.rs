//! The values that an expression mentions: what it compares with is a good guess for what it wants.

/// What stands in an expression between its names and operators.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Mined {
    /// The texts of its literals, in their order.
    pub(super) texts: Vec<String>,
    /// Its numbers, in their order.
    pub(super) numbers: Vec<i64>,
}

impl Mined {
    /// The values in an expression as the server prints it.
    pub(super) fn of(expression: &str) -> Self {
        let mut mined = Self::default();
        let mut rest = expression.char_indices().peekable();
        let mut before = ' ';
        while let Some((at, next)) = rest.next() {
            match next {
                '\'' => {
                    let mut text = String::new();
                    while let Some((_, inner)) = rest.next() {
                        if inner != '\'' {
                            text.push(inner);
                        } else if rest.next_if(|(_, next)| *next == '\'').is_some() {
                            text.push('\'');
                        } else {
                            break;
                        }
                    }
                    mined.numbers.extend(whole_part(&text));
                    mined.add(text);
                }
                '"' => while rest.next().is_some_and(|(_, next)| next != '"') {},
                '0'..='9' if !before.is_alphanumeric() && before != '_' => {
                    let mut end = at + 1;
                    while let Some((place, _)) = rest.next_if(|(_, next)| next.is_ascii_digit() || *next == '.') {
                        end = place + 1;
                    }
                    mined.numbers.extend(expression.get(at..end).and_then(whole_part));
                }
                _ => {}
            }
            before = next;
        }
        mined.numbers.dedup();
        mined
    }

    fn add(&mut self, text: String) {
        // `'{a,b}'::text[]`
        if let Some(inner) = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
            self.texts.extend(inner.split(',').map(|it| it.trim_matches('"').to_owned()));
        } else {
            self.texts.push(text);
        }
    }

    /// The values of two expressions.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.texts.extend(other.texts);
        self.numbers.extend(other.numbers);
        self.texts.dedup();
        self.numbers.dedup();
        self
    }
}

fn whole_part(text: &str) -> Option<i64> {
    text.split('.').next()?.parse().ok()
}

/// Whether an expression mentions a column. One that is taken to be mentioned and is not does no harm.
pub(super) fn mentions(expression: &str, column: &str) -> bool {
    expression.match_indices(column).any(|(at, _)| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let before = expression[..at].chars().next_back().is_some_and(is_part);
        let after = expression[at + column.len()..].chars().next().is_some_and(is_part);
        !before && !after
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_numbers_are_found() {
        let mined = Mined::of("((status)::text = ANY ((ARRAY['it''s'::character varying, 'b'::text])::text[]))");
        assert_eq!(mined.texts, ["it's", "b"]);
        let mined = Mined::of("((length(code1) = 8) AND (price >= '-5'::integer) AND (rate < 1.5))");
        assert_eq!(mined.numbers, [8, -5, 1]);
        assert_eq!(Mined::of("(kind = ANY ('{a,b}'::text[]))").texts, ["a", "b"]);
        assert_eq!(Mined::of("'unfinished").texts, ["unfinished"]);
        assert_eq!(Mined::of("(\"Kind 1\" = 'a'::text)"), Mined { texts: vec!["a".to_owned()], numbers: vec![] });
    }

    #[test]
    fn a_column_is_mentioned_by_its_whole_name() {
        assert!(mentions("(price > (0)::numeric)", "price"));
        assert!(mentions("(\"Price\" > 0)", "Price"));
        assert!(!mentions("(list_price > 0)", "price"));
    }
}
