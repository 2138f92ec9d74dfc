//! The seeds of a service in an environment.

use limosa_engine::{RunError, SeedReport, SeedState, Target, seed_status};
use limosa_postgres::ClientContext;
use limosa_project::{Environment, Project, Seed, Service, read_seeds};
use limosa_syntax::Diagnostic;

/// A service's seeds, parted by environment.
pub(crate) struct ServiceSeeds {
    /// Those that are for the environment.
    pub(crate) seeds: Vec<Seed>,
    /// The names of those that are for others.
    pub(crate) elsewhere: Vec<String>,
}

impl ServiceSeeds {
    /// Finds them. What `is_meant` picks is for the environment whatever the file says.
    pub(crate) fn read(
        project: &Project,
        service: &Service,
        environment: &Environment,
        is_meant: impl Fn(&Seed) -> bool,
    ) -> Result<Self, Vec<Diagnostic>> {
        let all = read_seeds(project, service)?.into_iter();
        let (seeds, others): (Vec<_>, Vec<_>) = all.partition(|seed| seed.is_for(environment) || is_meant(seed));
        Ok(Self { seeds, elsewhere: others.iter().map(|seed| seed.name.to_string()).collect() })
    }

    /// How they stand on a target; `None` where there are none.
    pub(crate) async fn stand(&self, target: &Target, context: &ClientContext) -> Result<Option<SeedReport>, RunError> {
        if self.seeds.is_empty() {
            return Ok(None);
        }
        let values = |name: &str| name.strip_prefix("env:").and_then(|name| context.variables.get(name).cloned());
        seed_status(target, &self.seeds, &self.elsewhere, &values).await.map(Some)
    }
}

/// What `seed` would have to do, in one line; `None` where that is nothing.
pub(crate) fn to_do(report: &SeedReport) -> Option<String> {
    let count = |state| report.seeds.iter().filter(|seed| seed.state == state).count();
    let counts = [
        (count(SeedState::New), "new"),
        (count(SeedState::Changed), "changed"),
        (count(SeedState::TableAnew), "with a new table"),
        (report.lost.len(), "without a file"),
    ];
    let parts: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
