//! The map: a table that holds each id as it was and as it is, and the functions that ask it.
//!
//! Who asks for an id that nobody knows yet reserves it there. So a row may refer to one that comes later in its
//! transaction, or never: it refers to the same in both versions. Two who ask for the same at once wait for each other
//! at the map's key, and get the same answer.

use limosa_catalog::{Literal, ObjectName, ServerMajor};

use super::form::Translator;

/// The columns of the map: what the ids of `rekey` are translated from, and to.
pub(super) const SIDES: [&str; 2] = ["old_id", "new_id"];

/// One side of the key.
pub(super) struct Side {
    /// The type of the ids.
    pub(super) data_type: String,
    /// Makes an id.
    pub(super) make: String,
    /// The functions that give the ids of this side for those of the other: of an id, and of a text.
    pub(super) functions: [ObjectName; 2],
}

/// The map while both sides live.
pub(super) struct Map {
    pub(super) name: ObjectName,
    /// Whether it leads from the new ids to the old ones.
    pub(super) back: bool,
    /// The ids that are in use before.
    pub(super) from: Side,
    /// The ids that are in use afterwards.
    pub(super) to: Side,
    /// Whether ids are looked for by their texts.
    pub(super) by_text: bool,
    /// Whose ids they are, for people.
    pub(super) about: String,
    /// The table of the key, and its columns before and meanwhile, where it is in this database.
    pub(super) key: Option<(ObjectName, [String; 2])>,
    pub(super) search_path: String,
    /// The server's.
    pub(super) major: ServerMajor,
}

impl Map {
    /// The names of its columns: of the ids before, and of those afterwards.
    pub(super) fn sides(&self) -> [&'static str; 2] {
        let [old, new] = SIDES;
        if self.back { [new, old] } else { [old, new] }
    }

    /// What translates ids to those that are in use afterwards.
    pub(super) fn forward(&self) -> [String; 2] {
        self.to.functions.clone().map(|name| name.to_string())
    }

    /// What translates them to those that were in use before.
    pub(super) fn backward(&self) -> [String; 2] {
        self.from.functions.clone().map(|name| name.to_string())
    }

    /// Makes the table, unless it leads back and is there.
    pub(super) fn create(&self) -> Vec<String> {
        let Self { name, .. } = self;
        let [from, to] = self.sides();
        let [old, new] = SIDES;
        let type_of = |side: &str| if side == from { &self.from.data_type } else { &self.to.data_type };
        let only_if = if self.back { "IF NOT EXISTS " } else { "" };
        let mut sql = vec![format!(
            "CREATE TABLE {only_if}{name} ({old} {} PRIMARY KEY, {new} {} NOT NULL UNIQUE)",
            type_of(old),
            type_of(new)
        )];
        if !self.back {
            let about = format!("Ids of {} before and after a re-key.", self.about);
            sql.push(format!("COMMENT ON TABLE {name} IS {}", Literal(&about)));
        }
        if self.by_text {
            // Not named: a map that leads back may have one from before.
            sql.push(format!("CREATE INDEX ON {name} (({from}::text))"));
            sql.push(format!("CREATE INDEX ON {name} (({to}::text))"));
        }
        sql
    }

    /// Makes the functions.
    pub(super) fn create_functions(&self) -> Vec<String> {
        let [from, to] = self.sides();
        let unfilled = self.key.as_ref().map(|(table, [column, interim])| {
            format!(
                "  -- A row that has no id yet gets it when rows are filled, and so does what refers to it.\n  \
                 SELECT limosa_row.{interim} INTO limosa_id FROM {table} AS limosa_row \
                 WHERE limosa_row.{column} = $1;\n  \
                 IF FOUND THEN\n    RETURN limosa_id;\n  END IF;\n"
            )
        });
        let unfilled = unfilled.unwrap_or_default();
        let mut sql = self.function((&self.from, from), (&self.to, to), &unfilled);
        sql.extend(self.function((&self.to, to), (&self.from, from), ""));
        sql
    }

    /// The functions that give the ids of one side for those of the other.
    fn function(&self, (given, by): (&Side, &str), (wanted, gives): (&Side, &str), unfilled: &str) -> Vec<String> {
        let [of_id, of_text] = &wanted.functions;
        let (map, path) = (&self.name, &self.search_path);
        let (given_type, wanted_type, make) = (&given.data_type, &wanted.data_type, &wanted.make);
        let head = |name: &ObjectName, takes: &str, returns: &str| {
            format!(
                "CREATE FUNCTION {name}({takes}) RETURNS {returns} LANGUAGE plpgsql SECURITY DEFINER\n\
                 SET search_path = {path}, pg_temp AS $limosa$\n"
            )
        };
        let by_id = format!(
            "{}DECLARE\n  limosa_id {wanted_type};\nBEGIN\n  \
             SELECT limosa_map.{gives} INTO limosa_id FROM {map} AS limosa_map WHERE limosa_map.{by} = $1;\n  \
             IF FOUND OR $1 IS NULL THEN\n    RETURN limosa_id;\n  END IF;\n\
             {unfilled}  \
             LOOP\n    limosa_id := {make};\n    \
             EXIT WHEN NOT EXISTS (SELECT FROM {map} AS limosa_map WHERE limosa_map.{gives} = limosa_id);\n  \
             END LOOP;\n  \
             INSERT INTO {map} AS limosa_map ({by}, {gives}) VALUES ($1, limosa_id)\n    \
             ON CONFLICT ({by}) DO UPDATE SET {by} = EXCLUDED.{by} RETURNING limosa_map.{gives} INTO limosa_id;\n  \
             RETURN limosa_id;\nEND\n$limosa$",
            head(of_id, given_type, wanted_type)
        );
        if !self.by_text {
            return vec![by_id];
        }
        // What is no id stays as it is. A text that could be one of any kind is taken for something else.
        let reserved = match super::form::takes_any(given_type) {
            true => "  RETURN $1;\n".to_owned(),
            false => format!(
                "{}  IF limosa_given::text <> $1 THEN\n    RETURN $1;\n  END IF;\n  \
                 RETURN {of_id}(limosa_given)::text;\n",
                self.read_text(given_type)
            ),
        };
        let by_text = format!(
            "{}DECLARE\n  limosa_text text;\n  limosa_given {given_type};\nBEGIN\n  \
             SELECT limosa_map.{gives}::text INTO limosa_text FROM {map} AS limosa_map \
             WHERE limosa_map.{by}::text = $1;\n  \
             IF FOUND OR $1 IS NULL THEN\n    RETURN limosa_text;\n  END IF;\n\
             {reserved}END\n$limosa$",
            head(of_text, "text", "text")
        );
        vec![by_id, by_text]
    }

    /// What reads a text as an id, and gives it back where it is none. From 16 on, the server can be asked.
    fn read_text(&self, data_type: &str) -> String {
        if self.major.number() >= 16 {
            let literal = Literal(data_type);
            return format!(
                "  IF NOT pg_catalog.pg_input_is_valid($1, {literal}) THEN\n    RETURN $1;\n  END IF;\n  \
                 limosa_given := $1::{data_type};\n"
            );
        }
        format!(
            "  BEGIN\n    limosa_given := $1::{data_type};\n  \
             EXCEPTION WHEN data_exception THEN\n    RETURN $1;\n  END;\n"
        )
    }

    /// Takes the functions away, whether they are there or not.
    pub(super) fn drop_functions(&self) -> Vec<String> {
        let drop = |side: &Side, given: &Side| {
            let [of_id, of_text] = &side.functions;
            let types = [given.data_type.as_str(), "text"];
            [of_id, of_text]
                .into_iter()
                .zip(types)
                .take(if self.by_text { 2 } else { 1 })
                .map(|(name, takes)| {
                    // The types of arguments have no modifiers.
                    let takes = takes.split('(').next().unwrap_or(takes);
                    format!("DROP FUNCTION IF EXISTS {name}({takes})")
                })
                .collect::<Vec<_>>()
        };
        drop(&self.to, &self.from).into_iter().chain(drop(&self.from, &self.to)).collect()
    }
}

/// The functions of a direction as a form wants them.
pub(super) fn translator<'a>(functions: &'a [String; 2], types: [&'a str; 2]) -> Translator<'a> {
    let [of_id, of_text] = functions;
    Translator { of_id, of_text, types }
}
