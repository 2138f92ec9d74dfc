//! How ids are made for rows of the other version: by what is said, by the column's defaults, and for a key of another
//! service provisionally, until its map is carried again.

use limosa_catalog::Literal;
use limosa_syntax::Directive;

use super::super::expression::RowExpression;
use super::super::refusal::Refusal;
use super::group::Origin;

/// What is said of the key besides its type.
#[derive(Default)]
pub(super) struct KeyTerms {
    pub(super) default: Option<String>,
    /// `ALTER COLUMN … ADD GENERATED …`.
    pub(super) identity: Option<String>,
}

/// What makes ids of both kinds: of those that are in use before, and of those afterwards.
pub(super) fn make(directives: &[&Directive], origin: &Origin<'_>, terms: &KeyTerms) -> Result<[String; 2], Refusal> {
    let said = |back: bool| {
        directives.iter().find_map(|directive| match directive {
            Directive::Forward(text) if !back => Some(RowExpression::said(text).one_line()),
            Directive::Back(text) if back => Some(RowExpression::said(text).one_line()),
            _ => None,
        })
    };
    let Some(key) = origin.key() else {
        let [old, new] = origin.types();
        let made = |back: bool, data_type: &str, word: &str| {
            said(back).or_else(|| provisional(data_type)).ok_or_else(|| {
                Refusal::new(
                    format!(
                        "it is not known how an id of type {data_type} is made for a row that refers to an id which \
                         the map does not have yet"
                    ),
                    format!("say it above the statement, as no id of the key is made: `-- limosa: {word} EXPRESSION`"),
                )
            })
        };
        return Ok([made(true, old, "back")?, made(false, new, "forward")?]);
    };
    let new = said(false).or_else(|| terms.default.clone()).ok_or_else(|| {
        Refusal::new(
            "it is not said how new rows get their ids",
            "give the column a default behind its type: `ALTER TABLE … ALTER COLUMN … SET DEFAULT ids.alnum()`, \
             or say `-- limosa: forward EXPRESSION`",
        )
    })?;
    let of_identity = key
        .facts
        .identity
        .as_ref()
        .map(|identity| format!("pg_catalog.nextval({}::regclass)", Literal(&identity.sequence.to_string())));
    let of_default = key.table.default_of(&key.column).map(|(_, text)| text.to_owned());
    let old = said(true).or(of_default).or(of_identity).ok_or_else(|| {
        Refusal::new(
            "it is not known how rows of the new version get an old id, since the column has no default",
            "say it above the statement: `-- limosa: back gen_random_uuid()`",
        )
    })?;
    Ok([old, new])
}

/// Makes an id that stands for one until that is known, and that no generator makes: a text begins with a tilde, a
/// number is negative.
fn provisional(data_type: &str) -> Option<String> {
    /// Fewer signs behind the tilde would soon be used up.
    const FEWEST: usize = 5;
    /// Of 16 random bytes, as many signs come for certain.
    const MOST: usize = 22;
    let (base, length) = match data_type.split_once('(') {
        Some((base, rest)) => (base.trim(), Some(rest.trim_end_matches([')', ' ']).trim().parse::<usize>().ok()?)),
        None => (data_type.trim(), None),
    };
    let random = |most: &str| format!("(-1 - pg_catalog.floor(pg_catalog.random() * {most}))");
    match (base, length) {
        ("uuid", None) => Some("pg_catalog.gen_random_uuid()".to_owned()),
        ("bigint" | "int8", None) => Some(format!("{}::bigint", random("9007199254740990"))),
        ("integer" | "int" | "int4", None) => Some(format!("{}::integer", random("2147483646"))),
        ("text" | "character varying" | "varchar" | "character" | "char" | "bpchar", length) => {
            let length = length.or_else(|| (!matches!(base, "character" | "char")).then_some(MOST + 1))?;
            let signs = length.checked_sub(1).filter(|signs| *signs >= FEWEST)?.min(MOST);
            Some(format!(
                "('~' || pg_catalog.left(pg_catalog.translate(pg_catalog.encode(pg_catalog.uuid_send(\
                 pg_catalog.gen_random_uuid()), 'base64'), '+/=', 'aZ'), {signs}))"
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_most_types_can_stand_for_another() {
        for (data_type, signs) in [
            ("uuid", Some("gen_random_uuid()")),
            ("bigint", Some("::bigint")),
            ("varchar(8)", Some(", 7))")),
            ("character varying(64)", Some(", 22))")),
            ("text", Some(", 22))")),
            ("character(8)", Some(", 7))")),
            ("varchar(4)", None),
            ("character", None),
            ("smallint", None),
            ("numeric(9,2)", None),
            ("mood", None),
        ] {
            let made = provisional(data_type);
            assert_eq!(made.is_some(), signs.is_some(), "{data_type}: {made:?}");
            assert!(made.unwrap_or_default().contains(signs.unwrap_or_default()), "{data_type}");
        }
    }
}
