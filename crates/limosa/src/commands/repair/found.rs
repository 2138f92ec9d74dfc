//! What there is to mend on the targets.

use limosa_engine::{RowState, RunError, TargetStatus, TrackedSeed, kept_migrations, tracked_seeds};
use limosa_project::{KeptMigration, Migration, OrderPolicy, Project, Version, read_seeds};

use super::Here;
use crate::failure::Failure;
use crate::invocation::Part;
use crate::looking::{each, status_of};
use crate::serving::Found;

/// One thing that is wrong, and what mends it.
pub(super) struct Finding {
    pub(super) service: String,
    /// What it is about: a version and a name, or a seed.
    pub(super) about: String,
    pub(super) what: &'static str,
    /// What to type.
    pub(super) repair: String,
}

/// What is wrong with one service.
pub(super) struct Repairable<'s> {
    pub(super) part: &'s Part<'s>,
    pub(super) status: Option<TargetStatus<'s>>,
    /// What the history keeps of all that is applied.
    pub(super) kept: Vec<KeptMigration>,
    /// Seeds that were run and have no file.
    pub(super) lost_seeds: Vec<TrackedSeed>,
    pub(super) findings: Vec<Finding>,
}

/// Looks at all targets of an environment.
pub(super) async fn look_for_repairs<'s>(here: Here<'s>) -> Result<Vec<Repairable<'s>>, Failure> {
    let Here { invocation, project, environment, parts } = here;
    let ask = async |part: &'s Part<'s>, found: Found| -> Result<Repairable<'s>, RunError> {
        let Found::Target(target) = &found else {
            return Ok(Repairable {
                part,
                status: None,
                kept: Vec::new(),
                lost_seeds: Vec::new(),
                findings: Vec::new(),
            });
        };
        let status = status_of(part, &found, OrderPolicy::Any).await?;
        let before_moves = |version: &str| {
            let moved = status.renumbering.iter().find(|it| it.to.as_str() == version);
            moved.map_or_else(|| version.to_owned(), |it| it.from.clone())
        };
        let versioned = status.history.rows.iter().filter(|row| !row.repeatable);
        let versions: Vec<String> = versioned.map(|row| before_moves(&row.version)).collect();
        let (kept, seeds) = match status.history.format {
            Some(_) => (kept_migrations(target, &versions).await?, tracked_seeds(target).await?),
            None => (Vec::new(), Vec::new()),
        };
        Ok(Repairable::of(project, part, status, kept, seeds))
    };
    each(invocation, project, environment, parts, ask).await?.into_iter().collect()
}

impl<'s> Repairable<'s> {
    fn of(
        project: &Project,
        part: &'s Part<'s>,
        status: TargetStatus<'s>,
        kept: Vec<KeptMigration>,
        seeds: Vec<TrackedSeed>,
    ) -> Self {
        let there = read_seeds(project, part.service).map(|seeds| seeds.iter().map(|it| it.name.to_string()).collect());
        let there: Vec<String> = there.unwrap_or_default();
        let is_lost = |seed: &TrackedSeed| !there.contains(&seed.name) && !project.root.join(&seed.path).exists();
        let lost_seeds = seeds.into_iter().filter(is_lost).collect();
        let mut found = Self { part, status: Some(status), kept, lost_seeds, findings: Vec::new() };
        found.findings = found.tell();
        found
    }

    /// Migrations that are applied and have no file; those that only have another version here are not meant.
    pub(super) fn missing(&self) -> Vec<&KeptMigration> {
        let Some(status) = &self.status else { return Vec::new() };
        let set = &self.part.set;
        let is_gone = |kept: &&KeptMigration| {
            let Some(row) = status.history.row(&kept.version) else { return false };
            let file = kept.version.parse::<Version>().ok().and_then(|version| set.find(&version));
            let elsewhere = || set.migrations.iter().any(|it| it.checksum.to_string() == row.checksum);
            file.is_none() && !elsewhere()
        };
        self.kept.iter().filter(is_gone).collect()
    }

    /// Migrations that are there and lack the way back that the history keeps.
    pub(super) fn without_down(&self) -> Vec<(&Migration, &KeptMigration)> {
        let with_kept = self.part.set.migrations.iter().filter(|it| it.down.is_none()).filter_map(|migration| {
            let is_it = |kept: &&KeptMigration| kept.version.parse() == Ok(migration.version.clone());
            Some((migration, self.kept.iter().find(is_it).filter(|kept| kept.down.is_some())?))
        });
        with_kept.filter(|(migration, kept)| migration.checksum == limosa_project::Checksum::of(&kept.up)).collect()
    }

    /// Migrations whose file is not what was applied, with what was.
    pub(super) fn edited(&self) -> Vec<(&'s Migration, &KeptMigration)> {
        let Some(status) = &self.status else { return Vec::new() };
        let of_migration = |migration: &'s Migration| {
            let kept = self.kept.iter().find(|kept| kept.version.parse() == Ok(migration.version.clone()))?;
            let row = status.history.row(&kept.version)?;
            let differs = row.state == RowState::Applied && row.checksum != migration.checksum.to_string();
            differs.then_some((migration, kept))
        };
        self.part.set.migrations.iter().filter_map(of_migration).collect()
    }

    fn tell(&self) -> Vec<Finding> {
        let service = &self.part.service.name;
        let finding = |about: String, what, repair: String| Finding {
            service: service.to_string(),
            about,
            what,
            repair: format!("limosa --service {service} repair {repair}"),
        };
        let kept = |kept: &KeptMigration| format!("{} {}", kept.version, kept.name);
        let mut findings = Vec::new();
        findings.extend(
            self.missing().into_iter().map(|it| finding(kept(it), "is applied and has no file", "files".to_owned())),
        );
        findings.extend(
            self.without_down()
                .into_iter()
                .map(|(_, it)| finding(kept(it), "has lost its down file", "files".to_owned())),
        );
        findings.extend(self.edited().into_iter().map(|(migration, it)| {
            finding(kept(it), "was edited after it was applied", format!("accept {}", migration.version))
        }));
        findings.extend(
            self.lost_seeds
                .iter()
                .map(|seed| finding(format!("seed {}", seed.name), "was run and has no file", "files".to_owned())),
        );
        if let Some(row) = self.status.as_ref().and_then(TargetStatus::unfinished) {
            let about = format!("{} {}", row.version, row.name);
            findings.push(finding(about, "is half done", format!("resolve {}", row.version)));
        }
        findings
    }
}
