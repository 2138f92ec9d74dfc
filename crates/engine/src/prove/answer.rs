//! What is kept of a proof, so that it need not be run again.

use limosa_catalog::{Identifier, ObjectName};
use serde::{Deserialize, Serialize};

use super::proof::{Example, LeftOutSeed, Loss, Lost, Proof, ProofRows, ProofVerdict};
use crate::filling::FilledTable;

/// A proof in which nothing is wrong, as it lies on disk. [`Answers`](crate::Answers) forgets those of other formats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KeptProof {
    has_way_back: bool,
    notes: Vec<String>,
    tables: Vec<KeptTable>,
    left_out: Vec<LeftOutSeed>,
    refused: Option<String>,
    losses: Vec<KeptLoss>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KeptTable {
    schema: String,
    name: String,
    rows: u64,
    shortfall: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KeptLoss {
    schema: String,
    table: String,
    /// `None` where whole rows are gone.
    column: Option<String>,
    count: u64,
    example: Option<(Option<String>, Option<String>)>,
}

/// What a proof found, apart from the migration that it is about.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) verdict: ProofVerdict,
    pub(super) notes: Vec<String>,
    pub(super) rows: ProofRows,
    pub(super) losses: Vec<Loss>,
}

impl KeptProof {
    /// What to keep of a proof; nothing of one that has to be looked at again.
    pub(super) fn of(proof: &Proof) -> Option<Self> {
        let has_way_back = match proof.verdict {
            ProofVerdict::Proven => true,
            ProofVerdict::NoDown => false,
            _ => return None,
        };
        let table = |it: &FilledTable| KeptTable {
            schema: it.table.schema.as_str().to_owned(),
            name: it.table.name.as_str().to_owned(),
            rows: it.rows,
            shortfall: it.shortfall.clone(),
        };
        let loss = |it: &Loss| KeptLoss {
            schema: it.table.schema.as_str().to_owned(),
            table: it.table.name.as_str().to_owned(),
            column: match &it.what {
                Lost::Rows => None,
                Lost::Values { column } => Some(column.as_str().to_owned()),
            },
            count: it.count,
            example: it.example.clone().map(|example| (example.before, example.after)),
        };
        Some(Self {
            has_way_back,
            notes: proof.notes.clone(),
            tables: proof.rows.tables.iter().map(table).collect(),
            left_out: proof.rows.left_out.clone(),
            refused: proof.rows.refused.clone(),
            losses: proof.losses.iter().map(loss).collect(),
        })
    }

    /// The proof that was kept; `None` where a name in it is none.
    pub(super) fn found(self) -> Option<Found> {
        let name = |schema: String, name: String| {
            Some(ObjectName { schema: Identifier::new(schema).ok()?, name: Identifier::new(name).ok()? })
        };
        let table = |it: KeptTable| {
            Some(FilledTable { table: name(it.schema, it.name)?, rows: it.rows, shortfall: it.shortfall })
        };
        let loss = |it: KeptLoss| {
            let what = match it.column {
                None => Lost::Rows,
                Some(column) => Lost::Values { column: Identifier::new(column).ok()? },
            };
            let example = it.example.map(|(before, after)| Example { before, after });
            Some(Loss { table: name(it.schema, it.table)?, what, count: it.count, example })
        };
        let tables = self.tables.into_iter().map(table).collect::<Option<Vec<_>>>()?;
        Some(Found {
            verdict: if self.has_way_back { ProofVerdict::Proven } else { ProofVerdict::NoDown },
            notes: self.notes,
            rows: ProofRows { tables, left_out: self.left_out, refused: self.refused },
            losses: self.losses.into_iter().map(loss).collect::<Option<Vec<_>>>()?,
        })
    }
}
