//! What partitions have by themselves where a column is the whole's: another default or none, an index, a rule; and
//! partitions that are taken off while a change of the whole is open.

use limosa_catalog::kind::column::Inheritance;
use limosa_catalog::{Entry, Identifier, Literal, Object, ObjectName};

use super::copy::in_the_way;
use super::partitions::{Part, parts};
use super::phases::OnlineCheck;
use super::put_back::block;
use super::refusal::Refusal;
use super::situation::Situation;
use super::table::Table;

/// The statements that give partitions their own defaults again, or none, behind one that gives the whole's to all.
pub(super) fn own_defaults(situation: &Situation<'_>, table: &Table<'_>, column: &Identifier) -> Vec<String> {
    let original = situation.original_column(table.column_name(column)).name;
    // By then, partitions have none either.
    if table.default_of(&original).is_some_and(|(entry, _)| situation.is_dropped(entry.id())) {
        return Vec::new();
    }
    let whole = situation.default_text(table, &original);
    let own = |part: Part<'_>| {
        let own = situation.default_text(&part.table, &original);
        let action = own.as_ref().map_or_else(|| "DROP DEFAULT".to_owned(), |text| format!("SET DEFAULT {text}"));
        (own != whole).then(|| format!("ALTER TABLE IF EXISTS ONLY {} ALTER COLUMN {column} {action}", part.table.name))
    };
    parts(table).into_iter().filter_map(own).collect()
}

/// Refuses a column of which a partition has a default of its own: a trigger that stands in for the whole's sees where
/// a row lies, and not what it was written to.
pub(super) fn refuse_own_defaults(table: &Table<'_>, column: &Identifier) -> Result<(), Refusal> {
    let whole = table.default_of(column).map(|(_, text)| text);
    let differs = |part: &Part<'_>| {
        part.table.default_of(column).is_some_and(|(_, text)| whole.is_none_or(|whole| whole != text))
    };
    match parts(table).iter().find(|part| differs(part)) {
        Some(part) => Err(Refusal::new(
            format!(
                "partition {} has a default of its own for {}",
                part.table.name.name.for_people(),
                column.for_people()
            ),
            "let it have that of the whole in a migration before, and set its own again in one behind: `ALTER TABLE \
             ONLY … ALTER COLUMN … SET DEFAULT`",
        )),
        None => Ok(()),
    }
}

/// Refuses a column that makes place for another one while a partition alone has something built on it.
pub(super) fn refuse_built_on_parts(
    situation: &Situation<'_>,
    table: &Table<'_>,
    column: &Identifier,
) -> Result<(), Refusal> {
    for part in parts(table) {
        let Ok((entry, _)) = part.table.column(column) else { continue };
        let is_own = |other: &Entry<'_>| {
            !situation.is_dropped(other.id())
                && match other.object() {
                    Object::Index(index) => index.partition_of.is_none(),
                    Object::Constraint(constraint) => constraint.inheritance == Inheritance::Own,
                    Object::Statistics(_) => true,
                    _ => false,
                }
        };
        if let Some((other, _)) = entry.dependents().find(|(other, _)| is_own(other)) {
            return Err(in_the_way(other.id(), "one partition has it alone"));
        }
    }
    Ok(())
}

/// That no partition was taken off which has a column that is there until contract, and that nobody keeps in step.
pub(super) fn none_taken_off(table: &Table<'_>, copy: &Identifier) -> Option<OnlineCheck> {
    let names = names(parts(table).iter().map(|part| &part.table.name))?;
    let people = (table.name.name.for_people(), copy.for_people());
    Some(OnlineCheck {
        query: format!("SELECT {TAKEN_OFF}").replace("{names}", &names).replace("{copy}", &literal(copy)),
        found: format!("a partition of {} was taken off, and {} on it is kept in step no more", people.0, people.1),
        help: format!(
            "attach {{row}} again, or let it do without: `ALTER TABLE {{row}} DROP COLUMN {}`; or take the change back \
             with `limosa abort`",
            people.1
        ),
    })
}

/// Tables that were partitions and have the column; `{names}` are theirs.
const TAKEN_OFF: &str = "\
c.oid::regclass::text FROM pg_catalog.unnest({names}) AS limosa_part
JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(limosa_part) AND NOT c.relispartition
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = {copy} AND NOT a.attisdropped";

/// Takes a column that an abort drops off partitions that were taken off, and gives them the default again that was
/// taken from another.
pub(super) fn clear_taken_off(
    table: &Table<'_>,
    copy: &Identifier,
    given: Option<(&Identifier, &str)>,
) -> Option<String> {
    let parts = parts(table);
    let names_of_all = names(parts.iter().map(|part| &part.table.name))?;
    let taken_off = |names: &str| TAKEN_OFF.replace("{names}", names).replace("{copy}", &literal(copy));
    let each = |names: &str, action: &str| {
        format!(
            "FOR limosa_at IN SELECT {} LOOP EXECUTE pg_catalog.format('ALTER TABLE %s ', limosa_at) || {}; END LOOP;",
            taken_off(names),
            Literal(action)
        )
    };
    let default = given.and_then(|(column, text)| {
        let has_it = parts.iter().filter(|part| part.table.default_of(column).is_some());
        let names = names(has_it.map(|part| &part.table.name))?;
        Some(each(&names, &format!("ALTER COLUMN {column} SET DEFAULT {text}")))
    });
    let drop = each(&names_of_all, &format!("DROP COLUMN {copy}"));
    let body = format!("DECLARE limosa_at text; BEGIN {}{drop} END;", default.unwrap_or_default());
    Some(block(&body))
}

fn names<'n>(names: impl Iterator<Item = &'n ObjectName>) -> Option<String> {
    let names: Vec<String> = names.map(|name| Literal(&name.to_string()).to_string()).collect();
    (!names.is_empty()).then(|| format!("ARRAY[{}]", names.join(", ")))
}

fn literal(name: &Identifier) -> String {
    Literal(name.as_str()).to_string()
}
