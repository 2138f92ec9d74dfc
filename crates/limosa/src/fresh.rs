//! `up --fresh`: what comes before the migrations.

use limosa_engine::{
    BackupBeforeRun, Doomed, Event, FreshDone, FreshError, FreshOptions, Observer, StopSignal, doomed, fresh,
};
use limosa_project::{Environment, Project};

use crate::confirm::confirm;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::output::{self, tell};
use crate::run::{Terms, backup_before};
use crate::serving::{Found, Missing, Serving, Waiting};

struct Quiet;

impl Observer for Quiet {
    fn on(&mut self, event: &Event) {
        if let Event::LockWaiting { holder: Some(holder), .. } = event {
            tell(&format!("waiting for {holder}\n"));
        }
    }
}

impl From<FreshError> for Failure {
    fn from(error: FreshError) -> Self {
        match error {
            FreshError::Run(error) => error.into(),
            other => Self { diagnostics: other.diagnostics(), exit: Exit::Findings },
        }
    }
}

/// Takes away what is in the databases, after asking. Nothing is touched before all of them were shown.
pub(crate) async fn start_fresh(
    invocation: &Invocation,
    project: &Project,
    environment: &Environment,
    parts: &[Part<'_>],
    terms: &Terms,
    stop: &StopSignal,
) -> Result<(), Failure> {
    refuse_where_data_count(environment)?;
    let mut serving = Serving::new(invocation, project, environment, parts);
    let backup = terms.saved.map(|saved| backup_before(invocation, project, environment, saved));
    let done = work(invocation, parts, (terms, backup.as_ref()), &mut serving, stop).await;
    serving.stop().await?;
    done
}

fn refuse_where_data_count(environment: &Environment) -> Result<(), Failure> {
    let why = match (environment.protected, environment.confirm) {
        (true, _) => "is protected",
        (_, true) => "has `confirm = true`",
        _ => return Ok(()),
    };
    Err(Failure::usage(
        "protected",
        format!("{} {why}: nothing starts afresh there", environment.name),
        "`--fresh` is for databases to develop and test on",
    ))
}

async fn work(
    invocation: &Invocation,
    parts: &[Part<'_>],
    (terms, backup): (&Terms, Option<&BackupBeforeRun>),
    serving: &mut Serving<'_>,
    stop: &StopSignal,
) -> Result<(), Failure> {
    let mut services = Vec::new();
    for part in parts {
        let mut waiting = Waiting { patience: terms.wait, observer: &mut Quiet, stop };
        // A database that is not there yet is fresh.
        if let Found::Target(target) = serving.target(part.service, Missing::Leave, &mut waiting).await? {
            let found = doomed(&target).await?;
            services.push((part, found));
        }
    }
    if services.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = services.iter().map(|(_, doomed)| line(doomed)).collect();
    confirm(&invocation.global, &format!("Drop everything in {}?", lines.join(" and in ")))?;
    let names: Vec<String> = parts.iter().map(|part| part.service.name.to_string()).collect();
    let actor = invocation.environment.actor();
    let options =
        FreshOptions { services: &names, reason: terms.reason.as_deref(), actor: &actor, wait: terms.wait, backup };
    for (part, doomed) in services {
        let mut waiting = Waiting { patience: terms.wait, observer: &mut Quiet, stop };
        if let Found::Target(target) = serving.target(part.service, Missing::Leave, &mut waiting).await? {
            let FreshDone { kept, saved } = fresh(&target, &options, &mut Quiet, stop).await?;
            if let Some(made) = saved {
                invocation.say(&format!("{}: {}", output::saved(made.bytes, made.rows), made.file.display()));
            }
            invocation.say(&format!("dropped everything in {}", line(&doomed)));
            kept.iter().for_each(|kept| invocation.say(&format!("left alone: {kept}")));
        }
    }
    Ok(())
}

fn line(Doomed { database, tables, rows }: &Doomed) -> String {
    let count = |count: u64, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    format!("{database} ({}, {})", count(*tables as u64, "table"), count(*rows, "row"))
}
