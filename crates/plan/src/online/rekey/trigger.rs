//! The triggers that keep both values of a table's columns in step while clients write either.
//!
//! The direction is by which value changed, so they work behind a transaction pooler. They run with the rights of their
//! owner, since clients may neither read nor write the map. The backfill does not fire them.

use limosa_catalog::{Identifier, Literal, ObjectName};

use super::super::sync::unequal;
use super::map::Map;
use super::member::Member;

/// One table with all of its columns that get other values.
pub(super) struct TableSync<'a> {
    pub(super) table: &'a ObjectName,
    /// The key, where it is this table's.
    pub(super) key: Option<&'a Member<'a>>,
    pub(super) references: Vec<&'a Member<'a>>,
    pub(super) map: &'a Map,
    pub(super) function: &'a ObjectName,
    /// The triggers that fire on `INSERT` and on `UPDATE`.
    pub(super) triggers: [Identifier; 2],
}

impl TableSync<'_> {
    /// The function and its triggers.
    pub(super) fn create(&self) -> Vec<String> {
        let (table, function) = (self.table, self.function);
        let [on_insert, on_update] = &self.triggers;
        let mut sql = vec![format!(
            "CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER\n\
             SET search_path = {}, pg_temp AS $limosa$\nBEGIN\n  IF TG_OP = 'INSERT' THEN\n{}  ELSE\n{}  END IF;\n  \
             RETURN NEW;\nEND\n$limosa$",
            self.map.search_path,
            self.inserted(),
            self.updated()
        )];
        for (trigger, event, when) in
            [(on_insert, "INSERT", self.when_inserted()), (on_update, "UPDATE", self.when_updated())]
        {
            sql.push(format!(
                "CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH ROW\n    {when}\
                 EXECUTE FUNCTION {function}()"
            ));
            sql.push(format!("ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}"));
        }
        sql
    }

    /// What takes them away, whether they are there or not.
    pub(super) fn drop(&self) -> Vec<String> {
        let (table, function) = (self.table, self.function);
        let triggers = self.triggers.iter().map(|trigger| format!("DROP TRIGGER IF EXISTS {trigger} ON {table}"));
        triggers.chain([format!("DROP FUNCTION IF EXISTS {function}()")]).collect()
    }

    fn when_inserted(&self) -> String {
        if self.key.is_some() {
            return String::new();
        }
        let written =
            |member: &&Member<'_>| format!("NEW.{} IS NOT NULL OR NEW.{} IS NOT NULL", member.column, member.interim);
        format!("WHEN ({})\n    ", self.references.iter().map(written).collect::<Vec<_>>().join(" OR "))
    }

    fn when_updated(&self) -> String {
        let key = self.key.iter().map(|key| {
            let [old, new] = key.changed();
            format!("OLD.{} IS NOT NULL AND ({old} OR {new})", key.interim)
        });
        // The backfill gives a value where there was none, for an old one that stays.
        let reference = self.references.iter().map(|member| {
            let [old, new] = member.changed();
            let filled = format!("OLD.{} IS NOT NULL OR OLD.{} IS NULL", member.interim, member.column);
            let mut any = vec![old, format!("({new} AND ({filled}))")];
            any.extend(decided_otherwise(member));
            any.join(" OR ")
        });
        format!("WHEN ({})\n    ", key.chain(reference).collect::<Vec<_>>().join(" OR "))
    }

    fn inserted(&self) -> String {
        let map = self.map;
        let [by, gives] = map.sides();
        let mut body = String::new();
        if let Some(Member { column, interim, .. }) = self.key {
            let [forward, _] = map.forward();
            let (name, make) = (&map.name, &map.from.make);
            body.push_str(&format!(
                "    IF NEW.{column} IS NULL AND NEW.{interim} IS NULL THEN\n      NEW.{column} := {make};\n    \
                 END IF;\n    \
                 IF NEW.{interim} IS NULL THEN\n      NEW.{interim} := {forward}(NEW.{column});\n    \
                 ELSE\n      \
                 -- A client of the new version: the old id is the column's default, unless one is reserved.\n      \
                 INSERT INTO {name} AS limosa_map ({by}, {gives})\n        \
                 VALUES (coalesce(NEW.{column}, {make}), NEW.{interim})\n        \
                 ON CONFLICT ({gives}) DO UPDATE SET {gives} = EXCLUDED.{gives} \
                 RETURNING limosa_map.{by} INTO NEW.{column};\n    END IF;\n"
            ));
        }
        for member in &self.references {
            let Member { column, interim, .. } = member;
            let (forward, back) = (member.forward(map, "NEW"), member.back(map, "NEW"));
            body.push_str(&format!(
                "    IF NEW.{interim} IS NULL THEN\n      NEW.{interim} := {forward};\n    \
                 ELSIF NEW.{column} IS NULL THEN\n      NEW.{column} := {back};\n    \
                 ELSIF {} THEN\n      {}\n    END IF;\n",
                unequal(&format!("({forward})::{}", member.new_type), &format!("NEW.{interim}")),
                self.raise(member)
            ));
        }
        body
    }

    fn updated(&self) -> String {
        let map = self.map;
        let [by, gives] = map.sides();
        let mut body = String::new();
        if let Some(key @ Member { column, interim, .. }) = self.key {
            let [old, new] = key.changed();
            let name = &map.name;
            body.push_str(&format!(
                "    IF OLD.{interim} IS NOT NULL AND ({old} OR {new}) THEN\n      \
                 DELETE FROM {name} AS limosa_map WHERE limosa_map.{by} = OLD.{column};\n      \
                 INSERT INTO {name} AS limosa_map ({by}, {gives}) VALUES (NEW.{column}, NEW.{interim})\n        \
                 ON CONFLICT ({gives}) DO UPDATE SET {by} = EXCLUDED.{by};\n    END IF;\n"
            ));
        }
        for member in &self.references {
            let Member { column, interim, .. } = member;
            let [old, new] = member.changed();
            let (forward, back) = (member.forward(map, "NEW"), member.back(map, "NEW"));
            let differ = unequal(&format!("({forward})::{}", member.new_type), &format!("NEW.{interim}"));
            let decided = decided_otherwise(member)
                .map(|decided| {
                    format!("    ELSIF NOT ({new}) AND ({decided}) THEN\n      NEW.{interim} := {forward};\n")
                })
                .unwrap_or_default();
            body.push_str(&format!(
                "    IF {old} AND NOT ({new}) THEN\n      NEW.{interim} := {forward};\n    \
                 ELSIF {new} AND NOT ({old}) THEN\n      NEW.{column} := {back};\n    \
                 ELSIF {old} AND {differ} THEN\n      {}\n{decided}    END IF;\n",
                self.raise(member)
            ));
        }
        body
    }

    fn raise(&self, member: &Member<'_>) -> String {
        let (table, column) = (self.table.name.for_people(), member.column.for_people());
        format!(
            "RAISE EXCEPTION USING ERRCODE = 'data_exception', MESSAGE = {}, HINT = {};",
            Literal(&format!(
                "column {column} of {table} is set to two values, an old id and the new id of another row"
            )),
            Literal("write one of them")
        )
    }
}

/// Whether an `UPDATE` changed what decides if the row refers to the key.
fn decided_otherwise(member: &Member<'_>) -> Option<String> {
    let changed = member.deciding().into_iter().map(|name| unequal(&format!("NEW.{name}"), &format!("OLD.{name}")));
    let changed: Vec<String> = changed.collect();
    (!changed.is_empty()).then(|| changed.join(" OR "))
}
