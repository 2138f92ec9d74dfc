//! `CREATE INDEX`: built while the table is in use.

use limosa_catalog::kind::column::made_up_name;
use limosa_catalog::{Identifier, ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{Command, Tokens};

use super::super::phases::{OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work, object_for_people};

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let Command::CreateIndex { name, table, concurrently, columns, expressions, .. } = &work.command else {
        return None;
    };
    Some(situation.table(table).and_then(|table| {
        if table.is_partitioned() {
            return Err(Refusal::new(
                "the table is partitioned, and its index cannot be built concurrently",
                "make the index of each partition first, then that of the whole without `-- limosa: online`",
            ));
        }
        situation.refuse_changing(&table.name, columns)?;
        let joined = columns.iter().map(Identifier::as_str).collect::<Vec<_>>().join("_");
        let made_up = || Identifier::new(made_up_name(table.name.name.as_str(), Some(&joined), "idx")).ok();
        let own = |name: Identifier| ObjectName { schema: table.name.schema.clone(), name };
        let is_free = |name: &Identifier| !situation.catalog.contains(&ObjectId::Index(own(name.clone())));
        let known = name.clone().or_else(|| made_up().filter(|name| !expressions && is_free(name)));
        let Some(known) = known else {
            return Err(Refusal::new(
                "the index has no name",
                "give it one, so that it can be found when it is cut off",
            ));
        };
        let index = own(known.clone());
        let name_of = QualifiedName { schema: Some(index.schema.clone()), name: index.name.clone() };
        if situation.is_there(work, &name_of)? {
            return Ok(work.alone(format!("index {}, which is there", known.for_people())));
        }
        let build = if *concurrently && name.is_some() { work.text.clone() } else { concurrent(&work.text, &known) };
        Ok(Phases {
            about: format!("make index {} on {}", known.for_people(), object_for_people(&table.name)),
            complete: vec![OnlineStep::Alone(build)],
            abort: vec![format!("DROP INDEX IF EXISTS {index}")],
            reverse: vec![format!("DROP INDEX {index};")],
            ..Phases::default()
        })
    }))
}

/// The statement with the word and the name in it.
fn concurrent(text: &str, name: &Identifier) -> String {
    let tokens = Tokens::of(text);
    let mut words = tokens.words();
    words.take(&["CREATE"]);
    let unique = if words.take(&["UNIQUE"]) { "UNIQUE " } else { "" };
    words.take(&["INDEX"]);
    words.take(&["CONCURRENTLY"]);
    let if_not_exists = if words.take(&["IF", "NOT", "EXISTS"]) { "IF NOT EXISTS " } else { "" };
    if !words.at(&["ON"]) {
        words.identifier();
    }
    let rest = words.span().map_or("", |span| span.of(text));
    format!("CREATE {unique}INDEX CONCURRENTLY {if_not_exists}{name} {rest}")
}
