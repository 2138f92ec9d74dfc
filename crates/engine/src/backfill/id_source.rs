//! Where the ids come from that are made here.

use limosa_catalog::{Identifier, Literal};
use limosa_ids::{Generator, GeneratorSpec, Key, Numbered, Sources};

use super::definition::{BackfillDefinition, RowChange};
use super::desk::{Desk, Rows};
use super::error::BackfillError;

/// What makes ids.
pub(super) enum IdSource {
    /// A generator that needs nothing else.
    Own(Box<dyn Generator>),
    /// Numbers that a sequence of the database gives out, in blocks.
    Drawn(Numbers),
}

/// The sequence and the key of ids that are permuted numbers.
#[derive(Debug, Clone)]
pub(super) struct Numbers {
    spec: GeneratorSpec,
    numbered: Numbered,
    key: Key,
}

impl IdSource {
    /// The source for a definition's ids; none where no ids are made.
    pub(super) fn new(
        definition: &BackfillDefinition,
        numbers: Option<&Numbers>,
    ) -> Result<Option<Self>, BackfillError> {
        match (&definition.change, numbers) {
            (RowChange::Generate { .. }, Some(numbers)) => Ok(Some(Self::Drawn(numbers.clone()))),
            (RowChange::Generate { spec, .. }, None) => Ok(Some(Self::Own(spec.generator(Sources::system())?))),
            (RowChange::Set { .. } | RowChange::Insert { .. } | RowChange::Delete, _) => Ok(None),
        }
    }

    /// So many ids.
    pub(super) async fn block(&mut self, desk: &Desk<'_>, most: u64) -> Result<Vec<String>, BackfillError> {
        match self {
            Self::Own(generator) => {
                let mut ids = Vec::new();
                for _ in 0..most {
                    ids.push(next(generator.as_mut())?);
                }
                Ok(ids)
            }
            Self::Drawn(numbers) => {
                let sequence = Literal(&numbers.numbered.sequence.to_string()).to_string();
                let sql = format!(
                    "SELECT pg_catalog.string_agg(pg_catalog.nextval({sequence}::regclass)::text, ',') \
                     FROM pg_catalog.generate_series(1, {most})"
                );
                let drawn = desk.ask(&sql).await?;
                let drawn = first(&drawn).unwrap_or_default().split(',');
                numbers.ids(&drawn.filter_map(|number| number.parse().ok()).collect::<Vec<u64>>())
            }
        }
    }
}

impl Numbers {
    /// What the database has for these ids; `None` where they need no sequence.
    pub(super) async fn find(
        desk: &Desk<'_>,
        definition: &BackfillDefinition,
        schema: &Identifier,
    ) -> Result<Option<Self>, BackfillError> {
        let RowChange::Generate { spec, .. } = &definition.change else { return Ok(None) };
        let none = |what: String| BackfillError::NoSequence { what, spec: spec.clone() };
        let Some(numbered) = spec.numbered(schema).map_err(|error| none(error.to_string()))? else { return Ok(None) };
        let function = format!("{}(bigint)", numbered.permuted);
        let sql = format!(
            "SELECT prosrc FROM pg_catalog.pg_proc WHERE oid = pg_catalog.to_regprocedure({})",
            Literal(&function)
        );
        let source = desk.ask(&sql).await?;
        let source = first(&source).ok_or_else(|| none(format!("there is no function {function}")))?;
        let key = Key::in_source(source).map_err(|_| none(format!("{function} is another function than ours")))?;
        let numbers = Self { spec: spec.clone(), numbered, key };
        // The key alone does not tell a length or a prefix.
        let there = desk.ask(&format!("SELECT {}(7)", numbers.numbered.permuted)).await?;
        if first(&there) != numbers.ids(&[7])?.first().map(String::as_str) {
            return Err(none(format!("{function} makes other ids than `{spec}` says")));
        }
        Ok(Some(numbers))
    }

    /// The id that would come next, if nobody else drew one.
    pub(super) async fn upcoming(&self, desk: &Desk<'_>, count: u64) -> Result<Vec<String>, BackfillError> {
        let sql = format!("SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END FROM {}", self.numbered.sequence);
        let next = u64::try_from(super::desk::number(&desk.ask(&sql).await?)).unwrap_or_default();
        self.ids(&(next..next.saturating_add(count)).collect::<Vec<_>>())
    }

    /// The ids of numbers. A run of numbers, each one more than the one before it, costs one setting up.
    fn ids(&self, numbers: &[u64]) -> Result<Vec<String>, BackfillError> {
        let mut ids = Vec::with_capacity(numbers.len());
        let mut running: Option<(u64, Box<dyn Generator>)> = None;
        for &number in numbers {
            let mut generator = match running.take() {
                Some((expected, generator)) if expected == number => generator,
                _ => {
                    let permuted = Some((self.key.clone(), number));
                    self.spec.generator(Sources { permuted, ..Sources::system() })?
                }
            };
            ids.push(next(generator.as_mut())?);
            running = Some((number + 1, generator));
        }
        Ok(ids)
    }
}

pub(super) fn next(generator: &mut dyn Generator) -> Result<String, BackfillError> {
    let mut id = String::new();
    generator.write(&mut id)?;
    Ok(id)
}

fn first(rows: &Rows) -> Option<&str> {
    rows.first()?.first()?.as_deref()
}
