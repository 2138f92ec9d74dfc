//! Checks between migrations and after the last.

use std::collections::HashMap;
use std::pin::Pin;

use limosa_engine::{CheckOutcome, CheckTerms, CheckVerdict, Checks, Moment, StopSignal, check_session};
use limosa_postgres::Session;
use limosa_project::{CheckQuery, CheckSettings, CheckTime, Project, Service, check_settings, read_checks};
use limosa_syntax::Diagnostic;

use super::command::run_command;
use crate::failure::Failure;
use crate::serving::search_path;

/// The checks of one service's run.
pub(crate) struct DuringUp<'a> {
    project: &'a Project,
    service: &'a Service,
    settings: CheckSettings,
    queries: Vec<CheckQuery>,
    /// What commands see beside the variables of the process.
    pub(crate) variables: HashMap<String, String>,
    stop: StopSignal,
}

impl<'a> DuringUp<'a> {
    /// Reads what there is to check, before anything runs.
    pub(crate) fn read(project: &'a Project, service: &'a Service, stop: &StopSignal) -> Result<Self, Failure> {
        let settings = check_settings(project)?;
        let queries = match settings.time {
            CheckTime::Never => Vec::new(),
            _ => read_checks(project, service).map_err(Failure::findings)?,
        };
        Ok(Self { project, service, settings, queries, variables: HashMap::new(), stop: stop.clone() })
    }

    async fn run_all(&self, session: &Session, moment: &Moment) -> Vec<CheckOutcome> {
        let terms = CheckTerms {
            role: self.service.owner_role.clone(),
            search_path: search_path(&self.service.schemas)
                .or_else(|| session.unset_search_path().map(ToOwned::to_owned)),
            timeout: self.settings.timeout,
            unfinished: *moment != Moment::End,
        };
        let mut outcomes = match check_session(session, &self.queries, &terms).await {
            Ok(outcomes) => outcomes,
            Err(error) => {
                let lost =
                    Diagnostic::error("check-refused", "the checks could not be run").with_note(error.to_string());
                let verdict = CheckVerdict::Failed(Box::new(lost));
                return vec![CheckOutcome { name: "connection".to_owned(), took: std::time::Duration::ZERO, verdict }];
            }
        };
        for command in self.commands() {
            let variables = self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            outcomes.push(run_command(command, &self.project.root, variables, &self.stop).await);
        }
        outcomes
    }

    fn commands(&self) -> impl Iterator<Item = &limosa_project::CheckCommand> {
        let is_meant = |services: &[_]| services.is_empty() || services.contains(&self.service.name);
        self.settings.commands.iter().filter(move |command| is_meant(&command.services))
    }
}

impl Checks for DuringUp<'_> {
    fn wanted(&self, moment: &Moment) -> bool {
        let time = match moment {
            Moment::Between { .. } => self.settings.time == CheckTime::AfterEach,
            Moment::End => self.settings.time != CheckTime::Never,
        };
        time && (!self.queries.is_empty() || self.commands().next().is_some())
    }

    fn run<'s>(
        &'s self,
        session: &'s Session,
        moment: &'s Moment,
    ) -> Pin<Box<dyn Future<Output = Vec<CheckOutcome>> + 's>> {
        Box::pin(self.run_all(session, moment))
    }
}
