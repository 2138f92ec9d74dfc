//! The plain statements of a group: what an engineer reads, and what runs where nobody is there to be held up.

use std::collections::BTreeSet;

use limosa_catalog::kind::constraint::{Constraint, ConstraintRule, ForeignKey};
use limosa_catalog::{Catalog, ColumnName, Identifier, Literal, ObjectId, ObjectName, Rename, Renames};

use super::super::refusal::Refusal;
use super::super::situation::{Situation, difference};
use super::form::Form;
use super::graph::foreign_keys;
use super::group::{Group, readers};
use super::map::Map;
use super::plain_type_change;
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
    let mut sql: Vec<String> = terminated(without_owners(catalog, &without)?);
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
    sql.extend(terminated(if renames.is_empty() {
        without_owners(&without, catalog)?
    } else {
        let renames = Renames::of(catalog, renames);
        without_owners(&without.renamed(&renames, catalog), &catalog.renamed(&renames, catalog))?
    }));
    Ok(sql)
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
    let key = &group.key;
    let [make_old, make_new] = &group.make;
    let way = if map.back { "" } else { " back" };
    let name = map.name.name.as_str().strip_prefix("map_").unwrap_or_default();
    let name = Identifier::new(name).map_or_else(|_| String::new(), |name| format!(" map {name}"));
    let mut make_old = make_old.clone();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    let mut again = Vec::new();
    let (table, column) = (&key.table.name, &key.column);
    if let Some(identity) = &key.facts.identity {
        // Its sequence goes with the column: numbers go on from where it was.
        let sequence = situation.interim(&identity.sequence.name, 0);
        let sequence = ObjectName { schema: identity.sequence.schema.clone(), name: sequence };
        let literal = Literal(&sequence.to_string()).to_string();
        first.push(format!("CREATE SEQUENCE {sequence};"));
        let known = Literal(&map.name.to_string()).to_string();
        first.push(format!(
            "-- limosa: phase expand\nDO $$ BEGIN IF pg_catalog.to_regclass({known}) IS NOT NULL THEN \
             PERFORM pg_catalog.setval({literal}, (SELECT coalesce(max(old_id), 0) + 1 FROM {}), false); \
             END IF; END $$;",
            map.name
        ));
        make_old = format!("pg_catalog.nextval({literal}::regclass)");
        let own =
            format!("pg_catalog.pg_get_serial_sequence({}, {})", Literal(&table.to_string()), Literal(column.as_str()));
        last.push(format!("-- limosa: phase contract\nSELECT pg_catalog.setval({own}, {make_old}, false);"));
        last.push(format!("-- limosa: phase contract\nDROP SEQUENCE {sequence};"));
        again.push(format!("ALTER COLUMN {column} ADD GENERATED {} AS IDENTITY", identity.generation.as_sql()));
    } else if let Some((_, default)) = key.table.default_of(column) {
        again.push(format!("ALTER COLUMN {column} SET DEFAULT {default}"));
    }
    let has_default = group.default.as_deref().map(|action| match action.contains(" ADD GENERATED ") {
        true => format!("ALTER COLUMN {} DROP IDENTITY", key.final_name),
        false => format!("ALTER COLUMN {} DROP DEFAULT", key.final_name),
    });
    let mut columns = vec![Said {
        table: table.clone(),
        column: column.clone(),
        names: [key.final_name.clone(), column.clone()],
        types: [key.new_type.clone(), key.old_type().to_owned()],
        directives: vec![
            format!("-- limosa: rekey{name}{way}"),
            format!("-- limosa: forward {make_old}"),
            format!("-- limosa: back {make_new}"),
        ],
        around: [has_default.into_iter().collect(), again],
    }];
    columns.extend(group.references.iter().map(|member| Said {
        table: member.table.name.clone(),
        column: member.column.clone(),
        names: [member.final_name.clone(), member.column.clone()],
        types: [member.new_type.clone(), member.old_type().to_owned()],
        directives: vec![follows(&member.form, member.condition.as_ref().map(|condition| condition.one_line()))],
        around: Default::default(),
    }));
    let mut sql = first;
    sql.extend(plain(situation.catalog, &columns)?);
    sql.extend(last);
    Ok(sql)
}

/// The directive of what refers to a key.
pub(super) fn follows(form: &Form, condition: Option<String>) -> String {
    let path = match form {
        Form::Json(path) => format!(" at {}", path.join(".")),
        Form::Value | Form::Array => String::new(),
    };
    let condition = condition.map(|condition| format!(" where {condition}")).unwrap_or_default();
    format!("-- limosa: follows{path}{condition}")
}
