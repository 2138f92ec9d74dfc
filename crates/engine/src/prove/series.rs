//! The proofs of a set of migrations, one after the other.

use limosa_postgres::Shadow;
use limosa_project::{Migration, MigrationSet};

use super::answer::{Found, KeptProof};
use super::course::Course;
use super::fill::RowSource;
use super::phased::is_online;
use super::proof::{Proof, ProofStep, ProofVerdict};
use crate::desired::{Answers, DesiredError, Question, Replay};
use crate::run_error::RunError;
use crate::stop::StopSignal;

/// What is to be proven of each migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofExtent {
    /// That it can be taken back and applied again.
    ThereAndBack,
    /// Also that it can be applied on top of itself, changing nothing.
    Twice,
}

/// What is to be proven, and with which rows.
#[derive(Debug, Clone, Copy)]
pub struct ProofRequest<'a> {
    /// What of each migration.
    pub extent: ProofExtent,
    /// The rows that are there before it.
    pub rows: RowSource<'a>,
}

/// Proves every migration of a set that its rows have before them, in order, in one shadow database; `told` hears of
/// each as it is done. What was proven before, with the same texts before it on the same server, is not run again. A
/// migration that cannot be applied at all ends the proof.
///
/// # Errors
/// A migration that does not run the first time, or a shadow that cannot be had.
pub async fn prove(
    shadow: &mut Shadow,
    set: &MigrationSet,
    replay: &Replay<'_>,
    request: ProofRequest<'_>,
    known: &Answers,
    stop: &StopSignal,
    told: &mut dyn FnMut(&Proof),
) -> Result<Vec<Proof>, DesiredError> {
    let ProofRequest { rows, .. } = request;
    // Rows of an environment are nobody's business but this run's.
    let nothing = Answers::nothing();
    let known = if rows.are_real() { &nothing } else { known };
    let behind = rows.behind(set);
    let mut question = replay.question(shadow, "proof");
    let (mut proofs, mut shadow, mut course) = (Vec::new(), Some(shadow), None);
    for (index, migration) in set.migrations.iter().enumerate().skip(behind) {
        if stop.is_asked() {
            return Err(DesiredError::Replay(Box::new(RunError::Stopped { resumable: None })));
        }
        question =
            replay.after(question.and(&format!("{} {:?}", migration.version, migration.transaction)), &migration.up);
        let asked = of_one(&question, replay, migration, request);
        let kept = known.answer(&asked).and_then(|text| serde_json::from_str::<KeptProof>(&text).ok());
        if let Some(found) = kept.and_then(KeptProof::found) {
            tell(told, &mut proofs, proof(migration, found, true));
            continue;
        }
        if course.is_none() {
            let Some(shadow) = shadow.take() else { break };
            course = Some(Course::new(shadow, set, replay, rows, stop).await?);
        }
        let Some(course) = &mut course else { break };
        let before = index.checked_sub(1).and_then(|index| set.migrations.get(index));
        // On the heap: it holds runs there and back.
        let found = Box::pin(course.prove(before, migration, request.extent)).await?;
        // The next one is proven on the state that this one leads to, if that can be reached again.
        let goes_on = match found.verdict {
            ProofVerdict::Proven | ProofVerdict::NoDown => true,
            ProofVerdict::UpFails(_) | ProofVerdict::UpFailsAgain(ProofStep::UpAgain, _) => false,
            _ => course.go_to(migration).await.is_ok(),
        };
        let proof = proof(migration, found, false);
        if let Some(kept) = KeptProof::of(&proof).and_then(|kept| serde_json::to_string(&kept).ok()) {
            known.keep(&asked, &kept);
        }
        tell(told, &mut proofs, proof);
        if !goes_on {
            break;
        }
    }
    Ok(proofs)
}

fn tell(told: &mut dyn FnMut(&Proof), proofs: &mut Vec<Proof>, proof: Proof) {
    told(&proof);
    proofs.push(proof);
}

/// The question about one migration, after those about all before it.
fn of_one(chain: &Question, replay: &Replay<'_>, migration: &Migration, request: ProofRequest<'_>) -> Question {
    let question = request.rows.question(chain.clone().and(&format!("{:?}", request.extent)), replay.values);
    let question = if is_online(migration) { question.and("in phases 1") } else { question };
    match &migration.down {
        Some(down) => replay.after(question.and("down"), down),
        None => question.and("no down"),
    }
}

fn proof(migration: &Migration, found: Found, known: bool) -> Proof {
    Proof {
        version: migration.version.to_string(),
        name: migration.name.to_string(),
        path: migration.up.source.path.clone(),
        verdict: found.verdict,
        notes: found.notes,
        rows: found.rows,
        losses: found.losses,
        known,
    }
}
