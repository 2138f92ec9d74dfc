//! Where the rows of a proof come from: `--rows`.

use std::str::FromStr;

use limosa_engine::{MaskReason, MaskedColumn, RowSource, Sample, take_sample};
use limosa_project::{EnvironmentName, InvalidName, Project, mask_settings};

use super::told::people;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::looking::each;
use crate::selection;
use crate::serving::Found;

/// `generated`, or `env:NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowsFrom {
    Generated,
    Environment(EnvironmentName),
}

/// Why a text is none of them.
#[derive(Debug, thiserror::Error)]
pub(super) enum InvalidRows {
    #[error("expected `generated` or `env:NAME`")]
    Unknown,
    #[error(transparent)]
    Name(#[from] InvalidName),
}

impl FromStr for RowsFrom {
    type Err = InvalidRows;

    fn from_str(text: &str) -> Result<Self, InvalidRows> {
        match text.split_once(':') {
            None if text == "generated" => Ok(Self::Generated),
            Some(("env", name)) => Ok(Self::Environment(EnvironmentName::new(name)?)),
            _ => Err(InvalidRows::Unknown),
        }
    }
}

/// The rows of each service that takes part, in their order; `None` where they are made.
pub(super) struct Samples(Vec<Option<Sample>>);

impl Samples {
    /// Takes samples of up to so many rows of each table, where they are not made, and says what was masked.
    pub(super) async fn take(
        from: &RowsFrom,
        most: u32,
        invocation: &Invocation,
        project: &Project,
        parts: &[Part<'_>],
    ) -> Result<Self, Failure> {
        let RowsFrom::Environment(name) = from else { return Ok(Self(parts.iter().map(|_| None).collect())) };
        let environment = selection::environment(project, Some(name))?;
        let masks = mask_settings(project).map_err(Failure::findings)?;
        let taken = each(invocation, project, environment, parts, async |_, found| match found {
            Found::Target(target) => Ok(Some(take_sample(&target, most, &masks).await)),
            Found::NotYet { .. } => Ok(None),
        });
        let (mut samples, mut problems) = (Vec::new(), Vec::new());
        for (part, taken) in parts.iter().zip(taken.await?) {
            match taken? {
                Some(Ok(sample)) => {
                    let service = &part.service.name;
                    invocation.say(&format!("{service}: {}", told(&sample)));
                    samples.push(Some(sample));
                }
                Some(Err(error)) => problems.extend(error.diagnostics()),
                None => samples.push(None),
            }
        }
        if problems.is_empty() { Ok(Self(samples)) } else { Err(Failure::findings(problems)) }
    }

    /// The rows of the service of this place.
    pub(super) fn of(&self, place: usize) -> RowSource<'_> {
        match self.0.get(place) {
            Some(Some(sample)) => RowSource::Sample(sample),
            _ => RowSource::Generated,
        }
    }
}

/// `1204 rows of 14 tables; masked are public.patient.email (email), public.patient.ssn (hash, as [mask] says)`
fn told(sample: &Sample) -> String {
    let (tables, rows) = sample.extent();
    let masked: Vec<String> = sample.masked.iter().map(masked).collect();
    let masked =
        if masked.is_empty() { "nothing is masked".to_owned() } else { format!("masked are {}", masked.join(", ")) };
    format!("{rows} rows of {tables} tables; {masked}")
}

fn masked(it: &MaskedColumn) -> String {
    let reason = match it.reason {
        MaskReason::Declared => ", as [mask] says",
        MaskReason::LooksPersonal => "",
        MaskReason::Refers => ", as what it refers to",
    };
    format!("{}.{} ({}{reason})", people(&it.column.relation), it.column.name.for_people(), it.mask.word())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_made_or_taken_from_an_environment() {
        assert_eq!("generated".parse::<RowsFrom>().unwrap(), RowsFrom::Generated);
        let prod = RowsFrom::Environment(EnvironmentName::new("prod").unwrap());
        assert_eq!("env:prod".parse::<RowsFrom>().unwrap(), prod);
        for wrong in ["", "prod", "env:", "env", "generated:x"] {
            assert!(wrong.parse::<RowsFrom>().is_err(), "{wrong}");
        }
    }
}
