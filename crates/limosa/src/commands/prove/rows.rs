//! Where the rows of a proof come from: `--rows`.

use std::str::FromStr;

use limosa_engine::{MaskReason, MaskedColumn, RowSource, Sample, take_sample};
use limosa_project::{EnvironmentName, InvalidName, Project, Seed, mask_settings};

use super::told::people;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::looking::each;
use crate::seeding::ServiceSeeds;
use crate::selection;
use crate::serving::Found;

/// `generated`, `seeds`, or `env:NAME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RowsFrom {
    Generated,
    Seeds,
    Environment(EnvironmentName),
}

/// Why a text is none of them.
#[derive(Debug, thiserror::Error)]
pub(super) enum InvalidRows {
    #[error("expected `generated`, `seeds` or `env:NAME`")]
    Unknown,
    #[error(transparent)]
    Name(#[from] InvalidName),
}

impl FromStr for RowsFrom {
    type Err = InvalidRows;

    fn from_str(text: &str) -> Result<Self, InvalidRows> {
        match text.split_once(':') {
            None if text == "generated" => Ok(Self::Generated),
            None if text == "seeds" => Ok(Self::Seeds),
            Some(("env", name)) => Ok(Self::Environment(EnvironmentName::new(name)?)),
            _ => Err(InvalidRows::Unknown),
        }
    }
}

/// Where the rows of one service come from.
enum ServiceRows {
    Generated,
    Seeds(Vec<Seed>),
    Sample(Sample),
}

/// The rows of each service that takes part, in their order.
pub(super) struct ProjectRows(Vec<ServiceRows>);

impl ProjectRows {
    /// Reads the seeds, or takes samples of up to so many rows of each table and says what was masked.
    pub(super) async fn find(
        from: &RowsFrom,
        most: u32,
        invocation: &Invocation,
        project: &Project,
        parts: &[Part<'_>],
    ) -> Result<Self, Failure> {
        match from {
            RowsFrom::Generated => Ok(Self(parts.iter().map(|_| ServiceRows::Generated).collect())),
            RowsFrom::Seeds => seeds(invocation, project, parts).map(Self),
            RowsFrom::Environment(name) => samples(name, most, invocation, project, parts).await.map(Self),
        }
    }

    /// The rows of the service of this place.
    pub(super) fn of(&self, place: usize) -> RowSource<'_> {
        match self.0.get(place) {
            Some(ServiceRows::Sample(sample)) => RowSource::Sample(sample),
            Some(ServiceRows::Seeds(seeds)) => RowSource::Seeds(seeds),
            Some(ServiceRows::Generated) | None => RowSource::Generated,
        }
    }
}

/// The seeds that are for the environment.
fn seeds(invocation: &Invocation, project: &Project, parts: &[Part<'_>]) -> Result<Vec<ServiceRows>, Failure> {
    let environment = invocation.environment_of(project)?;
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    for Part { service, .. } in parts {
        match ServiceSeeds::read(project, service, environment, |_| false) {
            Ok(found) => {
                if found.seeds.is_empty() {
                    let name = &environment.name;
                    invocation.say(&format!("{}: no seeds for {name}; its rows are made", service.name));
                }
                rows.push(ServiceRows::Seeds(found.seeds));
            }
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(Failure::findings(problems)) }
}

async fn samples(
    environment: &EnvironmentName,
    most: u32,
    invocation: &Invocation,
    project: &Project,
    parts: &[Part<'_>],
) -> Result<Vec<ServiceRows>, Failure> {
    let environment = selection::environment(project, Some(environment))?;
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
                samples.push(ServiceRows::Sample(sample));
            }
            Some(Err(error)) => problems.extend(error.diagnostics()),
            None => samples.push(ServiceRows::Generated),
        }
    }
    if problems.is_empty() { Ok(samples) } else { Err(Failure::findings(problems)) }
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
    fn rows_are_made_declared_or_taken_from_an_environment() {
        assert_eq!("generated".parse::<RowsFrom>().unwrap(), RowsFrom::Generated);
        assert_eq!("seeds".parse::<RowsFrom>().unwrap(), RowsFrom::Seeds);
        let prod = RowsFrom::Environment(EnvironmentName::new("prod").unwrap());
        assert_eq!("env:prod".parse::<RowsFrom>().unwrap(), prod);
        for wrong in ["", "prod", "env:", "env", "generated:x", "seeds:dev"] {
            assert!(wrong.parse::<RowsFrom>().is_err(), "{wrong}");
        }
    }
}
