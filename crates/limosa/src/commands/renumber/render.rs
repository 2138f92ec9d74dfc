//! What is going to happen, and what did, for people and programs.

use limosa_project::{RenumberChanges, Wrappers};
use limosa_syntax::Diagnostic;
use serde_json::{Value, json};

use super::FolderPlan;
use super::environments::{Environments, PutRight, SeenEnvironment};
use super::proof::Proof;
use crate::invocation::Invocation;
use crate::output::{self, Alignment, Cell, Table, diagnostics_json, render_diagnostics, style, terminal_width};

/// As many places that stay as they are, are shown.
const SHOWN: usize = 20;

/// What is going to happen.
pub(super) fn show(invocation: &Invocation, plans: &[FolderPlan<'_>], environments: &Environments<'_>) {
    let mut text = String::new();
    for folder in plans {
        let set = &folder.part.set;
        for version in &folder.plan.left {
            invocation.warn(&[still_twice(folder, version.as_str())]);
        }
        let Some(changes) = &folder.changes else { continue };
        let mut table = Table::new([Alignment::Left; 3]).named(["is now", "becomes", "applied in"]);
        for new in &folder.plan.moves {
            let Some(migration) = set.migrations.get(new.migration) else { continue };
            let becomes = folder.plan.new_path(set, new.migration).unwrap_or_default();
            let applied: Vec<&str> = environments
                .seen
                .iter()
                .filter(|seen| seen.has(&folder.services, migration))
                .map(|seen| seen.environment.name.as_str())
                .collect();
            table.push([
                set.shown(&migration.path).into(),
                Cell::styled(becomes, style::HEADING),
                Cell::styled(applied.join(", "), style::FAINT),
            ]);
        }
        text.push_str(&table.render(terminal_width()));
        text.push_str(&besides(changes, folder.wrappers));
        text.push_str(match folder.proof {
            Proof::NotNeeded => "the order stays, and so what the migrations lead to\n",
            Proof::Same => "the order is another; both lead to the same schema, as a throw-away PostgreSQL shows\n",
            Proof::Waived => "the order is another, and nobody has looked what it leads to\n",
        });
    }
    if text.is_empty() {
        text.push_str(match environments.due() {
            0 => "nothing to renumber: no two migrations have one version\n",
            _ => "no file is renamed; these histories are behind what limosa.renumber says\n",
        });
    }
    for seen in &environments.seen {
        let name = &seen.environment.name;
        match seen.out_of_reach() {
            Some(why) => text.push_str(&format!("{name}: its next `limosa up` puts its history right ({why})\n")),
            None if seen.is_behind() || moves_in(plans, seen) => {
                text.push_str(&format!("{name}: its history is put right\n"));
            }
            None => {}
        }
    }
    output::print(&text);
}

/// Whether anything that moves is applied in an environment.
fn moves_in(plans: &[FolderPlan<'_>], seen: &SeenEnvironment<'_>) -> bool {
    plans.iter().any(|folder| {
        let moved = folder.plan.moves.iter().filter_map(|new| folder.part.set.migrations.get(new.migration));
        moved.into_iter().any(|migration| seen.has(&folder.services, migration))
    })
}

fn besides(changes: &RenumberChanges, wrappers: Wrappers) -> String {
    let mut text = String::new();
    for wrapper in &changes.wrappers {
        text.push_str(&match wrappers {
            Wrappers::Rename => format!("{} becomes {}\n", wrapper.from, wrapper.to),
            Wrappers::Keep => format!("{} keeps its name, by which another tool may know it\n", wrapper.from),
        });
    }
    if wrappers == Wrappers::Rename && !changes.wrappers.is_empty() {
        text.push_str("a tool that knows programs by their names would run those again\n");
    }
    for rewrite in &changes.rewrites {
        let names: Vec<String> = rewrite.names.iter().map(|it| format!("{} → {}", it.from, it.to)).collect();
        text.push_str(&format!("in {}: {}\n", rewrite.path, names.join(", ")));
    }
    if !changes.mentions.is_empty() {
        text.push_str("these name a migration, and stay as they are:\n");
    }
    for mention in changes.mentions.iter().take(SHOWN) {
        text.push_str(&format!("  {}:{}  {}\n", mention.path, mention.line, output::one_line(&mention.text)));
    }
    if changes.mentions.len() > SHOWN {
        text.push_str(&format!("  and {} more\n", changes.mentions.len() - SHOWN));
    }
    text
}

fn still_twice(folder: &FolderPlan<'_>, version: &str) -> Diagnostic {
    let message = format!("several migrations of `{}` still have version {version}", folder.part.set.shown_folder);
    Diagnostic::warning("duplicate-version", message)
        .with_help("map all but one of them too, or run `limosa renumber` once more")
}

/// What became of the histories.
pub(super) fn tell_done(invocation: &Invocation, done: &[PutRight], environments: &Environments<'_>) {
    for target in done {
        match &target.moved {
            Ok(moved) if moved.is_empty() => {}
            Ok(moved) => {
                let versions = if moved.len() == 1 { "version" } else { "versions" };
                let line = format!("{} {}: {} {versions} put right", target.environment, target.service, moved.len());
                output::print(&format!("{line}\n"));
            }
            Err(failure) => {
                output::tell(&render_diagnostics(&failure.diagnostics, terminal_width()));
                let line =
                    format!("{} {}: its next `limosa up` puts its history right", target.environment, target.service);
                invocation.say(&line);
            }
        }
    }
    let left: Vec<&str> = environments
        .seen
        .iter()
        .filter(|seen| seen.out_of_reach().is_some())
        .map(|seen| seen.environment.name.as_str())
        .collect();
    if !left.is_empty() {
        invocation.say(&format!("left to their next `limosa up`: {}", left.join(", ")));
    }
}

/// All of it for programs.
pub(super) fn to_json(plans: &[FolderPlan<'_>], environments: &Environments<'_>, done: &[PutRight]) -> Value {
    let folder = |folder: &FolderPlan<'_>| {
        let set = &folder.part.set;
        let moves: Vec<Value> = folder
            .plan
            .lines(set)
            .iter()
            .map(|it| {
                json!({
                    "from": it.from.as_str(), "to": it.to.as_str(),
                    "old_path": set.shown(&it.old_path), "new_path": set.shown(&it.new_path),
                })
            })
            .collect();
        let changes = folder.changes.as_ref();
        let renames = changes.iter().flat_map(|it| &it.act.renames).map(|it| json!({ "from": it.from, "to": it.to }));
        let rewritten = changes.iter().flat_map(|it| &it.rewrites).map(|it| it.path.as_str());
        let mentions = changes.iter().flat_map(|it| &it.mentions);
        let mentions = mentions.map(|it| json!({ "path": it.path, "line": it.line, "text": it.text }));
        json!({
            "folder": set.shown_folder,
            "moves": moves,
            "renames": renames.collect::<Vec<_>>(),
            "rewritten": rewritten.collect::<Vec<_>>(),
            "mentions": mentions.collect::<Vec<_>>(),
            "left": folder.plan.left.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "order": match folder.proof {
                Proof::NotNeeded => "kept",
                Proof::Same => "proven",
                Proof::Waived => "unproven",
            },
        })
    };
    let environment = |seen: &SeenEnvironment<'_>| {
        let name = seen.environment.name.as_str();
        json!({ "environment": name, "out_of_reach": seen.out_of_reach() })
    };
    let target = |target: &PutRight| {
        let (moved, diagnostics) = match &target.moved {
            Ok(moved) => (moved.len(), Vec::new()),
            Err(failure) => (0, diagnostics_json(&failure.diagnostics)),
        };
        json!({
            "environment": target.environment.as_str(), "service": target.service,
            "moved": moved, "diagnostics": diagnostics,
        })
    };
    json!({
        "folders": plans.iter().map(folder).collect::<Vec<_>>(),
        "environments": environments.seen.iter().map(environment).collect::<Vec<_>>(),
        "put_right": done.iter().map(target).collect::<Vec<_>>(),
    })
}
