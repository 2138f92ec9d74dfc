//! A row of an answer, whatever brought it.

use std::collections::HashSet;
use std::sync::Arc;

use crate::identifier::Identifier;
use crate::object_name::ObjectName;
use crate::reading::Lettered;
use crate::setting::Setting;
use crate::sql_text::TypeName;

/// One row that the server answered with, by column from 0. The crate that asks implements it for its rows.
///
/// Each method is `None` for SQL's null. An error is the reason for which the value cannot be read as that type.
pub trait Row {
    /// A `text` or `name`.
    ///
    /// # Errors
    /// There is no such column, or it is of another type.
    fn text(&self, column: usize) -> Result<Option<&str>, String>;
    /// A `bool`.
    ///
    /// # Errors
    /// As [`Row::text`].
    fn flag(&self, column: usize) -> Result<Option<bool>, String>;
    /// An `oid`, `int2`, `int4` or `int8`.
    ///
    /// # Errors
    /// As [`Row::text`].
    fn number(&self, column: usize) -> Result<Option<i64>, String>;
    /// A `"char"`.
    ///
    /// # Errors
    /// As [`Row::text`].
    fn letter(&self, column: usize) -> Result<Option<u8>, String>;
    /// A `text[]`.
    ///
    /// # Errors
    /// As [`Row::text`].
    fn texts(&self, column: usize) -> Result<Option<Vec<Option<&str>>>, String>;
    /// An `oid[]`, `int2[]`, `int4[]` or `int8[]`.
    ///
    /// # Errors
    /// As [`Row::text`].
    fn numbers(&self, column: usize) -> Result<Option<Vec<i64>>, String>;
}

/// Why an answer of the server cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the server's answer about {about} has no usable column {}: {reason}", .column + 1)]
pub struct DecodeError {
    /// What was asked about.
    pub about: &'static str,
    /// The column, from 0.
    pub column: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl DecodeError {
    /// The reason where a value is missing that is always there, but for an object that has just been dropped.
    pub const NULL: &'static str = "it is null";
}

/// The texts that occur again and again, each kept once.
#[derive(Debug, Default)]
pub(crate) struct Interner(HashSet<Arc<str>>);

impl Interner {
    pub(crate) fn keep(&mut self, text: &str) -> Arc<str> {
        match self.0.get(text) {
            Some(known) => known.clone(),
            None => {
                let kept: Arc<str> = text.into();
                self.0.insert(kept.clone());
                kept
            }
        }
    }
}

/// The columns of a row, taken one after the other in the order of the query's target list.
pub(crate) struct Columns<'a> {
    about: &'static str,
    row: &'a dyn Row,
    next: usize,
    names: &'a mut Interner,
}

type Result<T, E = DecodeError> = std::result::Result<T, E>;

impl<'a> Columns<'a> {
    pub(crate) fn new(about: &'static str, row: &'a dyn Row, names: &'a mut Interner) -> Self {
        Self { about, row, next: 0, names }
    }

    /// An error about the column that was taken last.
    pub(crate) fn unusable(&self, reason: impl Into<String>) -> DecodeError {
        DecodeError { about: self.about, column: self.next.saturating_sub(1), reason: reason.into() }
    }

    fn take<T>(&mut self, read: impl FnOnce(&'a dyn Row, usize) -> Result<Option<T>, String>) -> Result<Option<T>> {
        let column = self.next;
        self.next += 1;
        read(self.row, column).map_err(|reason| DecodeError { about: self.about, column, reason })
    }

    fn present<T>(&self, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| self.unusable(DecodeError::NULL))
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<&'a str>> {
        self.take(|row, column| row.text(column))
    }

    pub(crate) fn text(&mut self) -> Result<&'a str> {
        let value = self.optional_text()?;
        self.present(value)
    }

    /// Something made of a text, such as an expression.
    pub(crate) fn sql<T: From<&'a str>>(&mut self) -> Result<T> {
        self.text().map(T::from)
    }

    pub(crate) fn optional_sql<T: From<&'a str>>(&mut self) -> Result<Option<T>> {
        Ok(self.optional_text()?.map(T::from))
    }

    fn identifier(&mut self, text: &str) -> Result<Identifier> {
        Identifier::new(self.names.keep(text)).map_err(|error| self.unusable(error.to_string()))
    }

    pub(crate) fn name(&mut self) -> Result<Identifier> {
        let text = self.text()?;
        self.identifier(text)
    }

    pub(crate) fn optional_name(&mut self) -> Result<Option<Identifier>> {
        self.optional_text()?.map(|text| self.identifier(text)).transpose()
    }

    /// A schema and a name within it.
    pub(crate) fn object_name(&mut self) -> Result<ObjectName> {
        Ok(ObjectName { schema: self.name()?, name: self.name()? })
    }

    /// A schema and a name within it, both null or neither.
    pub(crate) fn optional_object_name(&mut self) -> Result<Option<ObjectName>> {
        let (schema, name) = (self.optional_name()?, self.optional_name()?);
        Ok(schema.zip(name).map(|(schema, name)| ObjectName { schema, name }))
    }

    /// Storage parameters and other options of relations, in the order in which they were given.
    pub(crate) fn ordered_settings(&mut self) -> Result<Vec<Setting>> {
        self.texts().map(Setting::in_order)
    }

    /// Options whose order means nothing.
    pub(crate) fn settings(&mut self) -> Result<Vec<Setting>> {
        self.texts().map(Setting::list)
    }

    pub(crate) fn flag(&mut self) -> Result<bool> {
        let value = self.take(|row, column| row.flag(column))?;
        self.present(value)
    }

    pub(crate) fn optional_flag(&mut self) -> Result<Option<bool>> {
        self.take(|row, column| row.flag(column))
    }

    pub(crate) fn optional_number<T: TryFrom<i64>>(&mut self) -> Result<Option<T>> {
        let Some(number) = self.take(|row, column| row.number(column))? else { return Ok(None) };
        T::try_from(number).map(Some).map_err(|_| self.unusable(format!("{number} is out of range")))
    }

    pub(crate) fn number<T: TryFrom<i64>>(&mut self) -> Result<T> {
        let value = self.optional_number()?;
        self.present(value)
    }

    pub(crate) fn oid(&mut self) -> Result<u32> {
        self.number()
    }

    /// A word that the catalogs abbreviate to a letter; `None` where the letter is missing.
    pub(crate) fn optional_word<T: Lettered>(&mut self) -> Result<Option<T>> {
        match self.take(|row, column| row.letter(column))? {
            None | Some(0 | b' ') => Ok(None),
            Some(letter) => T::of_letter(letter).map(Some).ok_or_else(|| {
                let known: String = T::LETTERS.iter().map(|letter| char::from(*letter)).collect();
                self.unusable(format!("expected one of the letters {known}, found {:?}", char::from(letter)))
            }),
        }
    }

    pub(crate) fn word<T: Lettered>(&mut self) -> Result<T> {
        let value = self.optional_word()?;
        self.present(value)
    }

    /// The texts of an array; none for null.
    pub(crate) fn texts(&mut self) -> Result<Vec<&'a str>> {
        Ok(self.optional_texts()?.unwrap_or_default())
    }

    pub(crate) fn optional_texts(&mut self) -> Result<Option<Vec<&'a str>>> {
        let Some(texts) = self.take(|row, column| row.texts(column))? else { return Ok(None) };
        texts.into_iter().map(|text| self.present(text)).collect::<Result<_>>().map(Some)
    }

    pub(crate) fn types(&mut self) -> Result<Vec<TypeName>> {
        let types = self.texts()?;
        Ok(types.into_iter().map(|text| TypeName::from(self.names.keep(text))).collect())
    }

    /// Passes over a column.
    pub(crate) fn skip(&mut self) {
        self.next += 1;
    }

    pub(crate) fn names(&mut self) -> Result<Vec<Identifier>> {
        self.texts()?.into_iter().map(|text| self.identifier(text)).collect()
    }

    pub(crate) fn numbers<T: TryFrom<i64>>(&mut self) -> Result<Vec<T>> {
        let numbers = self.take(|row, column| row.numbers(column))?.unwrap_or_default();
        let convert = |number: i64| T::try_from(number).map_err(|_| self.unusable(format!("{number} is out of range")));
        numbers.into_iter().map(convert).collect()
    }
}
