//! Rows that are there get their values.

use limosa_catalog::{Identifier, ObjectName};

use super::super::phases::OnlineStep;
use super::form::{Form, takes_any};
use super::member::Member;
use super::{ROW, Rekey, graph};

impl Rekey<'_> {
    /// The steps, of the key first.
    pub(super) fn backfill(&self) -> Vec<OnlineStep> {
        let mut steps = self.group.key().map(|key| self.fill_key(key)).unwrap_or_default();
        for member in &self.group.references {
            // A partitioned table has no order of its own pages.
            for table in member.leaves() {
                if self.may_be_unknown(member) {
                    // Whoever wrote here before the map knew all ids has come to an end.
                    steps.push(OnlineStep::Together(vec![format!("LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")]));
                }
                steps.extend(self.fill(member, &table).into_iter().map(batches));
                steps.extend(self.late(member, &table).into_iter().map(batches));
            }
        }
        steps
    }

    /// What gives rows of the key their new ids, and the map both.
    fn fill_key(&self, key: &Member<'_>) -> Vec<OnlineStep> {
        let map = &self.map;
        let (name, [by, gives]) = (&map.name, map.sides());
        let (table, column, interim) = (&key.table.name, &key.column, &key.interim);
        let mut steps = Vec::new();
        if map.back {
            steps.push(batches(format!(
                "UPDATE {table} AS {ROW} SET {interim} = limosa_map.{gives} FROM {name} AS limosa_map \
                 WHERE limosa_map.{by} = {ROW}.{column} AND {ROW}.{interim} IS NULL"
            )));
        }
        steps.push(match &self.group.directive.generate {
            Some(generator) => OnlineStep::Batches {
                sql: format!("UPDATE {table} SET {interim} = DEFAULT WHERE {interim} IS NULL"),
                words: format!("generate {interim}={generator}"),
            },
            None => batches(format!("UPDATE {table} SET {interim} = {} WHERE {interim} IS NULL", map.to.make)),
        });
        steps.push(batches(format!(
            "INSERT INTO {name} ({by}, {gives}) SELECT {ROW}.{column}, {ROW}.{interim} FROM {table} AS {ROW} \
             WHERE {ROW}.{interim} IS NOT NULL ON CONFLICT DO NOTHING"
        )));
        // Never looked at, it would be thought to be small.
        steps.push(OnlineStep::Alone(format!("ANALYZE {name}")));
        steps
    }

    /// Whether a client may have written an id that the map did not know yet, as a text that could be anything else. A
    /// map that is carried brings such rows in order itself.
    fn may_be_unknown(&self, member: &Member<'_>) -> bool {
        let key_type = self.group.old_type();
        self.group.key().is_some() && member.is_loose && takes_any(key_type) && member.asks_for_texts(key_type)
    }

    /// What gives rows their values that clients wrote before the map knew the ids in them: those stand as they are on
    /// both sides.
    fn late(&self, member: &Member<'_>, table: &ObjectName) -> Vec<String> {
        let (map, [from, to]) = (&self.map, self.map.sides());
        let Member { column, interim, .. } = member;
        let late = |set: &Identifier, value: String, [by, gives]: [&str; 2]| {
            let refers = member.refers(ROW).map(|refers| format!("{refers} AND ")).unwrap_or_default();
            format!(
                "UPDATE {table} AS {ROW} SET {set} = {value} WHERE {refers}EXISTS (SELECT FROM {} AS limosa_old (id, \
                 place) JOIN {} AS limosa_new (id, place) ON limosa_new.place = limosa_old.place \
                 AND limosa_new.id = limosa_old.id JOIN {} AS limosa_map ON limosa_map.{by}::text = limosa_old.id \
                 WHERE limosa_map.{gives}::text <> limosa_old.id)",
                member.form.texts(&format!("{ROW}.{column}")),
                member.form.texts(&format!("{ROW}.{interim}")),
                map.name
            )
        };
        let forward = self.may_be_unknown(member).then(|| late(interim, member.forward(map, ROW), [from, to]));
        let knows_texts = takes_any(self.group.new_type()) && self.may_be_unknown(member);
        let back = knows_texts.then(|| late(column, member.back(map, ROW), [to, from]));
        forward.into_iter().chain(back).collect()
    }

    /// What gives rows of a table that refers to the key their new values.
    fn fill(&self, member: &Member<'_>, table: &ObjectName) -> Vec<String> {
        let (map, [by, gives]) = (&self.map, self.map.sides());
        let Member { column, interim, .. } = member;
        let mut sql = Vec::new();
        let is_text = member.asks_for_texts(self.group.old_type());
        if member.form == Form::Value {
            let cast = if is_text { "::text" } else { "" };
            let to = if is_text { format!("::text::{}", member.new_type) } else { String::new() };
            let refers = member.refers(ROW).map(|refers| format!(" AND {refers}")).unwrap_or_default();
            sql.push(format!(
                "UPDATE {table} AS {ROW} SET {interim} = limosa_map.{gives}{to} FROM {} AS limosa_map \
                 WHERE limosa_map.{by}{cast} = {ROW}.{column}{cast} AND {ROW}.{interim} IS NULL{refers}",
                map.name
            ));
        }
        if !self.is_held(member) {
            sql.push(format!(
                "UPDATE {table} AS {ROW} SET {interim} = {} WHERE {ROW}.{interim} IS NULL \
                 AND {ROW}.{column} IS NOT NULL",
                member.forward(map, ROW)
            ));
        }
        sql
    }

    /// Whether a foreign key has seen to it that each of its values is an id.
    fn is_held(&self, member: &Member<'_>) -> bool {
        let name = member.name();
        self.group.key().is_some()
            && member.condition.is_none()
            && graph::foreign_keys(self.situation.catalog)
                .filter(|foreign| !foreign.constraint.not_valid && !foreign.constraint.not_enforced)
                .any(|foreign| foreign.pairs().any(|(own, _)| own == name))
    }
}

fn batches(sql: String) -> OnlineStep {
    OnlineStep::Batches { sql, words: String::new() }
}
