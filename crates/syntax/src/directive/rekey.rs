//! `-- limosa: rekey …` and `-- limosa: follows …`: a key that gets other values, and what refers to it.

use limosa_catalog::Identifier;

use crate::words::Tokens;

/// How a key gets other values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RekeyDirective {
    /// `from clinic`: the service whose key it is; the column refers to it, and gets the ids of the map there.
    pub from: Option<String>,
    /// `generate alnum:8`: how ids are made for the rows that are there; as the column's default makes them where
    /// nothing is said.
    pub generate: Option<String>,
    /// `map client_ids`: the name of the table that holds each id as it was and as it is, in the history's schema.
    pub map: Option<Identifier>,
    /// `back`: from the new ids to the old ones, as the map has them.
    pub back: bool,
    /// `(uuid, varchar(8))`: the types of the map's ids, where the column is of another.
    pub types: Option<[String; 2]>,
}

/// Where ids stand in what refers to a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowsDirective {
    /// `at client.id`: the keys that lead to the id in a JSON document.
    pub path: Vec<String>,
    /// `where subject_type = 'client'`: true for the rows that refer to this key.
    pub condition: Option<String>,
}

pub(super) const REKEY: &str =
    "rekey [generate GENERATOR] [map NAME] [back]` or `-- limosa: rekey from SERVICE [map NAME] [(TYPE, TYPE)] [back]";
pub(super) const FOLLOWS: &str = "follows [at KEY.KEY] [where CONDITION]";

/// Reads what stands behind `rekey`; the error is the part that is not understood.
pub(super) fn rekey(text: &str) -> Result<RekeyDirective, String> {
    let (text, types) = map_types(text)?;
    let mut directive = RekeyDirective { types, ..RekeyDirective::default() };
    let mut words = words(&text).into_iter();
    while let Some(word) = words.next() {
        match word {
            "from" if directive.from.is_none() && directive.generate.is_none() => {
                directive.from = Some(words.next().ok_or_else(|| word.to_owned())?.to_owned());
            }
            "back" if !directive.back => directive.back = true,
            "generate" if directive.generate.is_none() && directive.from.is_none() => {
                directive.generate = Some(words.next().ok_or_else(|| word.to_owned())?.to_owned());
            }
            "map" if directive.map.is_none() => {
                let name = words.next().ok_or_else(|| word.to_owned())?;
                let tokens = Tokens::of(name);
                let mut read = tokens.words();
                let map = read.identifier().filter(|_| read.peek().is_none());
                directive.map = Some(map.ok_or_else(|| format!("{word} {name}"))?);
            }
            _ => return Err(word.to_owned()),
        }
    }
    match (&directive.types, &directive.from) {
        (Some([old, new]), None) => Err(format!("({old}, {new})")),
        _ => Ok(directive),
    }
}

/// What stands between spaces; a quoted name is one word, whatever is in it.
fn words(text: &str) -> Vec<&str> {
    let mut is_quoted = false;
    let is_end = |sign: char| {
        is_quoted ^= sign == '"';
        sign.is_whitespace() && !is_quoted
    };
    text.split(is_end).filter(|word| !word.is_empty()).collect()
}

/// The text without the types in parentheses, and those.
fn map_types(text: &str) -> Result<(String, Option<[String; 2]>), String> {
    let mut is_quoted = false;
    let begins = |sign: char| {
        is_quoted ^= sign == '"';
        sign == '(' && !is_quoted
    };
    let Some(begin) = text.find(begins) else { return Ok((text.to_owned(), None)) };
    let (mut depth, mut comma, mut end) = (0_usize, None, None);
    for (at, sign) in text.char_indices().skip_while(|(at, _)| *at < begin) {
        match sign {
            '(' => depth += 1,
            ',' if depth == 1 && comma.is_none() => comma = Some(at),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            end = Some(at);
            break;
        }
    }
    let wrong = || text.get(begin..).unwrap_or_default().to_owned();
    let (Some(comma), Some(end)) = (comma, end) else { return Err(wrong()) };
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default().trim().to_owned();
    let types = [part(begin + 1, comma), part(comma + 1, end)];
    if types.iter().any(String::is_empty) {
        return Err(wrong());
    }
    Ok((format!("{} {}", part(0, begin), part(end + 1, text.len())), Some(types)))
}

impl std::str::FromStr for FollowsDirective {
    /// The part that is not understood.
    type Err = String;

    /// Reads what stands behind `follows`.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut directive = Self::default();
        let mut rest = text.trim();
        if let Some(behind) = rest.strip_prefix("at ") {
            let behind = behind.trim_start();
            let (path, behind) = behind.split_once(char::is_whitespace).unwrap_or((behind, ""));
            let keys: Vec<String> = path.split('.').map(str::to_owned).collect();
            if keys.iter().any(String::is_empty) {
                return Err(format!("at {path}"));
            }
            directive.path = keys;
            rest = behind.trim_start();
        }
        if let Some(condition) = rest.strip_prefix("where ") {
            directive.condition = Some(condition.trim().to_owned()).filter(|condition| !condition.is_empty());
            rest = "";
        }
        if rest.is_empty() { Ok(directive) } else { Err(rest.to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read() {
        let name = |name: &str| Some(Identifier::new(name).unwrap());
        for (text, generate, map, back) in [
            ("", None, None, false),
            ("generate alnum:8", Some("alnum:8"), None, false),
            ("map Ids generate cuid2:pat_", Some("cuid2:pat_"), name("ids"), false),
            ("map \"Ids\" back", None, name("Ids"), true),
            ("generate alnum:8 map \"Cli ent (\"\"old\"\")\"", Some("alnum:8"), name("Cli ent (\"old\")"), false),
        ] {
            let expected =
                RekeyDirective { generate: generate.map(str::to_owned), map, back, ..RekeyDirective::default() };
            assert_eq!(rekey(text), Ok(expected), "{text}");
        }
        for (text, wrong) in [
            ("alnum:8", "alnum:8"),
            ("generate", "generate"),
            ("map a.b", "map a.b"),
            ("back back", "back"),
            ("map a (uuid, text)", "(uuid, text)"),
        ] {
            assert_eq!(rekey(text), Err(wrong.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_key_of_another_service_is_read() {
        let name = |name: &str| Some(Identifier::new(name).unwrap());
        let types = |old: &str, new: &str| Some([old.to_owned(), new.to_owned()]);
        for (text, map, back, types) in [
            ("from clinic", None, false, None),
            ("from clinic map client", name("client"), false, None),
            ("from clinic map client back", name("client"), true, None),
            ("from clinic map \"Client\" ( uuid, varchar(8) ) back", name("Client"), true, types("uuid", "varchar(8)")),
            ("from clinic (numeric(9,2), text)", None, false, types("numeric(9,2)", "text")),
        ] {
            let expected = RekeyDirective { from: Some("clinic".to_owned()), generate: None, map, back, types };
            assert_eq!(rekey(text), Ok(expected), "{text}");
        }
        for (text, wrong) in [
            ("from", "from"),
            ("from a from b", "from"),
            ("from a generate alnum:8", "generate"),
            ("generate alnum:8 from a", "from"),
            ("from a (uuid)", "(uuid)"),
            ("from a (uuid, text", "(uuid, text"),
            ("from a (, text)", "(, text)"),
        ] {
            assert_eq!(rekey(text), Err(wrong.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_reference_is_read() {
        let read = |path: &[&str], condition: Option<&str>| FollowsDirective {
            path: path.iter().map(ToString::to_string).collect(),
            condition: condition.map(str::to_owned),
        };
        for (text, expected) in [
            ("", read(&[], None)),
            ("where kind = 'at home'", read(&[], Some("kind = 'at home'"))),
            ("at client.id", read(&["client", "id"], None)),
            ("at id where a  = 1", read(&["id"], Some("a  = 1"))),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        for (text, wrong) in [("client.id", "client.id"), ("at a..b", "at a..b"), ("at a b", "b")] {
            assert_eq!(text.parse::<FollowsDirective>(), Err(wrong.to_owned()), "{text}");
        }
    }
}
