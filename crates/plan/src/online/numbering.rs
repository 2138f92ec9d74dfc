//! Columns that are numbered by a sequence of their own, and what becomes of the sequence.

use std::collections::BTreeSet;

use limosa_catalog::kind::column::{Column, Identity};
use limosa_catalog::kind::grant::Grantee;
use limosa_catalog::kind::sequence::SequenceOptions;
use limosa_catalog::{Identifier, Literal, Object, ObjectId, ObjectKind, ObjectName};
use limosa_syntax::Tokens;

use super::situation::{Situation, Work};
use super::table::Table;
use crate::diff::unusual_counting;

/// What brings an identity back to what it is now, or takes away one that is yet to come.
pub(super) fn numbering_back(
    situation: &Situation<'_>,
    table: &Table<'_>,
    column: &Identifier,
    work: &Work<'_>,
) -> Option<Vec<String>> {
    let original = situation.original_column(table.column_name(column));
    let (_, facts) = table.column(&original.name).ok()?;
    let alter = format!("ALTER TABLE {} ALTER COLUMN {column}", table.name);
    let Some(identity) = facts.identity.as_deref() else {
        return Some(vec![format!("{alter} DROP IDENTITY IF EXISTS")]);
    };
    if !Tokens::of(&work.text).words().outermost().any(|(_, here)| here.at(&["DROP", "IDENTITY"])) {
        let set = counting(&identity.options).into_iter().map(|word| format!(" SET {word}")).collect::<String>();
        return Some(vec![format!("{alter} SET GENERATED {}{set}", identity.generation)]);
    }
    let sequence = name_left(situation, &identity.sequence);
    let add = format!("{alter} {}", add_identity(identity, &sequence));
    let (most, sequence) =
        (if identity.options.increment < 0 { "min" } else { "max" }, Literal(&sequence.to_string()).to_string());
    // It goes on behind the rows that are there.
    let go_on = format!(
        "-- limosa: phase expand\n\
         SELECT pg_catalog.setval({sequence}, {most}({column})) FROM {} HAVING {most}({column}) IS NOT NULL",
        table.name
    );
    Some(vec![add, go_on])
}

/// How a sequence counts, each word by itself, all of them said.
pub(super) fn counting(options: &SequenceOptions) -> Vec<String> {
    let SequenceOptions { start, increment, minimum, maximum, cache, cycle, .. } = options;
    vec![
        format!("INCREMENT BY {increment}"),
        format!("MINVALUE {minimum}"),
        format!("MAXVALUE {maximum}"),
        format!("START WITH {start}"),
        format!("CACHE {cache}"),
        if *cycle { "CYCLE" } else { "NO CYCLE" }.to_owned(),
    ]
}

/// The action that makes a column numbered, with a sequence of this name.
pub(super) fn add_identity(identity: &Identity, sequence: &ObjectName) -> String {
    let unusual = unusual_counting(&identity.options).map(|words| format!(" {words}")).unwrap_or_default();
    format!("ADD GENERATED {} AS IDENTITY (SEQUENCE NAME {sequence}{unusual})", identity.generation)
}

/// Makes one sequence stand where another one stands.
pub(super) fn stand_where(sequence: &ObjectName, other: &ObjectName) -> String {
    let sequence = Literal(&sequence.to_string()).to_string();
    format!("SELECT pg_catalog.setval({sequence}, last_value, is_called) FROM {other}")
}

/// The value that a sequence gives next.
pub(super) fn next_of(sequence: &ObjectName) -> String {
    format!("pg_catalog.nextval({}::regclass)", Literal(&sequence.to_string()))
}

/// Lets everybody who may write the table use a sequence that stands in for an identity, which needs no privilege.
pub(super) fn grant_usage(table: &Table<'_>, sequence: &ObjectName) -> Option<String> {
    let of = |object: &ObjectId| match object {
        ObjectId::Grant(grant) => match &grant.grantee {
            Grantee::Public => Some("PUBLIC".to_owned()),
            Grantee::Role(role) => Some(role.to_string()),
            Grantee::Owner => None,
        },
        _ => None,
    };
    let parts = table.entry.children();
    let grants = parts.flat_map(|part| std::iter::once(part).chain(part.children().filter(is_grant)));
    let roles: BTreeSet<String> = grants.filter_map(|entry| of(entry.id())).collect();
    let roles: Vec<String> = roles.into_iter().collect();
    (!roles.is_empty()).then(|| format!("GRANT USAGE ON SEQUENCE {sequence} TO {}", roles.join(", ")))
}

fn is_grant(entry: &limosa_catalog::Entry<'_>) -> bool {
    matches!(entry.object(), Object::Grant(_))
}

/// What a sequence is called by the end of the statements before.
pub(super) fn name_left(situation: &Situation<'_>, sequence: &ObjectName) -> ObjectName {
    let left = situation.name_left(&ObjectId::Sequence(sequence.clone()));
    ObjectName { schema: sequence.schema.clone(), name: left.unwrap_or_else(|| sequence.name.clone()) }
}

/// The new column is numbered on from where the old one stands, by a sequence that gets its name.
pub(super) fn numbered_on(
    situation: &Situation<'_>,
    work: &Work<'_>,
    table: &Table<'_>,
    new: &Identifier,
    facts: &Column,
) -> (Vec<String>, Option<String>) {
    let Some(identity) = facts.identity.as_deref() else { return Default::default() };
    let own = &name_left(situation, &identity.sequence);
    let name = situation.interim(&own.name, work.place + 1);
    let interim = ObjectName { schema: own.schema.clone(), name };
    let add = format!("ALTER TABLE {} ALTER COLUMN {new} {}", table.name, add_identity(identity, &interim));
    // With the old column, its sequence goes.
    (vec![add, stand_where(&interim, own)], Some(format!("ALTER SEQUENCE {interim} RENAME TO {}", own.name)))
}

/// A sequence that belongs to the old column would go with it.
pub(super) fn owned_sequence(
    situation: &Situation<'_>,
    table: &Table<'_>,
    column: &Identifier,
    new: &Identifier,
) -> Vec<String> {
    let catalog = table.entry.catalog();
    let owner = table.column_name(column);
    let sequences = catalog.of_kind(ObjectKind::Sequence).filter_map(|entry| match (entry.id(), entry.object()) {
        (ObjectId::Sequence(name), Object::Sequence(sequence)) if sequence.owned_by.as_deref() == Some(&owner) => {
            Some(format!("ALTER SEQUENCE {} OWNED BY {}.{new}", name_left(situation, name), table.name))
        }
        _ => None,
    });
    sequences.collect()
}

/// An identity while its column has two names: a sequence of the same name and the same numbers, so that the trigger
/// sees which of both names was written.
pub(super) struct StandIn<'a> {
    pub(super) table: &'a Table<'a>,
    pub(super) column: &'a Identifier,
    pub(super) identity: &'a Identity,
    /// What the one is called while the other has the name.
    pub(super) interim: Identifier,
}

impl StandIn<'_> {
    fn interim(&self) -> ObjectName {
        ObjectName { schema: self.identity.sequence.schema.clone(), name: self.interim.clone() }
    }

    /// The sequence takes the identity's place.
    pub(super) fn take(&self) -> Vec<String> {
        let (table, column, own) = (&self.table.name, self.column, &self.identity.sequence);
        let (interim, options) = (self.interim(), &self.identity.options);
        let mut statements = vec![
            format!("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"),
            format!("CREATE SEQUENCE {interim} AS {} {}", options.data_type, counting(options).join(" ")),
            stand_where(&interim, own),
            format!("ALTER TABLE {table} ALTER COLUMN {column} DROP IDENTITY"),
            format!("ALTER SEQUENCE {interim} RENAME TO {}", own.name),
            format!("ALTER SEQUENCE {own} OWNED BY {table}.{column}"),
        ];
        statements.extend(grant_usage(self.table, own));
        statements
    }

    /// The identity comes back, where it is not there; the sequence that stands in for it is called so.
    pub(super) fn give(&self, own: &ObjectName) -> String {
        let (table, column) = (&self.table.name, self.column);
        let interim = self.interim();
        let is_not_there = format!(
            "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass({}) AND attname = {} \
             AND attidentity = '')",
            Literal(&table.to_string()),
            Literal(column.as_str())
        );
        format!(
            "DO $limosa$ BEGIN IF {is_not_there} THEN\n  ALTER TABLE {table} ALTER COLUMN {column} {};\n  \
             PERFORM pg_catalog.setval({}, last_value, is_called) FROM {own};\n  DROP SEQUENCE {own};\n  \
             ALTER SEQUENCE {interim} RENAME TO {};\nEND IF; END $limosa$",
            add_identity(self.identity, &interim),
            Literal(&interim.to_string()),
            own.name
        )
    }
}
