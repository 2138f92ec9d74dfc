//! Rows as the catalog's decoding wants them.

use limosa_catalog::Row;
use tokio_postgres::types::{FromSql, Type};

/// A row from the wire.
pub(super) struct WireRow(pub(super) tokio_postgres::Row);

impl WireRow {
    fn get<'a, T: FromSql<'a>>(&'a self, column: usize) -> Result<Option<T>, String> {
        self.0.try_get::<_, Option<T>>(column).map_err(|error| error.to_string())
    }

    fn kind(&self, column: usize) -> Result<&Type, String> {
        let column = self.0.columns().get(column).ok_or("the answer has fewer columns")?;
        Ok(column.type_())
    }
}

impl Row for WireRow {
    fn text(&self, column: usize) -> Result<Option<&str>, String> {
        self.get(column)
    }

    fn flag(&self, column: usize) -> Result<Option<bool>, String> {
        self.get(column)
    }

    fn number(&self, column: usize) -> Result<Option<i64>, String> {
        Ok(match *self.kind(column)? {
            Type::OID => self.get::<u32>(column)?.map(i64::from),
            Type::INT2 => self.get::<i16>(column)?.map(i64::from),
            Type::INT4 => self.get::<i32>(column)?.map(i64::from),
            _ => self.get::<i64>(column)?,
        })
    }

    fn letter(&self, column: usize) -> Result<Option<u8>, String> {
        Ok(self.get::<i8>(column)?.map(i8::cast_unsigned))
    }

    fn texts(&self, column: usize) -> Result<Option<Vec<Option<&str>>>, String> {
        self.get(column)
    }

    fn numbers(&self, column: usize) -> Result<Option<Vec<i64>>, String> {
        fn widen<T: Into<i64>>(numbers: Option<Vec<T>>) -> Option<Vec<i64>> {
            numbers.map(|numbers| numbers.into_iter().map(Into::into).collect())
        }
        Ok(match *self.kind(column)? {
            Type::OID_ARRAY => widen(self.get::<Vec<u32>>(column)?),
            Type::INT2_ARRAY => widen(self.get::<Vec<i16>>(column)?),
            Type::INT4_ARRAY => widen(self.get::<Vec<i32>>(column)?),
            _ => self.get(column)?,
        })
    }
}
