//! Expressions that the server reads otherwise than it printed them.
//!
//! PostgreSQL makes one list of `(a AND b) AND c` when it reads it, but has the two apart where somebody wrote
//! `x BETWEEN 1 AND 2 AND c`; and it takes the cast of `(ARRAY['a'::varchar])::text[]` into the array, where
//! `name IN ('a')` has it outside. What it printed is then not what it prints after reading it: the same schema would
//! differ for ever. A cast that changes nothing keeps it from both.

use std::str::CharIndices;

/// The text with such casts where they are needed.
pub(super) fn faithful(text: &str) -> String {
    if !text.contains("((") && !text.contains("(ARRAY[") {
        return text.to_owned();
    }
    let mut casts: Vec<(usize, String)> = Vec::new();
    let mut groups = vec![Group::default()];
    let mut signs = text.char_indices();
    let mut word = None;
    while let Some((at, sign)) = signs.next() {
        let before = text[..at].chars().next_back();
        let is_word = sign.is_alphanumeric() || sign == '_';
        if is_word {
            word.get_or_insert(at);
        } else if let Some(begin) = word.take()
            && let Some(group) = groups.last_mut()
        {
            group.read(&text[begin..at]).into_iter().for_each(|place| casts.push((place, "::boolean".to_owned())));
        }
        if let ('\'' | '"', Some(group)) = (sign, groups.last_mut()) {
            group.is_plain = true;
        }
        match sign {
            '\'' => skip_quoted(&mut signs, '\'', matches!(before, Some('E'))),
            '"' => skip_quoted(&mut signs, '"', false),
            // The bodies of routines are read when they run.
            '$' => skip_body(text, at, &mut signs),
            '(' | '[' => groups.push(Group { begin: at, ..Group::default() }),
            ')' | ']' if groups.len() > 1 => {
                let Some(group) = groups.pop() else { continue };
                if sign == ']' && text[..group.begin].ends_with("(ARRAY") && text[at + 1..].starts_with(")::") {
                    casts.extend(element_type(&text[group.begin + 1..at]).map(|name| (at + 1, format!("::{name}[]"))));
                }
                if let Some(outer) = groups.last_mut() {
                    outer.take(&group, at, sign == ')');
                }
            }
            _ if is_word || sign.is_whitespace() => {}
            _ => groups.last_mut().into_iter().for_each(|group| group.is_plain = true),
        }
    }
    casts.sort_by_key(|(place, _)| *place);
    let mut faithful = String::with_capacity(text.len() + casts.len() * 9);
    let mut from = 0;
    for (place, cast) in casts {
        faithful.push_str(&text[from..place]);
        faithful.push_str(&cast);
        from = place;
    }
    faithful.push_str(&text[from..]);
    faithful
}

/// What stands in a pair of parentheses.
#[derive(Debug, Default)]
struct Group {
    begin: usize,
    /// Something else than groups has been seen.
    is_plain: bool,
    /// Where the group with which it begins ends, and what joins the operands of that.
    first: Option<(usize, Option<Joint>)>,
    joint: Option<Joint>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joint {
    And,
    Or,
}

impl Group {
    /// Takes note of a word; gives the place for a cast, if one is needed.
    fn read(&mut self, word: &str) -> Option<usize> {
        let joint = match word {
            "AND" => Joint::And,
            "OR" => Joint::Or,
            _ => {
                self.is_plain = true;
                return None;
            }
        };
        let is_first = !self.is_plain && self.joint.is_none();
        self.joint.get_or_insert(joint);
        let (end, inner) = self.first.filter(|_| is_first)?;
        (inner == Some(joint)).then_some(end)
    }

    /// Takes note of a group that ends.
    fn take(&mut self, inner: &Self, end: usize, is_parenthesis: bool) {
        if self.first.is_some() || self.is_plain || !is_parenthesis {
            self.is_plain = true;
            return;
        }
        // Doubled parentheses mean no more than one pair.
        let doubled = inner.first.filter(|_| !inner.is_plain).and_then(|(_, joint)| joint);
        self.first = Some((end + 1, inner.joint.or(doubled)));
    }
}

/// The type that the first element of an array is cast to.
fn element_type(elements: &str) -> Option<&str> {
    let first = super::routine::split(elements, ",").into_iter().next()?;
    let name = super::routine::split(first, "::").into_iter().skip(1).last()?.trim();
    (!name.contains(['(', ')', '['])).then_some(name)
}

fn skip_quoted(signs: &mut CharIndices<'_>, quote: char, escapes: bool) {
    while let Some((_, sign)) = signs.next() {
        if sign == '\\' && escapes {
            signs.next();
        } else if sign == quote {
            return;
        }
    }
}

fn skip_body(text: &str, at: usize, signs: &mut CharIndices<'_>) {
    let rest = &text[at..];
    let Some(end) = rest[1..].find('$').map(|end| end + 2) else { return };
    let tag = &rest[..end];
    if tag[1..end - 1].contains(|sign: char| !sign.is_alphanumeric() && sign != '_') {
        return;
    }
    if let Some(length) = rest[end..].find(tag) {
        let after = at + end + length + tag.len();
        while signs.clone().next().is_some_and(|(place, _)| place < after) {
            signs.next();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::faithful;

    #[test]
    fn a_list_within_the_first_operand_stays_apart() {
        let text = "CHECK ((((b >= 0) AND (b <= 10)) AND (a >= 0)))";
        assert_eq!(faithful(text), "CHECK ((((b >= 0) AND (b <= 10))::boolean AND (a >= 0)))");
        let text = "((((a < 0) OR (a > 9))) OR (b = 1) OR (c = 1))";
        assert_eq!(faithful(text), "((((a < 0) OR (a > 9)))::boolean OR (b = 1) OR (c = 1))");
        for same in [
            "(((a >= 0) AND (a <= 10)) OR (b = 1))",
            "((a = 1) AND ((b >= 0) AND (b <= 10)))",
            "((lower(a) = 'x AND y'::text) AND (b = 1))",
            "(f((a AND b)) AND (c = 1))",
            "(\"F\"((a AND b)) AND (c = 1))",
            "((NOT (a AND b)) AND c)",
        ] {
            assert_eq!(faithful(same), same);
        }
    }

    #[test]
    fn a_cast_stays_outside_of_its_array() {
        let text = "(s = ANY ((ARRAY['a, ]'::bpchar, 'b'::bpchar])::text[]))";
        let cast = "(s = ANY ((ARRAY['a, ]'::bpchar, 'b'::bpchar]::bpchar[])::text[]))";
        assert_eq!(faithful(text), cast);
        for same in
            ["(a = ANY (ARRAY[1, 2]))", "((ARRAY[f(a), b])::text[])", "'(ARRAY[1::int])::text[]((a AND b) AND c)'"]
        {
            assert_eq!(faithful(same), same);
        }
    }

    #[test]
    fn bodies_and_strings_stay_as_they_are() {
        for same in [
            "AS $$ ((a AND b) AND c) $$",
            "AS $f$ ((a AND b) $$ AND c) $f$",
            "E'\\'((a AND b) AND c)'",
            "\"((a AND b) AND c)\"",
        ] {
            assert_eq!(faithful(same), same);
        }
    }
}
