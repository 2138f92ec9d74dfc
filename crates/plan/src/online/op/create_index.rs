//! `CREATE INDEX`: built while the table is in use.

use limosa_catalog::kind::column::made_up_name;
use limosa_catalog::{Identifier, ObjectName, QualifiedName};
use limosa_syntax::{Command, TokenKind, Tokens};

use super::super::left::Taken;
use super::super::partitions::{IndexOfParts, Made, refuse_across_partitions};
use super::super::phases::{Growth, OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work, object_for_people};
use super::super::table::Table;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let Command::CreateIndex { name, table, only, concurrently, columns, expressions, .. } = &work.command else {
        return None;
    };
    Some(situation.table(table).and_then(|table| {
        situation.refuse_hanging(&table, columns)?;
        let joined = columns.iter().map(Identifier::as_str).collect::<Vec<_>>().join("_");
        let made_up = || Identifier::new(made_up_name(table.name.name.as_str(), Some(&joined), "idx")).ok();
        let own = |name: Identifier| ObjectName { schema: table.name.schema.clone(), name };
        let is_free = |name: &Identifier| situation.taken(&own(name.clone())) != Taken::Yes;
        let known = name.clone().or_else(|| made_up().filter(|name| !expressions && is_free(name)));
        let Some(known) = known else {
            return Err(Refusal::new(
                "the index has no name",
                "give it one, so that it can be found when it is cut off",
            ));
        };
        let index = own(known.clone());
        let name_of = QualifiedName { schema: Some(index.schema.clone()), name: index.name.clone() };
        let is_taken = situation.taken(&index) == Taken::UntilContract;
        if !is_taken && situation.is_there(work, &name_of)? {
            return Ok(work.alone(format!("index {}, which is there", known.for_people())));
        }
        if table.is_partitioned() && work_is_unique(work) {
            refuse_across_partitions(&table, columns)?;
        }
        if table.is_partitioned() && !only {
            return Ok(of_parts(situation, work, &table, (&known, columns)));
        }
        // What has the name goes with contract.
        let until = if is_taken { situation.interim(&known, work.place + 1) } else { known.clone() };
        let rest = definition(&work.text).rest;
        let over = situation.over_what_lasts(&table, rest)?;
        let build = match *concurrently && name.is_some() && !is_taken && over == rest {
            true => work.text.clone(),
            false => {
                let build = concurrent(&work.text, &until);
                build.strip_suffix(rest).map(|head| format!("{head}{over}")).unwrap_or(build)
            }
        };
        let until = own(until);
        Ok(Phases {
            about: format!("make index {} on {}", known.for_people(), object_for_people(&table.name)),
            complete: vec![OnlineStep::Alone(build)],
            contract: is_taken.then(|| format!("ALTER INDEX {until} RENAME TO {known}")).into_iter().collect(),
            abort: vec![format!("DROP INDEX IF EXISTS {until}")],
            // A constraint may have taken it over, and it has gone with that.
            reverse: vec![format!("DROP INDEX IF EXISTS {index};")],
            standing: table.stands(&[]),
            growth: vec![Growth::Index { table: table.name.clone(), columns: columns.clone() }],
            ..Phases::default()
        })
    }))
}

fn work_is_unique(work: &Work<'_>) -> bool {
    matches!(work.command, Command::CreateIndex { unique: true, .. })
}

/// On each partition, and then on the whole.
fn of_parts(
    situation: &Situation<'_>,
    work: &Work<'_>,
    table: &Table<'_>,
    (name, columns): (&Identifier, &[Identifier]),
) -> Phases {
    let Definition { unique, rest, keys } = definition(&work.text);
    let unique = if unique { "UNIQUE " } else { "" };
    let joined = keys.join("_");
    let index = IndexOfParts { situation, table, name, label: (Some(&joined), "idx") };
    let (complete, abort) = index.plan(|table, name| {
        let index = ObjectName { schema: table.schema.clone(), name: name.clone() };
        Made {
            whole: vec![format!("CREATE {unique}INDEX {name} ON ONLY {table} {rest}")],
            part: vec![format!("CREATE {unique}INDEX CONCURRENTLY {name} ON {table} {rest}")],
            undo: vec![format!("DROP INDEX IF EXISTS {index}")],
        }
    });
    let index = ObjectName { schema: table.name.schema.clone(), name: name.clone() };
    Phases {
        about: format!("make index {} on {} and its partitions", name.for_people(), object_for_people(&table.name)),
        complete,
        abort,
        reverse: vec![format!("DROP INDEX {index};")],
        standing: table.stands(&[]),
        growth: vec![Growth::Index { table: table.name.clone(), columns: columns.to_vec() }],
        ..Phases::default()
    }
}

/// What is said of an index.
struct Definition<'a> {
    unique: bool,
    /// What stands behind the table's name.
    rest: &'a str,
    /// The words that the server takes from its keys for a name.
    keys: Vec<String>,
}

fn definition(text: &str) -> Definition<'_> {
    let tokens = Tokens::of(text);
    let mut words = tokens.words();
    words.take(&["CREATE"]);
    let unique = words.take(&["UNIQUE"]);
    while !words.at(&["ON"]) && words.peek().is_some() {
        words.next();
    }
    words.take(&["ON"]);
    words.qualified_name();
    let rest = words.span().map_or("", |span| span.of(text));
    while !words.at_kind(TokenKind::LeftParen) && words.peek().is_some() {
        words.next();
    }
    let mut keys: Vec<String> = Vec::new();
    for mut key in words.parenthesised().into_iter().flat_map(|list| list.split(TokenKind::Comma)) {
        // A column, or the function that is called; the server has one word for everything else.
        let name = key.qualified_name().map_or_else(|| "expr".to_owned(), |name| name.name.as_str().to_owned());
        let mut numbered = (1..).map(|number| format!("{name}{number}"));
        let free = std::iter::once(name.clone()).chain(&mut numbered).find(|name| !keys.contains(name));
        keys.extend(free);
    }
    Definition { unique, rest, keys }
}

/// The statement with the word and the name in it.
pub(super) fn concurrent(text: &str, name: &Identifier) -> String {
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
