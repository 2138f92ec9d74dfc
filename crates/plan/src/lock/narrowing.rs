//! What becomes of values when their column gets another type.

use super::data_type::{Type, read};

/// What a change of type can do to values that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Narrowing {
    /// The server changes values that do not fit, and says nothing.
    Loses(&'static str),
    /// The server refuses the change where a value does not fit.
    MayFail(&'static str),
    /// What a value means comes to depend on the time zone of the session that makes the change.
    DependsOnTimeZone,
}

impl Narrowing {
    /// What a change from one type to another does, both as they are written; `None` where every value fits, or nothing
    /// is known. `explicit` says that the values are cast by `USING`, which cuts strings where the change by itself
    /// refuses them.
    #[must_use]
    pub fn of(from: &str, to: &str, explicit: bool) -> Option<Self> {
        let (from, to) = (read(from)?, read(to)?);
        let cuts = || match explicit {
            true => Self::Loses("longer values are cut off"),
            false => Self::MayFail("values that are longer"),
        };
        match (from.base.as_str(), to.base.as_str()) {
            _ if from == to => None,
            (from, to) if integer(from).zip(integer(to)).is_some_and(|(from, to)| from > to) => {
                Some(Self::MayFail("values that are larger"))
            }
            ("numeric" | "double precision" | "real", to) if integer(to).is_some() => {
                Some(Self::Loses("fractions are rounded away"))
            }
            ("double precision", "real") => Some(Self::Loses("digits are rounded away")),
            ("numeric", "numeric") => numeric(&from, &to),
            ("character varying" | "text" | "character", "character varying" | "character") => {
                let is_shorter = match (from.modifiers.as_slice(), to.modifiers.as_slice()) {
                    (_, []) => false,
                    ([from], [to]) => from > to,
                    _ => true,
                };
                is_shorter.then(cuts)
            }
            ("timestamp without time zone", "timestamp with time zone")
            | ("timestamp with time zone", "timestamp without time zone") => {
                (!explicit).then_some(Self::DependsOnTimeZone)
            }
            ("timestamp without time zone" | "timestamp with time zone", "date") => {
                Some(Self::Loses("the time of day is lost"))
            }
            ("timestamp without time zone" | "timestamp with time zone", "time without time zone") => {
                Some(Self::Loses("the day is lost"))
            }
            (temporal, same) if temporal == same && (temporal.starts_with("time") || temporal == "interval") => {
                let precision = |of: &Type| of.modifiers.first().copied().unwrap_or(6);
                (precision(&from) > precision(&to)).then_some(Self::Loses("fractions of seconds are rounded away"))
            }
            _ => None,
        }
    }
}

fn integer(base: &str) -> Option<u8> {
    match base {
        "smallint" => Some(2),
        "integer" => Some(4),
        "bigint" => Some(8),
        _ => None,
    }
}

fn numeric(from: &Type, to: &Type) -> Option<Narrowing> {
    // Where no precision is given, there is no limit.
    let parts = |of: &Type| {
        let precision = *of.modifiers.first()?;
        let scale = of.modifiers.get(1).copied().unwrap_or(0);
        Some((precision.saturating_sub(scale), scale))
    };
    let (whole, scale) = parts(to)?;
    match parts(from) {
        Some((_, of)) if of > scale => Some(Narrowing::Loses("fractions are rounded away")),
        Some((of, _)) if of > whole => Some(Narrowing::MayFail("values that are larger")),
        Some(_) => None,
        None => Some(Narrowing::Loses("fractions are rounded away")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_or_lost() {
        use Narrowing::{DependsOnTimeZone, Loses, MayFail};
        let cases = [
            ("bigint", "int", false, Some(MayFail("values that are larger"))),
            ("int4", "int8", false, None),
            ("text", "varchar(20)", false, Some(MayFail("values that are longer"))),
            ("text", "varchar(20)", true, Some(Loses("longer values are cut off"))),
            ("varchar(10)", "varchar(20)", false, None),
            ("varchar(20)", "text", false, None),
            ("numeric(10,4)", "numeric(10,2)", false, Some(Loses("fractions are rounded away"))),
            ("numeric(10,2)", "numeric(8,2)", false, Some(MayFail("values that are larger"))),
            ("numeric(8,2)", "numeric(10,2)", false, None),
            ("decimal", "decimal(10,2)", false, Some(Loses("fractions are rounded away"))),
            ("float8", "int", true, Some(Loses("fractions are rounded away"))),
            ("timestamptz", "date", false, Some(Loses("the time of day is lost"))),
            ("timestamp(6)", "timestamp(3)", false, Some(Loses("fractions of seconds are rounded away"))),
            ("timestamp(3)", "timestamp", false, None),
            ("timestamp", "timestamptz", false, Some(DependsOnTimeZone)),
            ("timestamp", "timestamptz", true, None),
            ("mood", "text", false, None),
        ];
        for (from, to, explicit, expected) in cases {
            assert_eq!(Narrowing::of(from, to, explicit), expected, "{from} to {to}");
        }
    }
}
