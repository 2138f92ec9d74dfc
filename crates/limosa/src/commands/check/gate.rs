//! What the sections share: the project, a shadow, what is pending.

use std::collections::BTreeSet;
use std::sync::Arc;

use limosa_catalog::Catalog;
use limosa_engine::{Present, RunError, StopSignal, catalogs_before, replay};
use limosa_postgres::Shadow;
use limosa_project::{Environment, Migration, PendingName, Project, check_settings};

use crate::checking::changed_since;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::looking::each;
use crate::serving::{Found, shadow};
use crate::terms::Terms;

/// What the sections share.
pub(super) struct Gate<'a> {
    pub(super) invocation: &'a Invocation,
    pub(super) project: &'a Project,
    pub(super) parts: &'a [Part<'a>],
    pub(super) stop: &'a StopSignal,
    /// The files that were changed since the base revision, where there is one.
    pub(super) changed: Option<Vec<String>>,
    shadow: Option<Shadow>,
    /// What the migrations of each part lead to, as far as it was asked for.
    catalogs: Vec<Option<Catalog>>,
    /// For each part where its database stands, where that is known.
    present: Option<Vec<Option<Present>>>,
}

impl<'a> Gate<'a> {
    pub(super) fn new(
        invocation: &'a Invocation,
        project: &'a Project,
        parts: &'a [Part<'a>],
        stop: &'a StopSignal,
        base: Option<&str>,
    ) -> Result<Self, Failure> {
        let configured = check_settings(project)?.base;
        let changed = match (base, configured) {
            (Some(base), _) => Some(changed_since(&project.root, base)?),
            (None, Some(base)) => Some(changed_since(&project.root, &base)?),
            (None, None) => None,
        };
        Ok(Self {
            invocation,
            project,
            parts,
            stop,
            changed,
            shadow: None,
            catalogs: vec![None; parts.len()],
            present: None,
        })
    }

    /// Whether the command line names an environment or a URL, of which the databases are asked.
    pub(super) fn is_live(&self) -> bool {
        self.invocation.global.env.is_some() || self.invocation.global.url.is_some()
    }

    /// The throw-away server of all sections.
    pub(super) fn shadow(&mut self) -> Result<&mut Shadow, Failure> {
        if self.shadow.is_none() {
            let scripts =
                self.parts.iter().flat_map(|part| part.set.migrations.iter().map(|migration| migration.up.text()));
            self.shadow = Some(shadow(&self.invocation.environment, None, scripts)?);
        }
        self.shadow.as_mut().ok_or_else(|| Failure::usage("no-shadow", "there is no shadow", "run it again"))
    }

    /// The environment whose databases are asked.
    pub(super) fn environment(&self) -> Result<&'a Environment, Failure> {
        self.invocation.environment_of(self.project)
    }

    /// What the migrations of a part lead to on an empty database.
    pub(super) async fn catalog(&mut self, number: usize) -> Result<&Catalog, Failure> {
        if self.catalogs[number].is_none() {
            let part = &self.parts[number];
            let terms = self.terms(part)?;
            let known = self.invocation.known();
            self.catalogs[number] = Some(replay(self.shadow()?, &part.set, &terms.replay(), &known).await?);
        }
        let missing = || Failure::usage("no-catalog", "there is no catalog", "run it again");
        self.catalogs[number].as_ref().ok_or_else(missing)
    }

    /// The catalog before the first migration of a part that was changed since the base revision; `None` where there is
    /// no base, the whole catalog where nothing was changed.
    pub(super) async fn catalog_before_changes(&mut self, number: usize) -> Result<Option<Catalog>, Failure> {
        let Some(changed) = &self.changed else { return Ok(None) };
        let part = &self.parts[number];
        let is_changed = |migration: &&Migration| changed.contains(&migration.up.source.path);
        let Some(first) = part.set.migrations.iter().find(is_changed) else {
            return Ok(Some(self.catalog(number).await?.clone()));
        };
        let terms = self.terms(part)?;
        let known = self.invocation.known();
        let wanted = BTreeSet::from([first.version.clone()]);
        let found = catalogs_before(self.shadow()?, &part.set, &terms.replay(), &wanted, &known).await?;
        Ok(found.into_values().next().map(Arc::unwrap_or_clone))
    }

    /// What a replay of a part needs to know.
    pub(super) fn terms(&self, part: &Part<'_>) -> Result<Terms, Failure> {
        Terms::of(self.invocation, self.project, part.service)
    }

    /// Where the database of each part stands, in its order: that of the targets where an environment or URL is named,
    /// else one that has all but the files that were changed since the base revision. `None` where nobody can tell.
    pub(super) async fn present(&mut self) -> Result<&[Option<Present>], Failure> {
        if self.present.is_none() {
            let present = if self.is_live() { self.present_on_targets().await? } else { self.present_at_base() };
            self.present = Some(present);
        }
        Ok(self.present.as_deref().unwrap_or_default())
    }

    fn present_at_base(&self) -> Vec<Option<Present>> {
        let of_part = |part: &Part<'_>| {
            let changed = self.changed.as_ref()?;
            let is_new = |migration: &&Migration| changed.contains(&migration.up.source.path);
            let pending = part.set.migrations.iter().filter(is_new).map(|migration| migration.version.clone());
            Some(Present { pending: pending.collect(), open: Vec::new() })
        };
        self.parts.iter().map(of_part).collect()
    }

    async fn present_on_targets(&self) -> Result<Vec<Option<Present>>, Failure> {
        let environment = self.invocation.environment_of(self.project)?;
        let order = environment.run.order;
        let ask = async |part: &'a Part<'a>, found: Found| -> Result<Present, RunError> {
            match found {
                Found::NotYet { .. } => Ok(Present::nothing_applied(&part.set)),
                Found::Target(target) => {
                    let status = limosa_engine::status(&target, &part.set, order).await?;
                    if !status.problems.is_empty() {
                        return Err(RunError::Problems(status.problems));
                    }
                    Ok(status.present())
                }
            }
        };
        let found = each(self.invocation, self.project, environment, self.parts, ask).await?;
        found.into_iter().map(|present| present.map(Some)).collect()
    }

    /// The pending migrations of all parts by name, where all are known.
    pub(super) async fn pending_names(&mut self) -> Result<Option<Vec<PendingName>>, Failure> {
        let present: Vec<Option<Present>> = self.present().await?.to_vec();
        let mut names = Vec::new();
        for (part, present) in self.parts.iter().zip(present) {
            let Some(present) = present else { return Ok(None) };
            let found = present.pending.iter().filter_map(|version| part.set.find(version));
            names.extend(found.map(|migration| PendingName {
                version: migration.version.to_string(),
                name: migration.name.to_string(),
            }));
        }
        Ok(Some(names))
    }

    /// Stops the shadow, if one was started.
    pub(super) async fn stop(self) -> Result<(), Failure> {
        match self.shadow {
            Some(shadow) => Ok(shadow.stop().await?),
            None => Ok(()),
        }
    }
}
