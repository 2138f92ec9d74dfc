//! `ADD COLUMN` of a column that a sequence numbers: rows that are there get their numbers in batches, while others
//! come.

use limosa_catalog::kind::column::made_up_name;
use limosa_catalog::{Identifier, ObjectName};
use limosa_syntax::{ColumnDefinition, Tokens};

use super::super::not_null::{Refusing, not_null_name};
use super::super::numbering::{grant_usage, next_of, stand_where};
use super::super::phases::{Growth, OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work};
use super::super::table::Table;

/// How such a column is filled and settled; `phases` says how it goes again.
pub(super) fn numbered(
    situation: &Situation<'_>,
    work: &Work<'_>,
    table: &Table<'_>,
    column: &ColumnDefinition,
    mut phases: Phases,
) -> Result<Phases, Refusal> {
    let (name, own) = (&table.name, &column.name);
    let data_type = type_of(&column.data_type);
    let identity = identity_of(&work.action_text);
    // A serial's sequence has a name to keep; that of an identity is made in the end.
    let sequence = match &identity {
        Some(_) => situation.interim(own, work.place + 1),
        None => Identifier::new(made_up_name(name.name.as_str(), Some(own.as_str()), "seq"))
            .map_err(|error| Refusal::new(error.to_string(), "choose a shorter name"))?,
    };
    let sequence = ObjectName { schema: name.schema.clone(), name: sequence };
    let options = identity.as_ref().map(|identity| format!(" {}", identity.options)).unwrap_or_default();
    let alter = format!("ALTER TABLE {name} ALTER COLUMN {own}");
    let mut expand = vec![
        format!("ALTER TABLE {name} ADD COLUMN {own} {data_type}"),
        format!("CREATE SEQUENCE {sequence} AS {data_type}{options} OWNED BY {name}.{own}"),
        format!("{alter} SET DEFAULT {}", next_of(&sequence)),
    ];
    expand.extend(grant_usage(table, &sequence).filter(|_| identity.is_some()));
    phases.expand = vec![OnlineStep::Together(expand)];
    phases.growth.push(Growth::Rows(name.clone()));
    phases.backfill =
        table.in_batches(|target| format!("UPDATE {target} SET {own} = {} WHERE {own} IS NULL", next_of(&sequence)));
    let refusing_column = table.column_name(own);
    let proof = situation.interim(own, work.place + 2);
    let constraint = not_null_name(&refusing_column).unwrap_or_else(|| proof.clone());
    let major = situation.catalog.major();
    let refusing = Refusing { column: &refusing_column, major, name: &constraint, proof: &proof };
    phases.complete = refusing.steps().into_iter().map(OnlineStep::Alone).collect();
    if let Some(identity) = identity {
        let own_sequence = made_up_name(name.name.as_str(), Some(own.as_str()), "seq");
        let own_sequence = Identifier::new(own_sequence).unwrap_or_else(|_| sequence.name.clone());
        let own_sequence = ObjectName { schema: name.schema.clone(), name: own_sequence };
        phases.complete.push(OnlineStep::Together(vec![
            format!("LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE"),
            format!("{alter} DROP DEFAULT"),
            format!("ALTER SEQUENCE {sequence} OWNED BY NONE"),
            format!("{alter} ADD {}", identity.text),
            stand_where(&own_sequence, &sequence),
            format!("DROP SEQUENCE {sequence}"),
        ]));
    }
    Ok(phases)
}

/// `GENERATED … AS IDENTITY (…)`
struct Said<'a> {
    text: String,
    /// What stands in the parentheses.
    options: &'a str,
}

fn identity_of(action: &str) -> Option<Said<'_>> {
    let tokens = Tokens::of(action);
    let (_, mut here) = tokens.words().outermost().find(|(_, here)| here.at(&["GENERATED"]))?;
    let always = here.take(&["GENERATED", "ALWAYS"]);
    if !always {
        here.take(&["GENERATED", "BY", "DEFAULT"]);
    }
    here.take(&["AS", "IDENTITY"]).then_some(())?;
    let options = here.parenthesised().and_then(|list| list.span()).map_or("", |span| span.of(action));
    let list = if options.is_empty() { String::new() } else { format!(" ({options})") };
    Some(Said {
        text: format!("GENERATED {} AS IDENTITY{list}", if always { "ALWAYS" } else { "BY DEFAULT" }),
        options,
    })
}

/// The type of whole numbers behind a word.
fn type_of(word: &str) -> &str {
    match word {
        "serial" | "serial4" => "integer",
        "bigserial" | "serial8" => "bigint",
        "smallserial" | "serial2" => "smallint",
        other => other,
    }
}
