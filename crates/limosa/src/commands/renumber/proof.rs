//! Another order is taken only if it leads to the same schema.

use limosa_engine::{change_line, replay};
use limosa_plan::{DiffOptions, compare};
use limosa_project::{Project, RenumberPlan};
use limosa_syntax::Diagnostic;

use crate::failure::Failure;
use crate::invocation::{Invocation, Part};
use crate::serving::shadow;
use crate::terms::Terms;

/// As many differences are shown.
const SHOWN: usize = 8;

/// Why the new order may be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// It is the old one.
    NotNeeded,
    /// Both lead to the same schema.
    Same,
    /// Somebody takes it without a proof.
    Waived,
}

/// Runs both orders in a throw-away PostgreSQL, where they differ.
///
/// # Errors
/// They do not lead to the same schema, or one of them cannot be run.
pub(super) async fn prove(
    invocation: &Invocation,
    project: &Project,
    part: &Part<'_>,
    plan: &RenumberPlan,
    unproven: bool,
) -> Result<Proof, Failure> {
    if plan.keeps_order() {
        return Ok(Proof::NotNeeded);
    }
    if unproven {
        return Ok(Proof::Waived);
    }
    let terms = Terms::of(invocation, project, part.service)?;
    let known = invocation.known();
    let scripts = part.set.migrations.iter().map(|migration| migration.up.text());
    let mut shadow = shadow(&invocation.environment, None, scripts)?;
    let old: Vec<usize> = (0..part.set.migrations.len()).collect();
    let catalogs: Result<_, Failure> = async {
        let before = replay(&mut shadow, &part.set.in_order(&old), &terms.replay(), &known).await;
        let before =
            before.map_err(|error| unprovable("the order that there is cannot be run", error.diagnostics()))?;
        let after = replay(&mut shadow, &part.set.in_order(&plan.order), &terms.replay(), &known).await;
        let after = after.map_err(|error| unprovable("the new order cannot be run", error.diagnostics()))?;
        Ok((before, after))
    }
    .await;
    shadow.stop().await?;
    let (before, after) = catalogs?;
    let changes = compare(&before, &after, &DiffOptions::default());
    if changes.is_empty() {
        return Ok(Proof::Same);
    }
    let mut error = Diagnostic::error("not-the-same", "the new order leads to another schema");
    error.notes = changes.iter().take(SHOWN).map(change_line).collect();
    if changes.len() > SHOWN {
        error.notes.push(format!("and {} more", changes.len() - SHOWN));
    }
    Err(Failure::findings(vec![error.with_help("choose other versions with `--map FILE`, so that the order stays")]))
}

fn unprovable(message: &str, found: Vec<Diagnostic>) -> Failure {
    let error = Diagnostic::error("order-unproven", format!("{message}, so nothing was renamed"));
    let help = "choose other versions with `--map FILE`; `--unproven` takes these without a proof";
    Failure::findings(found.into_iter().chain([error.with_help(help)]).collect())
}
