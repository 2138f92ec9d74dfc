//! Alembic: the heads of a graph, whose edges stand in the Python files.

use std::collections::BTreeMap;

use super::python::Module;
use super::table::{Holds, Shape};
use super::tool::{Reading, Tool};
use super::{EntrySource, ImpossibleRow, KnownSql, OldEntry, ToolFiles};

pub(super) struct Alembic;

/// One revision.
struct Revision {
    path: String,
    /// What has to be there before it.
    after: Vec<String>,
    runs: Option<KnownSql>,
}

impl Tool for Alembic {
    fn usual_names(&self) -> &'static [&'static str] {
        &["alembic_version"]
    }

    fn shape(&self) -> Shape {
        Shape { required: &[("version_num", Holds::Text)], optional: &[] }
    }

    fn order(&self) -> &'static [&'static str] {
        &["version_num"]
    }

    fn read(&self, reading: &mut Reading<'_>) -> Result<Vec<OldEntry>, ImpossibleRow> {
        let graph = revisions(reading.files);
        let mut applied: Vec<&str> = Vec::new();
        let mut entries = Vec::new();
        for row in reading.rows {
            let head = row.text("version_num")?;
            match resolved(&graph, head) {
                Some(id) => visit(&graph, id, &mut applied),
                None => entries.push(OldEntry::applied(head, EntrySource::Gone { kept: None })),
            }
        }
        let source = |revision: &Revision| EntrySource::Code {
            path: Some(reading.files.shown(&revision.path)),
            runs: revision.runs.clone(),
            after: <[_; 1]>::try_from(revision.after.clone()).ok().map(|[only]| only),
        };
        let known = |id: &&str| graph.get(*id).map(|revision| OldEntry::applied(*id, source(revision)));
        let mut in_order: Vec<OldEntry> = applied.iter().filter_map(known).collect();
        in_order.append(&mut entries);
        // What is left, in the order in which it would run.
        let mut all = applied.clone();
        graph.keys().for_each(|id| visit(&graph, id, &mut all));
        let pending = all.iter().filter(|id| !applied.contains(id)).filter_map(|id| graph.get_key_value(*id));
        in_order.extend(pending.map(|(id, revision)| OldEntry::pending(id, source(revision))));
        Ok(in_order)
    }
}

fn revisions(files: &ToolFiles) -> BTreeMap<String, Revision> {
    let mut found = BTreeMap::new();
    for (file, _) in files.with_ending(&[".py"]) {
        let Some(text) = files.text(&file.path) else { continue };
        let module = Module::parse(text);
        let Some(super::python::Literal::Text(id)) = module.variable("revision") else { continue };
        let of = |name: &str| {
            module.variable(name).map(|literal| literal.texts().iter().map(|it| (*it).to_owned()).collect())
        };
        let mut after: Vec<String> = of("down_revision").unwrap_or_default();
        after.extend::<Vec<String>>(of("depends_on").unwrap_or_default());
        let runs = module.executed_by("upgrade").map(|up| KnownSql { up, down: module.executed_by("downgrade") });
        found.insert(id, Revision { path: file.path.clone(), after, runs });
    }
    found
}

/// An id as the files spell it; a hand may have shortened it.
fn resolved<'g>(graph: &'g BTreeMap<String, Revision>, id: &str) -> Option<&'g str> {
    if let Some((id, _)) = graph.get_key_value(id) {
        return Some(id);
    }
    let mut candidates = graph.keys().filter(|known| !id.is_empty() && known.starts_with(id));
    candidates.next().filter(|_| candidates.next().is_none()).map(String::as_str)
}

/// Adds a revision behind all that has to be there before it.
fn visit<'g>(graph: &'g BTreeMap<String, Revision>, id: &'g str, order: &mut Vec<&'g str>) {
    let mut open = vec![(id, false)];
    let mut seen: Vec<&str> = Vec::new();
    while let Some((id, is_left)) = open.pop() {
        if is_left {
            order.push(id);
            continue;
        }
        // A circle, which Alembic would refuse, must not keep us here.
        if order.contains(&id) || seen.contains(&id) {
            continue;
        }
        seen.push(id);
        open.push((id, true));
        let after = graph.get(id).into_iter().flat_map(|revision| revision.after.iter().rev());
        open.extend(after.filter_map(|before| resolved(graph, before)).map(|before| (before, false)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &[&str])]) -> BTreeMap<String, Revision> {
        let revision = |after: &[&str]| Revision {
            path: String::new(),
            after: after.iter().map(|id| (*id).to_owned()).collect(),
            runs: None,
        };
        edges.iter().map(|(id, after)| ((*id).to_owned(), revision(after))).collect()
    }

    #[test]
    fn a_head_stands_for_all_its_ancestors_parents_first() {
        let graph = graph(&[("d4", &["b2", "c3"]), ("b2", &["a1"]), ("c3", &["a1"]), ("a1", &[]), ("e5", &["d4"])]);
        let mut order = Vec::new();
        visit(&graph, "d4", &mut order);
        assert_eq!(order, ["a1", "b2", "c3", "d4"]);
        assert_eq!(resolved(&graph, "e"), Some("e5"), "a shortened id is found where it means one");
        assert_eq!(resolved(&graph, ""), None);
    }

    #[test]
    fn a_circle_ends() {
        let graph = graph(&[("a", &["b"]), ("b", &["a"])]);
        let mut order = Vec::new();
        visit(&graph, "a", &mut order);
        assert_eq!(order.len(), 2);
    }
}
