//! Masks as SQL.

use limosa_catalog::{Identifier, Literal};
use limosa_project::Mask;

/// What a mask has to make a value of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Texts of at most so many characters.
    Text {
        longest: Option<usize>,
    },
    /// Numbers up to `2^bits`.
    Integer {
        bits: u8,
    },
    Uuid,
    /// Days and points in time.
    Moment,
    Other,
}

/// The family of a type, as the server writes it.
pub(super) fn family(data_type: &str) -> Family {
    let name = data_type.split('(').next().unwrap_or(data_type).trim();
    let longest = data_type.split_once('(').and_then(|(_, rest)| rest.split(')').next()?.parse().ok());
    match name {
        "text" | "name" => Family::Text { longest: None },
        "character varying" => Family::Text { longest },
        "character" => Family::Text { longest: longest.or(Some(1)) },
        "smallint" => Family::Integer { bits: 14 },
        "integer" => Family::Integer { bits: 30 },
        "bigint" => Family::Integer { bits: 60 },
        "uuid" => Family::Uuid,
        "date" => Family::Moment,
        _ if name.starts_with("timestamp") => Family::Moment,
        _ if name.ends_with("citext") => Family::Text { longest: None },
        _ => Family::Other,
    }
}

/// Whether there is such a mask for values of a family.
pub(super) fn fits(mask: &Mask, family: Family) -> bool {
    match mask {
        Mask::Null | Mask::Shuffle | Mask::Keep | Mask::Sql(_) => true,
        Mask::Name | Mask::Email => matches!(family, Family::Text { .. }),
        Mask::Hash => family != Family::Other,
    }
}

/// The masked value as a text, over a row of the table, which goes by the name `own`. Null stays null.
pub(super) fn masked(mask: &Mask, column: &Identifier, family: Family, salt: &str) -> String {
    let value = format!("own.{column}");
    let hash = format!("encode(sha256(convert_to({} || {value}::text, 'UTF8')), 'hex')", Literal(salt));
    let cut = |text: String| match family {
        Family::Text { longest: Some(longest) } => format!("left({text}, {longest})"),
        _ => text,
    };
    match mask {
        Mask::Null => "NULL::text".to_owned(),
        Mask::Keep => format!("{value}::text"),
        Mask::Sql(expression) => format!("({expression}\n)::text"),
        Mask::Name => cut(format!("'Person ' || left({hash}, 12)")),
        Mask::Email => cut(format!("'user-' || left({hash}, 12) || '@example.com'")),
        Mask::Shuffle => {
            let order = format!("sha256(convert_to({} || own.ctid::text, 'UTF8'))", Literal(salt));
            format!(
                "(array_agg({value}::text) OVER (ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED \
                 FOLLOWING))[row_number() OVER (ORDER BY own.tableoid, own.ctid)]"
            )
        }
        Mask::Hash => match family {
            Family::Text { longest } => format!("left({hash}, {})", longest.unwrap_or(24)),
            Family::Integer { bits } => format!("('x' || {hash})::bit({bits})::bigint::text"),
            Family::Uuid => format!("left({hash}, 32)::uuid::text"),
            Family::Moment => {
                format!("(date_trunc('year', {value}) + interval '1 day' * (('x' || {hash})::bit(8)::int))::date::text")
            }
            Family::Other => "NULL::text".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_tells_what_a_mask_has_to_make() {
        assert_eq!(family("character varying(40)"), Family::Text { longest: Some(40) });
        assert_eq!(family("timestamp(3) with time zone"), Family::Moment);
        assert_eq!(family("public.citext"), Family::Text { longest: None });
        assert_eq!(family("jsonb"), Family::Other);
        assert!(
            !fits(&Mask::Email, Family::Uuid) && fits(&Mask::Hash, Family::Uuid) && !fits(&Mask::Hash, Family::Other)
        );
    }
}
