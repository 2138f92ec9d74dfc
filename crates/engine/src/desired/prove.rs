//! Proof that each migration can be taken back: up, down, up in a shadow, with the catalogs compared.

use limosa_catalog::{Catalog, ObjectId, ObjectKind, ObjectName};
use limosa_postgres::{Session, Shadow};
use limosa_project::{Migration, MigrationSet};

use super::answers::{Answers, Question};
use super::failure::DesiredError;
use super::proof::{Proof, ProofStep, ProofVerdict, RowCount, column_order, difference};
use super::replay::{Replay, read_catalog, run_up};
use crate::down::{Back, DownFrom, DownOptions, down};
use crate::event::{Event, Observer};
use crate::history::{put_aside, put_back};
use crate::run_error::RunError;
use crate::stop::StopSignal;
use crate::target::Target;
use crate::up::Extent;

/// What is to be proven of each migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofExtent {
    /// That it can be taken back and applied again.
    ThereAndBack,
    /// Also that it can be applied on top of itself, changing nothing.
    Twice,
}

/// Each takes a lock until the query ends, and a server has room for some thousands.
const TABLES_AT_ONCE: usize = 500;

struct Silent;

impl Observer for Silent {
    fn on(&mut self, _: &Event) {}
}

/// Proves every migration of a set, in order, in one shadow database; `told` hears of each as it is done. What was
/// proven before, with the same texts before it on the same server, is not run again. A migration that cannot be
/// applied at all ends the proof.
///
/// # Errors
/// A migration that does not run the first time, or a shadow that cannot be had.
pub async fn prove(
    shadow: &mut Shadow,
    set: &MigrationSet,
    replay: &Replay<'_>,
    extent: ProofExtent,
    known: &Answers,
    stop: &StopSignal,
    told: &mut dyn FnMut(&Proof),
) -> Result<Vec<Proof>, DesiredError> {
    let mut question = replay.question(shadow, "proof");
    let (mut proofs, mut course) = (Vec::new(), None);
    for (index, migration) in set.migrations.iter().enumerate() {
        if stop.is_asked() {
            return Err(DesiredError::Replay(Box::new(RunError::Stopped { resumable: None })));
        }
        question =
            replay.after(question.and(&format!("{} {:?}", migration.version, migration.transaction)), &migration.up);
        let asked = of_one(&question, replay, migration, extent);
        if let Some((verdict, notes)) = known.answer(&asked).as_deref().and_then(read_answer) {
            tell(told, &mut proofs, proof(migration, verdict, notes, true));
            continue;
        }
        if course.is_none() {
            let settings = shadow.database().await?;
            let target = replay.target(settings, shadow.takes_one_connection());
            course = Some(Course { target, set, replay, stop, here: None });
        }
        let Some(course) = &mut course else { continue };
        let mut notes = Vec::new();
        let before = index.checked_sub(1).and_then(|index| set.migrations.get(index));
        let verdict = course.prove(before, migration, extent, &mut notes).await?;
        if let Some(word) = word(&verdict) {
            known.keep(&asked, &[&[word.to_owned()], notes.as_slice()].concat().join("\n"));
        }
        // The next one is proven on the state that this one leads to, if that can be reached again.
        let goes_on = match verdict {
            ProofVerdict::Proven | ProofVerdict::NoDown => true,
            ProofVerdict::UpFailsAgain(ProofStep::UpAgain, _) => false,
            _ => course.go_to(migration).await.is_ok(),
        };
        tell(told, &mut proofs, proof(migration, verdict, notes, false));
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

const PROVEN: &str = "proven";
const NO_DOWN: &str = "no way back";

/// The first line of what is kept of a proof, where nothing else has to be said of it.
fn word(verdict: &ProofVerdict) -> Option<&'static str> {
    match verdict {
        ProofVerdict::Proven => Some(PROVEN),
        ProofVerdict::NoDown => Some(NO_DOWN),
        _ => None,
    }
}

fn read_answer(text: &str) -> Option<(ProofVerdict, Vec<String>)> {
    let mut lines = text.lines();
    let verdict = match lines.next()? {
        PROVEN => ProofVerdict::Proven,
        NO_DOWN => ProofVerdict::NoDown,
        _ => return None,
    };
    Some((verdict, lines.map(str::to_owned).collect()))
}

/// The question about one migration, after those about all before it.
fn of_one(chain: &Question, replay: &Replay<'_>, migration: &Migration, extent: ProofExtent) -> Question {
    let question = chain.clone().and(&format!("{extent:?}"));
    match &migration.down {
        Some(down) => replay.after(question.and("down"), down),
        None => question.and("no down"),
    }
}

fn proof(migration: &Migration, verdict: ProofVerdict, notes: Vec<String>, known: bool) -> Proof {
    Proof {
        version: migration.version.to_string(),
        name: migration.name.to_string(),
        path: migration.up.source.path.clone(),
        verdict,
        notes,
        known,
    }
}

/// The shadow database in which one migration after the other is proven.
struct Course<'a> {
    target: Target,
    set: &'a MigrationSet,
    replay: &'a Replay<'a>,
    stop: &'a StopSignal,
    /// Where it stands: after this migration, with this catalog.
    here: Option<(String, Catalog)>,
}

impl Course<'_> {
    async fn go_to(&self, migration: &Migration) -> Result<(), DesiredError> {
        run_up(&self.target, self.set, self.replay, Extent::To(migration.version.clone()), self.stop).await
    }

    /// The catalog after the migration before.
    async fn begin(&mut self, before: Option<&Migration>) -> Result<Catalog, DesiredError> {
        let Some(before) = before else { return read_catalog(&self.target).await };
        match self.here.take() {
            Some((version, catalog)) if version == before.version.to_string() => Ok(catalog),
            _ => {
                self.go_to(before).await?;
                read_catalog(&self.target).await
            }
        }
    }

    async fn prove(
        &mut self,
        before: Option<&Migration>,
        migration: &Migration,
        extent: ProofExtent,
        notes: &mut Vec<String>,
    ) -> Result<ProofVerdict, DesiredError> {
        let before = self.begin(before).await?;
        self.go_to(migration).await?;
        let after = read_catalog(&self.target).await?;
        let mut verdict = match extent {
            ProofExtent::ThereAndBack => None,
            ProofExtent::Twice => self.twice(migration, &after).await?,
        };
        if verdict.is_none() && migration.down.is_some() {
            verdict = self.there_and_back(migration, (&before, &after), notes).await?;
        }
        let nothing_wrong = if migration.down.is_some() { ProofVerdict::Proven } else { ProofVerdict::NoDown };
        let verdict = verdict.unwrap_or(nothing_wrong);
        if matches!(verdict, ProofVerdict::Proven | ProofVerdict::NoDown) {
            self.here = Some((migration.version.to_string(), after));
        }
        Ok(verdict)
    }

    /// Applies it on top of itself: its record is put aside, so that it counts as pending. Returns what is wrong.
    async fn twice(&self, migration: &Migration, after: &Catalog) -> Result<Option<ProofVerdict>, DesiredError> {
        let rows = self.rows(after).await?;
        let (schema, service) = (&self.target.history_schema, &self.target.service);
        self.write(&put_aside(schema, service, &migration.version.to_string())).await?;
        let applied = self.go_to(migration).await;
        self.write(&put_back(schema)).await?;
        match applied {
            Ok(()) => {}
            Err(DesiredError::Replay(error)) => {
                return Ok(Some(ProofVerdict::UpFailsAgain(ProofStep::UpTwice, error)));
            }
            Err(error) => return Err(error),
        }
        let again = read_catalog(&self.target).await?;
        if let Some(difference) = difference(ProofStep::UpTwice, after, &again) {
            return Ok(Some(ProofVerdict::Differs(Box::new(difference))));
        }
        let changed = |((table, before), (_, after)): ((ObjectName, i64), (ObjectName, i64))| {
            (before != after).then_some(RowCount { table, before, after })
        };
        let counts: Vec<_> = rows.into_iter().zip(self.rows(after).await?).filter_map(changed).collect();
        Ok((!counts.is_empty()).then_some(ProofVerdict::RowsDiffer(counts)))
    }

    async fn write(&self, history: &str) -> Result<(), DesiredError> {
        let session = Session::connect(&self.target.settings).await?;
        let written = session.flight(history).await;
        session.close().await;
        written.map(drop).map_err(|failure| failure.error.into())
    }

    /// Takes it back and applies it again. Returns what is wrong.
    async fn there_and_back(
        &self,
        migration: &Migration,
        (before, after): (&Catalog, &Catalog),
        notes: &mut Vec<String>,
    ) -> Result<Option<ProofVerdict>, DesiredError> {
        let options = DownOptions {
            back: Back::Only(migration.version.clone()),
            from: Some(DownFrom::File),
            reason: None,
            actor: "shadow",
            wait: std::time::Duration::ZERO,
            interrupted: None,
            values: self.replay.values,
            leaves_snapshot: false,
        };
        if let Some(error) = down(&self.target, self.set, &options, &mut Silent, self.stop).await.error {
            return Ok(Some(ProofVerdict::DownFails(Box::new(error))));
        }
        let reverted = read_catalog(&self.target).await?;
        if let Some(difference) = difference(ProofStep::Down, before, &reverted) {
            return Ok(Some(ProofVerdict::Differs(Box::new(difference))));
        }
        notes.extend(column_order(before, &reverted).into_iter().map(|note| format!("after its way back, {note}")));
        match self.go_to(migration).await {
            Ok(()) => {}
            Err(DesiredError::Replay(error)) => {
                return Ok(Some(ProofVerdict::UpFailsAgain(ProofStep::UpAgain, error)));
            }
            Err(error) => return Err(error),
        }
        let again = read_catalog(&self.target).await?;
        Ok(difference(ProofStep::UpAgain, after, &again).map(|it| ProofVerdict::Differs(Box::new(it))))
    }

    /// How many rows each table has. Reads them all, which a shadow has few of.
    async fn rows(&self, catalog: &Catalog) -> Result<Vec<(ObjectName, i64)>, DesiredError> {
        let tables = catalog.of_kind(ObjectKind::Table).filter_map(|entry| match entry.id() {
            ObjectId::Table(name) => Some(name.clone()),
            _ => None,
        });
        let tables: Vec<ObjectName> = tables.collect();
        let session = Session::connect(&self.target.settings).await?;
        let mut counted = Vec::new();
        for some in tables.chunks(TABLES_AT_ONCE) {
            let counts: Vec<String> = some.iter().map(|table| format!("(SELECT count(*) FROM {table})")).collect();
            let rows = session.query(&format!("SELECT unnest(ARRAY[{}])", counts.join(", ")), &[]).await?;
            counted.extend(some.iter().cloned().zip(rows.iter().map(|row| row.get::<_, i64>(0))));
        }
        session.close().await;
        Ok(counted)
    }
}
