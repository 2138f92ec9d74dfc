//! The map of a key whose column is in another service's database: its pairs arrive in a table of their own and are
//! taken into the map here.
//!
//! While both versions live, an id that the map does not have yet gets a provisional counterpart, as one that is not
//! there yet does in the database of the key. When the key's own database is asked again, its pairs take the place of
//! provisional ones, and rows that hold a provisional id get the one that it stood for. Ids that stood for others are
//! kept until contract, since a client may have read one and write it later.

use std::collections::BTreeMap;

use limosa_catalog::{Identifier, ObjectName};

use super::super::phases::{Carry, OnlineStep};
use super::super::refusal::Refusal;
use super::form::{Form, Translator, takes_any};
use super::group::Elsewhere;
use super::map::{Map, SIDES};
use super::member::Member;
use super::{ROW, Rekey};

/// A long load is not cut off by a setting that is meant for short statements.
const WITHOUT_TIMEOUT: &str = "SET LOCAL statement_timeout = 0";

/// The tables and functions by which a map is carried.
pub(super) struct Carrying {
    service: String,
    /// The map's name there and here.
    name: Identifier,
    /// Whether the map is read from the new ids to the old ones.
    back: bool,
    /// The types of its ids: of the old ones, and of the new ones.
    types: [String; 2],
    map: ObjectName,
    /// All pairs, as they come.
    arrived: ObjectName,
    /// Those that the map does not have.
    fresh: ObjectName,
    /// Ids that stood for others.
    late: ObjectName,
    /// Give the id that a text of an old id, and of a new one, stood for.
    functions: [ObjectName; 2],
    /// Whether a text may have been left as it is, since nobody could tell that it is an id.
    left: [bool; 2],
}

impl Carrying {
    pub(super) fn new(
        elsewhere: &Elsewhere,
        map: &Map,
        name: impl Fn(&str) -> Result<ObjectName, Refusal>,
    ) -> Result<Self, Refusal> {
        // By the map's name: what a run left behind that was cut off before the change began is taken away by the next.
        let of_map = |what: &str| -> Result<ObjectName, Refusal> {
            /// With what stands behind it, a name has 63 bytes at most.
            const LONGEST: usize = 53;
            let mut start = map.name.name.as_str();
            while start.len() > LONGEST {
                start = start.char_indices().next_back().map_or("", |(end, _)| &start[..end]);
            }
            let name = Identifier::new(format!("{start}_{what}"));
            let name = name.map_err(|error| Refusal::new(error.to_string(), "give the map another name"))?;
            Ok(ObjectName { schema: map.name.schema.clone(), name })
        };
        let [from, to] = elsewhere.types.clone();
        let types = if map.back { [to, from] } else { [from, to] };
        let left = types.each_ref().map(|data_type| map.by_text && takes_any(data_type));
        Ok(Self {
            service: elsewhere.service.clone(),
            name: map.name.name.clone(),
            back: map.back,
            types,
            map: map.name.clone(),
            arrived: of_map("arrived")?,
            fresh: of_map("fresh")?,
            late: name("late")?,
            functions: [name("late_old_id")?, name("late_new_id")?],
            left,
        })
    }

    /// Takes what arrived into a map that nobody asks yet.
    pub(super) fn first(&self) -> Vec<OnlineStep> {
        let Self { map, arrived, .. } = self;
        let [old, new] = SIDES;
        let mut steps = vec![OnlineStep::Together(self.create())];
        if self.back {
            // It has pairs from before, of which some may have been provisional to the end.
            steps.extend([self.sift(), self.take()].map(OnlineStep::Together));
        } else {
            let load =
                format!("INSERT INTO {map} ({old}, {new}) SELECT {old}, {new} FROM {arrived} ON CONFLICT DO NOTHING");
            steps.push(OnlineStep::Together(vec![WITHOUT_TIMEOUT.to_owned(), load]));
        }
        // Never looked at, it would be thought to be small.
        steps.push(OnlineStep::Alone(format!("ANALYZE {map}")));
        steps
    }

    /// Makes what keeps ids that stood for others.
    fn create(&self) -> Vec<String> {
        let late = &self.late;
        let ([old, new], [old_type, new_type]) = (SIDES, &self.types);
        let mut sql = vec![format!(
            "CREATE TABLE {late} (number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {old} {old_type} NOT NULL, \
             {new} {new_type} NOT NULL, late_old_id text UNIQUE, late_new_id text UNIQUE, is_left boolean NOT NULL \
             DEFAULT false)"
        )];
        for (function, side) in self.functions.iter().zip(SIDES) {
            sql.push(format!(
                "CREATE FUNCTION {function}(text) RETURNS text LANGUAGE sql STABLE AS $limosa$\n  SELECT \
                 coalesce((SELECT limosa_late.{side}::text FROM {late} AS limosa_late\n    \
                 WHERE limosa_late.late_{side} = $1), $1)\n$limosa$"
            ));
        }
        sql
    }

    /// Finds the pairs that the map does not have.
    fn sift(&self) -> Vec<String> {
        let Self { map, arrived, fresh, .. } = self;
        let [old, new] = SIDES;
        vec![
            WITHOUT_TIMEOUT.to_owned(),
            format!("DROP TABLE IF EXISTS {fresh}"),
            format!(
                "CREATE UNLOGGED TABLE {fresh} AS SELECT limosa_come.{old}, limosa_come.{new} FROM {arrived} AS \
                 limosa_come WHERE NOT EXISTS (SELECT FROM {map} AS limosa_map \
                 WHERE limosa_map.{old} = limosa_come.{old} AND limosa_map.{new} = limosa_come.{new})"
            ),
        ]
    }

    /// Takes all of it away, whether it is there or not.
    pub(super) fn drop(&self) -> Vec<String> {
        let functions = self.functions.iter().map(|function| format!("DROP FUNCTION IF EXISTS {function}(text)"));
        let tables = [&self.late, &self.fresh, &self.arrived];
        functions.chain(tables.map(|table| format!("DROP TABLE IF EXISTS {table}"))).collect()
    }

    /// What is run each time.
    pub(super) fn carry(&self, rekey: &Rekey<'_>) -> Carry {
        let Self { map, arrived, fresh, late, .. } = self;
        let [old, new] = SIDES;
        let [old_type, new_type] = &self.types;
        Carry {
            service: self.service.clone(),
            map: self.name.clone(),
            types: self.types.clone(),
            back: self.back,
            arrived: arrived.clone(),
            prepare: vec![
                format!("DROP TABLE IF EXISTS {arrived}"),
                format!("CREATE UNLOGGED TABLE {arrived} ({old} {old_type} NOT NULL, {new} {new_type} NOT NULL)"),
            ],
            sift: [self.sift(), vec![format!("SELECT count(*) FROM {fresh}")]].concat(),
            take: self.take(),
            writers: rekey
                .tables()
                .into_iter()
                .map(|table| format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE"))
                .collect(),
            late: format!("SELECT coalesce(max(number), 0) FROM {late}"),
            mend: self.mend(rekey),
            unknown: format!(
                "SELECT count(*) FROM {map} AS limosa_map WHERE NOT EXISTS (SELECT FROM {arrived} AS limosa_come \
                 WHERE limosa_come.{old} = limosa_map.{old})"
            ),
            clear: vec![format!("DROP TABLE IF EXISTS {fresh}"), format!("DROP TABLE IF EXISTS {arrived}")],
        }
    }

    /// Takes the pairs that the map does not have into it, in the place of provisional ones. Nobody reserves an id
    /// meanwhile.
    fn take(&self) -> Vec<String> {
        let Self { map, fresh, late, .. } = self;
        let [old, new] = SIDES;
        let mut sql =
            vec![format!("SET LOCAL client_min_messages = warning;\nLOCK TABLE {map} IN SHARE ROW EXCLUSIVE MODE")];
        // An id that the key's own database knows stands for itself.
        for (same, other) in [(old, new), (new, old)] {
            sql.push(format!(
                "INSERT INTO {late} ({old}, {new}, late_{other}) SELECT limosa_come.{old}, limosa_come.{new}, \
                 limosa_map.{other}::text FROM {fresh} AS limosa_come JOIN {map} AS limosa_map \
                 ON limosa_map.{same} = limosa_come.{same} WHERE limosa_map.{other} <> limosa_come.{other} \
                 AND NOT EXISTS (SELECT FROM {fresh} AS limosa_own WHERE limosa_own.{other} = limosa_map.{other}) \
                 ON CONFLICT DO NOTHING"
            ));
        }
        for side in SIDES {
            sql.push(format!(
                "DELETE FROM {map} AS limosa_map USING {fresh} AS limosa_come \
                 WHERE limosa_map.{side} = limosa_come.{side}"
            ));
        }
        sql.push(format!("INSERT INTO {map} ({old}, {new}) SELECT {old}, {new} FROM {fresh} ON CONFLICT DO NOTHING"));
        // Where an id was taken for any text, it stands on both sides as it is.
        for ((side, other), is_left) in [(old, new), (new, old)].into_iter().zip(self.left) {
            if is_left {
                sql.push(format!(
                    "INSERT INTO {late} ({old}, {new}, late_{other}, is_left) SELECT limosa_come.{old}, \
                     limosa_come.{new}, limosa_come.{side}::text, true FROM {fresh} AS limosa_come \
                     WHERE limosa_come.{old}::text <> limosa_come.{new}::text AND NOT EXISTS (SELECT FROM {map} AS \
                     limosa_map WHERE limosa_map.{other}::text = limosa_come.{side}::text) ON CONFLICT DO NOTHING"
                ));
            }
        }
        sql
    }

    /// Gives rows that hold ids which stood for others those others; of the ids of the numbers between two. All tables
    /// in one statement, since a foreign key between two of them is asked at its end.
    fn mend(&self, rekey: &Rekey<'_>) -> String {
        let late = &self.late;
        let mut tables: BTreeMap<ObjectName, Vec<&Member<'_>>> = BTreeMap::new();
        for member in &rekey.group.references {
            for table in member.leaves() {
                tables.entry(table).or_default().push(member);
            }
        }
        let (mut places, mut updates, mut counts) = (Vec::new(), Vec::new(), Vec::new());
        for (at, (table, members)) in tables.iter().enumerate() {
            let sides = || members.iter().flat_map(|member| self.sides(rekey, member));
            let sets: Vec<String> = sides().map(|(column, value, _)| format!("{column} = {value}")).collect();
            let found =
                sides().map(|(_, _, holds)| format!("SELECT {at}, {ROW}.ctid FROM {table} AS {ROW} WHERE {holds}"));
            places.extend(found);
            updates.push(format!(
                "limosa_{at} AS (UPDATE {table} AS {ROW} SET {} WHERE {ROW}.ctid = ANY (ARRAY(SELECT place \
                 FROM limosa_places WHERE at = {at})) RETURNING 1)",
                sets.join(", ")
            ));
            counts.push(format!("(SELECT count(*) FROM limosa_{at})"));
        }
        // All are found before the first row is locked.
        format!(
            "WITH limosa_late AS MATERIALIZED (SELECT * FROM {late} WHERE number > $1 AND number <= $2), \
             limosa_places (at, place) AS MATERIALIZED ({}), {} SELECT {}",
            places.join(" UNION "),
            updates.join(", "),
            counts.join(" + ")
        )
    }

    /// Of both sides of a column: its name, its value with the ids that others stood for, and whether it holds one
    /// that stands for another.
    fn sides<'m>(&self, rekey: &Rekey<'_>, member: &'m Member<'_>) -> [(&'m Identifier, String, String); 2] {
        let map = &rekey.map;
        let [from, to] = if self.back { [1, 0] } else { [0, 1] };
        [
            (&member.column, member.old_type(), from, member.asks_for_texts(&map.from.data_type)),
            (&member.interim, member.new_type.as_str(), to, member.asks_for_new_texts(&map.to.data_type)),
        ]
        .map(|(column, data_type, side, is_text)| {
            let (function, id_type) = (self.functions[side].to_string(), &self.types[side]);
            let late = format!("late_{}", SIDES[side]);
            let value = format!("{ROW}.{column}");
            let as_text = if member.form == Form::Array { format!("({value})::text[]") } else { value.clone() };
            let by = Translator { of_id: &function, of_text: &function, types: [id_type; 2] };
            let mended = member.form.translated(&as_text, true, data_type, by);
            let mended = match member.refers(ROW) {
                Some(refers) => format!("CASE WHEN {refers} THEN {mended} ELSE {value} END"),
                None => mended,
            };
            let refers = member.refers(ROW).map(|refers| format!(" AND {refers}")).unwrap_or_default();
            let holds = match member.form == Form::Value && !is_text {
                true => format!(
                    "{value} IN (SELECT limosa_late.{late}::{data_type} FROM limosa_late \
                     WHERE limosa_late.{late} IS NOT NULL AND NOT limosa_late.is_left){refers}"
                ),
                false => format!(
                    "EXISTS (SELECT FROM {} AS limosa_of (id, place) JOIN limosa_late \
                     ON limosa_late.{late} = limosa_of.id){refers}",
                    member.form.texts(&value)
                ),
            };
            (column, mended, holds)
        })
    }
}
