//! In what form a column holds ids of a key, and how they are translated there.

use limosa_catalog::Literal;
use limosa_syntax::FollowsDirective;

use super::super::refusal::Refusal;

/// How ids stand in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// The value is an id, or the text of one.
    Value,
    /// The elements of the array are ids.
    Array,
    /// An id stands at this path of a JSON document.
    Json(Vec<String>),
}

/// What translates one id: names of functions, and the type that they give.
#[derive(Debug, Clone, Copy)]
pub(super) struct Translator<'a> {
    /// Takes an id of the key's type.
    pub(super) of_id: &'a str,
    /// Takes a text.
    pub(super) of_text: &'a str,
    /// The type of the ids that it takes, and of those that it gives.
    pub(super) types: [&'a str; 2],
}

impl Form {
    /// How a column of a type holds ids of a type.
    pub(super) fn of(data_type: &str, key_type: &str, follows: &FollowsDirective) -> Result<Self, Refusal> {
        let no_form = |help: &str| {
            Err(Refusal::new(format!("a column of type {data_type} holds no ids of type {key_type}"), help.to_owned()))
        };
        if !follows.path.is_empty() {
            return match data_type {
                "jsonb" => Ok(Self::Json(follows.path.clone())),
                _ => no_form("a path leads into a column of type `jsonb`: change its type in a migration before"),
            };
        }
        let (element, is_array) = match data_type.strip_suffix("[]") {
            Some(element) => (element, true),
            None => (data_type, false),
        };
        let holds_ids = family(element) == family(key_type) || family(element) == Family::Text;
        match is_array {
            true if holds_ids => Ok(Self::Array),
            false if holds_ids => Ok(Self::Value),
            _ if matches!(data_type, "json" | "jsonb") => {
                no_form("say where the id stands: `-- limosa: follows at client.id`")
            }
            _ => no_form("only a column of the key's type, a text, an array of either or a path of a jsonb can follow"),
        }
    }

    /// Whether the map is asked for texts: a column of this type holds texts of ids, or may hold others that no foreign
    /// key keeps out.
    pub(super) fn asks_for_texts(&self, data_type: &str, key_type: &str, is_loose: bool) -> bool {
        let own = family(data_type.trim_end_matches("[]"));
        match self {
            Self::Json(_) => true,
            Self::Value | Self::Array => own != family(key_type) || (is_loose && own == Family::Text),
        }
    }

    /// The value of a column with its ids translated, as the other type has it.
    pub(super) fn translated(&self, value: &str, is_text: bool, to_type: &str, by: Translator<'_>) -> String {
        let function = if is_text { by.of_text } else { by.of_id };
        match self {
            Self::Value if is_text => format!("{function}({value}::text)::{to_type}"),
            Self::Value => format!("{function}({value})::{to_type}"),
            Self::Array => format!(
                "CASE WHEN {value} IS NULL THEN NULL ELSE ARRAY(SELECT {function}(limosa_of.id) \
                 FROM pg_catalog.unnest({value}) WITH ORDINALITY AS limosa_of (id, place) \
                 ORDER BY limosa_of.place)::{to_type} END"
            ),
            Self::Json(path) => {
                let (at, made) = (path_literal(path), in_json(value, path, by.types));
                // What is no id of the key stays as it is.
                format!(
                    "CASE WHEN {value} #>> {at} IS NULL THEN {value} ELSE (SELECT CASE WHEN limosa_id.id = {value} #>> \
                     {at} THEN {value} ELSE pg_catalog.jsonb_set({value}, {at}, {made}) END \
                     FROM (SELECT {function}({value} #>> {at})) AS limosa_id (id)) END"
                )
            }
        }
    }

    /// True for a value that would come back as something else: a document tells a number from the text of one, and an
    /// id that is a text does not say which of them its counterpart was. `None` where every value comes back.
    pub(super) fn comes_back_otherwise(&self, value: &str, types: [&str; 2]) -> Option<String> {
        let Self::Json(path) = self else { return None };
        let other = match types.map(family) {
            [Family::Number, Family::Number] => return None,
            [Family::Number, _] => "string",
            // No number is the text of another id.
            [Family::Text, _] => "number",
            [Family::Other(_), _] => return None,
        };
        Some(format!("pg_catalog.jsonb_typeof({value} #> {}) = '{other}'", path_literal(path)))
    }

    /// The ids that a value holds, as a table of texts by their places.
    pub(super) fn texts(&self, value: &str) -> String {
        match self {
            Self::Value => format!("(VALUES ({value}::text, 1))"),
            Self::Array => {
                format!("(SELECT e::text, o FROM pg_catalog.unnest({value}) WITH ORDINALITY AS u (e, o))")
            }
            Self::Json(path) => format!("(VALUES ({value} #>> {}, 1))", path_literal(path)),
        }
    }
}

/// A translated id as it stands in a document: a number where the key's ids are numbers.
fn in_json(value: &str, path: &[String], types: [&str; 2]) -> String {
    let [from, to] = types.map(|data_type| family(data_type) == Family::Number);
    let text = "pg_catalog.to_jsonb(limosa_id.id)";
    let number = format!("pg_catalog.to_jsonb(limosa_id.id::{})", types[1]);
    match (from, to) {
        (_, false) => text.to_owned(),
        (false, true) => number,
        // Whoever wrote a number as a text gets it back as one.
        (true, true) => format!(
            "CASE pg_catalog.jsonb_typeof({value} #> {}) WHEN 'string' THEN {text} ELSE {number} END",
            path_literal(path)
        ),
    }
}

fn path_literal(path: &[String]) -> String {
    let keys: Vec<String> = path.iter().map(|key| Literal(key).to_string()).collect();
    format!("ARRAY[{}]::text[]", keys.join(", "))
}

/// Types whose values are compared without a cast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family<'a> {
    Text,
    Number,
    Other(&'a str),
}

fn family(data_type: &str) -> Family<'_> {
    let base = data_type.split('(').next().unwrap_or(data_type).trim();
    match base {
        "text" | "character varying" | "varchar" | "character" | "char" | "bpchar" => Family::Text,
        "smallint" | "integer" | "bigint" | "int" | "int2" | "int4" | "int8" => Family::Number,
        _ => Family::Other(base),
    }
}

/// The type of a column when the key has another type: as the key, unless other things stand there, too.
pub(super) fn new_type(form: &Form, data_type: &str, key: [&str; 2], is_loose: bool, has_others: bool) -> String {
    let [old, new] = key;
    match form {
        _ if form.asks_for_texts(data_type, old, is_loose) => data_type.to_owned(),
        Form::Value if has_others && family(old) != family(new) => "text".to_owned(),
        Form::Array => format!("{new}[]"),
        Form::Value | Form::Json(_) => new.to_owned(),
    }
}

/// Whether a value of any type can be assigned to this one without saying how.
pub(super) fn takes_any(data_type: &str) -> bool {
    family(data_type) == Family::Text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_holds_ids_in_some_form() {
        let path = FollowsDirective { path: vec!["client".into(), "id".into()], condition: None };
        let plain = FollowsDirective::default();
        for (data_type, key, follows, form) in [
            ("uuid", "uuid", &plain, Some(Form::Value)),
            ("character varying(36)", "text", &plain, Some(Form::Value)),
            ("integer", "bigint", &plain, Some(Form::Value)),
            ("text", "uuid", &plain, Some(Form::Value)),
            ("uuid[]", "uuid", &plain, Some(Form::Array)),
            ("text[]", "bigint", &plain, Some(Form::Array)),
            ("jsonb", "uuid", &path, Some(Form::Json(path.path.clone()))),
            ("jsonb", "uuid", &plain, None),
            ("json", "uuid", &path, None),
            ("bigint", "uuid", &plain, None),
            ("uuid", "bigint", &plain, None),
        ] {
            assert_eq!(Form::of(data_type, key, follows).ok(), form, "{data_type} for {key}");
        }
    }
}
