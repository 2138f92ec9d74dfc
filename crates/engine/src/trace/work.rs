//! What a statement did with rows and files, from the relations before and after it.

use std::collections::{BTreeMap, BTreeSet};

use limosa_plan::lock::Work;
use limosa_plan::trace::{TracedKind, TracedWork, WorkKind};
use limosa_postgres::{ServerError, Session};

use super::observe::{Oid, Relation, Relations, bytes};

/// What was done with one relation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Done {
    pub(super) oid: Oid,
    pub(super) kind: WorkKind,
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

/// The server's reasons for rewriting tables.
type Reasons = BTreeMap<Oid, Vec<String>>;

/// What was done with the relations that others know, and with new indexes of them, between two moments. A new file of
/// a table counts as emptied or as rewritten by its size, which has to be asked for.
pub(super) async fn done(
    session: &Session,
    known: &Relations,
    (before, after): (&Relations, &Relations),
    reasons: &Reasons,
) -> Result<Vec<Done>, ServerError> {
    let mut sizes = BTreeMap::new();
    for (oid, relation) in after {
        let is_new_file = before.get(oid).is_none_or(|before| before.file != relation.file);
        if is_new_file && relation.file.is_some() && relation.kind != TracedKind::Sequence {
            sizes.insert(*oid, bytes(session, *oid).await?);
        }
    }
    Ok(decide(known, (before, after), &sizes, reasons))
}

fn decide(
    known: &Relations,
    (before, after): (&Relations, &Relations),
    sizes: &BTreeMap<Oid, u64>,
    reasons: &Reasons,
) -> Vec<Done> {
    let holds_rows = |relation: &Relation| matches!(relation.kind, TracedKind::Table | TracedKind::MaterializedView);
    let emptied: BTreeSet<Oid> = after
        .iter()
        .filter(|(oid, relation)| holds_rows(relation) && sizes.get(oid) == Some(&0) && !reasons.contains_key(oid))
        .map(|(oid, _)| *oid)
        .collect();
    let mut done = Vec::new();
    for (oid, relation) in after {
        let size = sizes.get(oid).copied();
        let bytes = size.unwrap_or(0);
        let was = before.get(oid);
        let rows = was.map_or(0, |was| was.rows);
        let table = relation.table.as_ref().map(|(table, _)| *table);
        let kind = match (relation.kind, size) {
            (TracedKind::Table | TracedKind::MaterializedView, _) if !known.contains_key(oid) => continue,
            (TracedKind::Table | TracedKind::MaterializedView, Some(_)) if emptied.contains(oid) => WorkKind::Emptied,
            (TracedKind::Table | TracedKind::MaterializedView, Some(_)) => WorkKind::Rewritten,
            (TracedKind::Index, Some(_)) if table.is_some_and(|table| emptied.contains(&table)) => continue,
            (TracedKind::Index, Some(_)) if known.contains_key(oid) => WorkKind::Rebuilt,
            (TracedKind::Index, Some(_)) if table.is_some_and(|table| known.contains_key(&table)) => WorkKind::Built,
            (TracedKind::Table | TracedKind::MaterializedView, None) => {
                let read = was.map_or(0, |was| u64::try_from(relation.read - was.read).unwrap_or(0));
                if read == 0 {
                    continue;
                }
                let kind = if read.saturating_mul(2) >= rows { WorkKind::Scanned } else { WorkKind::Read };
                done.push(Done { oid: *oid, kind, rows: read, bytes: 0 });
                continue;
            }
            _ => continue,
        };
        done.push(Done { oid: *oid, kind, rows, bytes });
    }
    done
}

/// The work on a relation in the words of the table of locks; `None` where it has too few rows to tell.
pub(super) fn in_table_words(done: &[Done], oid: Oid, relation: &Relation) -> Option<Work> {
    if relation.kind != TracedKind::Table || relation.rows < 2 {
        return None;
    }
    let kinds = done.iter().filter(|it| it.oid == oid).map(|it| match it.kind {
        WorkKind::Rewritten => Work::Writes,
        WorkKind::Scanned => Work::Reads,
        WorkKind::Emptied | WorkKind::Rebuilt | WorkKind::Built | WorkKind::Read => Work::None,
    });
    Some(kinds.max().unwrap_or_default())
}

/// As the trace has it, what weighs most first.
pub(super) fn traced(done: &[Done], after: &Relations, reasons: &Reasons) -> Vec<TracedWork> {
    let one = |it: &Done| {
        Some(TracedWork {
            relation: after.get(&it.oid)?.traced(),
            kind: it.kind,
            rows: it.rows,
            bytes: it.bytes,
            reasons: reasons.get(&it.oid).cloned().unwrap_or_default(),
        })
    };
    let mut work: Vec<TracedWork> = done.iter().filter_map(one).collect();
    work.sort_by(|one, other| one.kind.cmp(&other.kind).then_with(|| one.relation.cmp(&other.relation)));
    work
}

#[cfg(test)]
mod tests {
    use limosa_catalog::{Identifier, ObjectName};

    use super::*;

    fn name(text: &str) -> ObjectName {
        ObjectName { schema: Identifier::new("public").unwrap(), name: Identifier::new(text).unwrap() }
    }

    fn table(file: u32, read: i64) -> Relation {
        Relation { name: name("t"), kind: TracedKind::Table, table: None, file: Some(file), rows: 1000, read }
    }

    fn index(file: u32) -> Relation {
        let table = Some((1, name("t")));
        Relation { name: name("i"), kind: TracedKind::Index, table, file: Some(file), rows: 0, read: 0 }
    }

    fn kinds(before: &[(Oid, Relation)], after: &[(Oid, Relation)], sizes: &[(Oid, u64)]) -> Vec<(Oid, WorkKind)> {
        let before: Relations = before.iter().cloned().collect();
        let after: Relations = after.iter().cloned().collect();
        let done = decide(&before, (&before, &after), &sizes.iter().copied().collect(), &Reasons::new());
        done.iter().map(|it| (it.oid, it.kind)).collect()
    }

    #[test]
    fn a_new_file_is_a_rewrite_unless_it_is_empty() {
        let before = [(1, table(10, 0)), (2, index(20))];
        assert_eq!(kinds(&before, &before, &[]), []);
        let after = [(1, table(11, 1000)), (2, index(21))];
        let rewritten = [(1, WorkKind::Rewritten), (2, WorkKind::Rebuilt)];
        assert_eq!(kinds(&before, &after, &[(1, 9000), (2, 9000)]), rewritten);
        assert_eq!(kinds(&before, &after, &[(1, 0), (2, 8192)]), [(1, WorkKind::Emptied)]);
    }

    #[test]
    fn a_scan_reads_most_of_the_rows() {
        let before = [(1, table(10, 500))];
        assert_eq!(kinds(&before, &[(1, table(10, 1500))], &[]), [(1, WorkKind::Scanned)]);
        assert_eq!(kinds(&before, &[(1, table(10, 503))], &[]), [(1, WorkKind::Read)]);
        let built = [(1, WorkKind::Scanned), (2, WorkKind::Built)];
        assert_eq!(kinds(&before, &[(1, table(10, 1500)), (2, index(5))], &[(2, 9000)]), built);
    }
}
