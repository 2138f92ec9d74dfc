//! The plain statements of a group: what an engineer reads, and what runs where nobody is there to be held up.

use std::collections::BTreeSet;

use limosa_catalog::kind::column::Identity;
use limosa_catalog::kind::constraint::{Constraint, ConstraintRule, ForeignKey};
use limosa_catalog::{Catalog, ColumnName, Identifier, Literal, Object, ObjectId, ObjectName, Rename, Renames};

use super::super::refusal::Refusal;
use super::super::situation::{Situation, difference};
use super::form::Form;
use super::graph::foreign_keys;
use super::group::{Elsewhere, Group, Origin};
use super::map::Map;
use super::member::Member;
use super::plain_type_change;
use super::readers::readers;
use super::routines::{Column, Routine};
use crate::diff::{DiffOptions, Owners, Style, constraint_definition};

/// One column of a group, and what its statement says.
pub(super) struct Said {
    pub(super) table: ObjectName,
    /// What it is called in the catalog.
    pub(super) column: Identifier,
    /// What it is called before the statements, and what behind them.
    pub(super) names: [Identifier; 2],
    /// Its type before, and the one that it gets.
    pub(super) types: [String; 2],
    /// The lines above the statement.
    pub(super) directives: Vec<String>,
    /// Actions before its type changes, and behind that, under the names of those moments.
    pub(super) around: [Vec<String>; 2],
}

impl Said {
    fn name(&self) -> ColumnName {
        ColumnName { relation: self.table.clone(), name: self.column.clone() }
    }
}

/// The statements for these columns, the key first. `catalog` knows them and all that hangs on them by their names
/// there.
pub(super) fn plain(catalog: &Catalog, columns: &[Said]) -> Result<Vec<String>, Refusal> {
    let names: BTreeSet<ColumnName> = columns.iter().map(Said::name).collect();
    let gone = readers(catalog, &names);
    let without = catalog.without(|entry| gone.contains(entry.id()));
    let keys: Vec<_> = foreign_keys(catalog).filter(|foreign| foreign.touches(&names)).collect();
    let (routines, is_back) = routines(catalog, &gone, columns);
    let mut sql: Vec<String> = terminated(without_owners(catalog, &without)?);
    if is_back {
        sql.iter_mut().for_each(|drop| *drop = routines.iter().fold(std::mem::take(drop), |sql, it| it.dropped(&sql)));
    }
    sql.extend(keys.iter().map(|key| format!("ALTER TABLE {} DROP CONSTRAINT {};", key.name.relation, key.name.name)));
    for said in columns {
        let Said { table, names: [before, after], .. } = said;
        let [first, last] = &said.around;
        sql.extend(first.iter().map(|action| format!("ALTER TABLE {table} {action};")));
        let directives: String = said.directives.iter().map(|line| format!("{line}\n")).collect();
        sql.push(format!(
            "{directives}ALTER TABLE {table} {};",
            plain_type_change(before, said.types.each_ref().map(String::as_str))
        ));
        if before != after {
            sql.push(format!("ALTER TABLE {table} RENAME COLUMN {before} TO {after};"));
        }
        sql.extend(last.iter().map(|action| format!("ALTER TABLE {table} {action};")));
    }
    let renamed = |table: &ObjectName, of: &[Identifier]| {
        let one = |column: &Identifier| {
            let said = columns.iter().find(|said| said.table == *table && said.column == *column);
            said.map_or(column, |said| &said.names[1]).clone()
        };
        of.iter().map(one).collect::<Vec<_>>()
    };
    for foreign in &keys {
        let key = foreign.key;
        let again = Constraint {
            rule: ConstraintRule::ForeignKey(ForeignKey {
                columns: renamed(&foreign.name.relation, &key.columns),
                referenced_columns: renamed(&key.references, &key.referenced_columns),
                on_delete_columns: renamed(&foreign.name.relation, &key.on_delete_columns),
                ..key.clone()
            }),
            ..foreign.constraint.clone()
        };
        let tail = if again.not_valid { " NOT VALID" } else { "" };
        let (table, name) = (&foreign.name.relation, &foreign.name.name);
        sql.push(format!("ALTER TABLE {table} ADD CONSTRAINT {name} {}{tail};", constraint_definition(&again)));
    }
    let rename = |said: &Said| Rename::Column {
        of: ObjectId::Table(said.table.clone()),
        from: said.column.clone(),
        to: said.names[1].clone(),
    };
    let renames: Vec<Rename> = columns.iter().filter(|it| it.column != it.names[1]).map(rename).collect();
    let again = terminated(if renames.is_empty() {
        without_owners(&without, catalog)?
    } else {
        let renames = Renames::of(catalog, renames);
        without_owners(&without.renamed(&renames, catalog), &catalog.renamed(&renames, catalog))?
    });
    let made = |made: String| if is_back { made } else { routines.iter().fold(made, |sql, it| it.made(&sql)) };
    sql.extend(again.into_iter().map(made));
    Ok(sql)
}

/// The routines among what is made again that take or give ids; and whether the catalog knows the columns as they are
/// behind the statements.
fn routines(catalog: &Catalog, gone: &BTreeSet<&ObjectId>, columns: &[Said]) -> (Vec<Routine>, bool) {
    let mut is_back = false;
    let changed = columns.iter().filter(|said| said.types[0] != said.types[1]).filter_map(|said| {
        let entry = catalog.entry(&ObjectId::Column(said.name()))?;
        let Object::Column(facts) = entry.object() else { return None };
        let [before, after] = &said.types;
        let now = facts.data_type.as_str();
        is_back = now != before && now == after;
        let other = if is_back { before } else { after };
        Some(Column { name: said.column.clone(), now: now.to_owned(), other: other.clone() })
    });
    let changed: Vec<Column> = changed.collect();
    let routines = gone.iter().filter_map(|id| Routine::of(catalog.entry(id)?, &changed)).collect();
    (routines, is_back)
}

/// What of routines cannot be told by the draft.
pub(super) fn undecided(catalog: &Catalog, gone: &BTreeSet<&ObjectId>, columns: &[Said]) -> Vec<String> {
    let (routines, _) = routines(catalog, gone, columns);
    routines.iter().filter(|it| !it.unclear.is_empty()).map(ToString::to_string).collect()
}

/// The statements that make the one catalog of the other, whoever owns what: environments differ in that.
fn without_owners(from: &Catalog, to: &Catalog) -> Result<Vec<String>, Refusal> {
    let options = DiffOptions { style: Style::Offline, owners: Owners::Ignore, ..DiffOptions::default() };
    difference(from, to, &options)
}

fn terminated(statements: Vec<String>) -> Vec<String> {
    statements.into_iter().map(|statement| format!("{};", statement.trim_end_matches(';'))).collect()
}

/// The way back once the old ids are gone: the same, with the map read the other way. Its statements are run online,
/// too.
pub(super) fn reverse(situation: &Situation<'_>, group: &Group<'_>, map: &Map) -> Result<Vec<String>, Refusal> {
    let [make_old, make_new] = &group.make;
    let way = if map.back { "" } else { " back" };
    let name = map.name.name.as_str().strip_prefix("map_").unwrap_or_default();
    let name = Identifier::new(name).map_or_else(|_| String::new(), |name| format!(" map {name}"));
    let mut columns: Vec<Said> = group.references.iter().map(reference_back).collect();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    match &group.origin {
        Origin::Here(key) => {
            let numbers = key.facts.identity.as_ref().map(|identity| Numbers::of(situation, key, identity, map));
            let make_old = numbers.as_ref().map_or(make_old, |numbers| &numbers.make);
            let directives = vec![
                format!("-- limosa: rekey{name}{way}"),
                format!("-- limosa: forward {make_old}"),
                format!("-- limosa: back {make_new}"),
            ];
            columns.insert(0, key_back(key, group.default.as_deref(), directives));
            if let Some(numbers) = numbers {
                first = numbers.first;
                last = numbers.last;
            }
        }
        Origin::Elsewhere(elsewhere) => {
            let types = map_types(elsewhere, map.back, columns.first().map(|head| &head.types));
            let service = &elsewhere.service;
            if let Some(head) = columns.first_mut() {
                head.directives.retain(|line| line != FOLLOWS);
                head.directives.extend([
                    format!("-- limosa: rekey from {service}{name}{types}{way}"),
                    format!("-- limosa: forward {make_old}"),
                    format!("-- limosa: back {make_new}"),
                ]);
            }
        }
    }
    let mut sql = first;
    sql.extend(plain(situation.catalog, &columns)?);
    sql.extend(last);
    Ok(sql)
}

/// The types of a map's ids as the directive says them, where the column's own say something else.
fn map_types(elsewhere: &Elsewhere, is_back: bool, column: Option<&[String; 2]>) -> String {
    let [from, to] = &elsewhere.types;
    // On the way back, the column goes from the one to the other.
    if column.is_some_and(|[before, after]| before == to && after == from) {
        return String::new();
    }
    let [old, new] = if is_back { [to, from] } else { [from, to] };
    format!(" ({old}, {new})")
}

fn reference_back(member: &Member<'_>) -> Said {
    Said {
        table: member.table.name.clone(),
        column: member.column.clone(),
        names: [member.final_name.clone(), member.column.clone()],
        types: [member.new_type.clone(), member.old_type().to_owned()],
        directives: vec![follows(&member.form, member.condition.as_ref().map(|condition| condition.one_line()))],
        around: Default::default(),
    }
}

fn key_back(key: &Member<'_>, default: Option<&str>, directives: Vec<String>) -> Said {
    let column = &key.column;
    let again = match (&key.facts.identity, key.table.default_of(column)) {
        (Some(identity), _) => {
            Some(format!("ALTER COLUMN {column} ADD GENERATED {} AS IDENTITY", identity.generation.as_sql()))
        }
        (None, Some((_, default))) => Some(format!("ALTER COLUMN {column} SET DEFAULT {default}")),
        (None, None) => None,
    };
    let has_default = default.map(|action| match action.contains(" ADD GENERATED ") {
        true => format!("ALTER COLUMN {} DROP IDENTITY", key.final_name),
        false => format!("ALTER COLUMN {} DROP DEFAULT", key.final_name),
    });
    Said {
        table: key.table.name.clone(),
        column: column.clone(),
        names: [key.final_name.clone(), column.clone()],
        types: [key.new_type.clone(), key.old_type().to_owned()],
        directives,
        around: [has_default.into_iter().collect(), again.into_iter().collect()],
    }
}

/// What gives numbers meanwhile to an identity that comes again, whose sequence goes with the column: they go on from
/// where it was.
struct Numbers {
    first: Vec<String>,
    last: Vec<String>,
    make: String,
}

impl Numbers {
    fn of(situation: &Situation<'_>, key: &Member<'_>, identity: &Identity, map: &Map) -> Self {
        let sequence = situation.interim(&identity.sequence.name, 0);
        let sequence = ObjectName { schema: identity.sequence.schema.clone(), name: sequence };
        let literal = Literal(&sequence.to_string()).to_string();
        let known = Literal(&map.name.to_string()).to_string();
        let make = format!("pg_catalog.nextval({literal}::regclass)");
        let own = format!(
            "pg_catalog.pg_get_serial_sequence({}, {})",
            Literal(&key.table.name.to_string()),
            Literal(key.column.as_str())
        );
        Self {
            first: vec![
                format!("CREATE SEQUENCE {sequence};"),
                format!(
                    "-- limosa: phase expand\nDO $$ BEGIN IF pg_catalog.to_regclass({known}) IS NOT NULL THEN \
                     PERFORM pg_catalog.setval({literal}, (SELECT coalesce(max(old_id), 0) + 1 FROM {}), false); \
                     END IF; END $$;",
                    map.name
                ),
            ],
            last: vec![
                format!("-- limosa: phase contract\nSELECT pg_catalog.setval({own}, {make}, false);"),
                format!("-- limosa: phase contract\nDROP SEQUENCE {sequence};"),
            ],
            make,
        }
    }
}

/// What stands above a column that refers to the key in every row, by its whole value.
pub(super) const FOLLOWS: &str = "-- limosa: follows";

/// The directive of what refers to a key.
pub(super) fn follows(form: &Form, condition: Option<String>) -> String {
    let path = match form {
        Form::Json(path) => format!(" at {}", path.join(".")),
        Form::Value | Form::Array => String::new(),
    };
    let condition = condition.map(|condition| format!(" where {condition}")).unwrap_or_default();
    format!("{FOLLOWS}{path}{condition}")
}
