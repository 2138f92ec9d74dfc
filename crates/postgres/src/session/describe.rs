//! What a statement takes and gives, without running it.

use tokio_postgres::types::Type;

use super::Session;
use crate::server_error::ServerError;

/// What a statement takes and gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The types of its parameters, in the order of their numbers.
    pub parameters: Vec<String>,
    /// The columns of its rows; empty where it returns none.
    pub columns: Vec<DescribedColumn>,
}

/// A column of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedColumn {
    /// Its name, which need not be the only one.
    pub name: String,
    /// Its type: `int4`, `varchar(8)`, `public.mood`. A domain counts as the type that it is made of.
    pub data_type: String,
}

impl Session {
    /// Prepares a statement and asks what it takes and gives. It is parsed and analysed as it would be to be run; of
    /// what only planning or running finds out nothing is seen. Two round trips, and some more for each type that is
    /// met for the first time in this session and does not come with the server.
    ///
    /// # Errors
    /// The server refuses the statement; a position in it counts in its text.
    pub async fn describe(&self, statement: &str) -> Result<Description, ServerError> {
        let prepared = self.client.prepare(statement).await.map_err(|error| self.server_error(&error))?;
        let columns = prepared.columns().iter().map(|column| DescribedColumn {
            name: column.name().to_owned(),
            data_type: name(column.type_(), column.type_modifier()),
        });
        Ok(Description {
            parameters: prepared.params().iter().map(|parameter| name(parameter, -1)).collect(),
            columns: columns.collect(),
        })
    }
}

/// The name of a type with its modifier, as far as that is a length, a precision or a scale.
fn name(data_type: &Type, modifier: i32) -> String {
    let base = match data_type.schema() {
        "pg_catalog" => data_type.name().to_owned(),
        schema => format!("{schema}.{}", data_type.name()),
    };
    // The server stores lengths of texts four higher, and precision and scale of a number in one value.
    match (data_type, modifier) {
        (_, ..0) => base,
        (it, 4..) if [Type::VARCHAR, Type::BPCHAR, Type::VARCHAR_ARRAY, Type::BPCHAR_ARRAY].contains(it) => {
            format!("{base}({})", modifier - 4)
        }
        (it, 4..) if [Type::NUMERIC, Type::NUMERIC_ARRAY].contains(it) => {
            let packed = modifier - 4;
            // The scale is a signed number of eleven bits.
            let scale = ((packed & 0x7ff) ^ 0x400) - 0x400;
            format!("{base}({},{scale})", packed >> 16 & 0xffff)
        }
        (_, modifier) => format!("{base}({modifier})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_named_with_their_lengths() {
        for (data_type, modifier, expected) in [
            (Type::INT4, -1, "int4"),
            (Type::VARCHAR, -1, "varchar"),
            (Type::VARCHAR, 12, "varchar(8)"),
            (Type::BPCHAR, 5, "bpchar(1)"),
            (Type::NUMERIC, ((10 << 16) | 2) + 4, "numeric(10,2)"),
            (Type::NUMERIC, ((3 << 16) | (-2 & 0x7ff)) + 4, "numeric(3,-2)"),
            (Type::TIMESTAMPTZ, 3, "timestamptz(3)"),
        ] {
            assert_eq!(name(&data_type, modifier), expected);
        }
    }
}
