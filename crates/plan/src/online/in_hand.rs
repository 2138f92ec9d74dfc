//! Statements that an online change which is open stands against: they would hang something on a column that goes with
//! its contract, call otherwise what its scripts name, or say what its contract unsays. Contract would find that out,
//! when it is too late.

use std::collections::BTreeSet;
use std::sync::Arc;

use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::{
    Catalog, ColumnName, Identifier, MemberName, Object, ObjectId, ObjectName, QualifiedName, Rename,
};
use limosa_syntax::{Diagnostic, Directive, Script, SourceFile};

use super::made_again::{dropped_by, may_be_same, remarked_on};
use super::phases::OnlineChange;
use super::reliance::relies_on;
use super::touch::{Touch, touches, uses_type};

/// What the finding is called, and what lets it be.
const OPEN_CHANGE: &str = "open-change";

/// How a migration is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Its statements run as they stand.
    Plain,
    /// It becomes an online change itself, which finds names as open changes leave them.
    Online,
}

/// What an online change that is open has in hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InHand {
    /// The migration's version.
    pub version: String,
    /// Columns that go with its contract.
    pub goes: Vec<ColumnName>,
    /// Those of them that are of a primary key.
    pub keys: Vec<ColumnName>,
    /// Columns that its contract calls otherwise.
    pub renamed: Vec<ColumnName>,
    /// Tables that its contract calls otherwise.
    pub tables: Vec<ObjectName>,
    /// What tables will be called that are views until then.
    pub new_names: Vec<ObjectName>,
    /// Whether its triggers may give the defaults of what it renames.
    pub gives_defaults: bool,
    /// Indexes and constraints that are built anew beside the old ones, as their ids are written.
    pub built: BTreeSet<String>,
    /// What its contract says of what stays.
    says: Vec<Touch>,
    /// Views and routines that its contract drops; most of them it makes again, as they are.
    remade: Vec<QualifiedName>,
    /// What types will be called that are domains until then.
    new_types: Vec<Identifier>,
}

impl InHand {
    /// That of a change which is still to begin.
    #[must_use]
    pub fn of(version: &str, change: &OnlineChange, catalog: &Catalog) -> Self {
        let goes = change.gathered(|phases| &phases.watched);
        let is_primary = |object: &Object| match object {
            Object::Constraint(constraint) => matches!(constraint.rule, ConstraintRule::PrimaryKey(_)),
            _ => false,
        };
        let is_key = |column: &&ColumnName| {
            let entry = catalog.entry(&ObjectId::Column((*column).clone()));
            entry.is_some_and(|entry| entry.dependents().any(|(other, _)| is_primary(other.object())))
        };
        let keys = goes.iter().filter(is_key).cloned().collect();
        let renames = change.gathered(|phases| &phases.renames);
        let reliance = relies_on(catalog, &goes, "").into_keys();
        let own = Self::new(version, goes, renames, change.versions.is_none());
        Self { keys, ..own }.with_contract(&change.contract_script(), reliance)
    }

    /// With what its contract says, and what hung on the columns that go when it began.
    #[must_use]
    pub fn with_contract(mut self, contract: &str, reliance: impl Iterator<Item = String>) -> Self {
        let script = Script::parse(contract);
        let dropped = script.statements.iter().flat_map(|statement| dropped_by(statement.span.of(contract)));
        let is_new_name = |own: &QualifiedName| self.new_names.iter().any(|name| name.name == own.name);
        self.remade = dropped.filter(|own| !is_new_name(own)).collect();
        let said = script.statements.iter().flat_map(|statement| touches(statement.span.of(contract)));
        let mut is_built = false;
        for touch in said {
            match touch {
                // Something takes the place of what goes.
                Touch::Renames(..) => is_built = true,
                Touch::RenamesType(_, ref name) => {
                    self.new_types.push(name.clone());
                    self.says.push(touch);
                }
                Touch::Default(..)
                | Touch::Numbers(..)
                | Touch::Marks(..)
                | Touch::Index(_)
                | Touch::Constraint(..)
                | Touch::Value(..) => self.says.push(touch),
                _ => {}
            }
        }
        if is_built {
            self.built = reliance.collect();
        }
        self
    }

    /// That of a change of which this is known.
    #[must_use]
    pub fn new(version: &str, goes: Vec<ColumnName>, renames: Vec<Rename>, gives_defaults: bool) -> Self {
        let mut own = Self { version: version.to_owned(), goes, gives_defaults, ..Self::default() };
        for rename in renames {
            match rename {
                Rename::Column { of: ObjectId::Table(relation), from: name, .. } => {
                    own.renamed.push(ColumnName { relation, name });
                }
                Rename::Object { from: ObjectId::Table(table), to } => {
                    own.new_names.push(ObjectName { schema: table.schema.clone(), name: to });
                    own.tables.push(table);
                }
                _ => {}
            }
        }
        own
    }

    /// Why a statement has to wait for its contract, whichever way it is run.
    fn against_any(&self, text: &str, touches: &[Touch]) -> Option<String> {
        let version = &self.version;
        if touches.iter().any(|touch| self.says.iter().any(|own| own.is_about_the_same(touch))) {
            return Some(format!("the contract of {version} says something else of it"));
        }
        let name = self.new_types.iter().find(|name| uses_type(text, name))?;
        Some(format!("{} is a domain until the contract of {version}, and keeps from going", name.for_people()))
    }

    /// Why a statement has to wait that says something of what its contract makes again. `before` are those before it.
    fn against_remark(&self, text: &str, before: &[String], search_path: &[Identifier]) -> Option<String> {
        let named = remarked_on(text);
        // Views of versions are found by no other name than their own in full.
        let is_found = |own: &QualifiedName, name: &QualifiedName| {
            name.schema.is_some() || own.schema.as_ref().is_none_or(|schema| search_path.contains(schema))
        };
        let is_it = |own: &QualifiedName, name: &QualifiedName| may_be_same(own, name) && is_found(own, name);
        let name = named.iter().find(|name| self.remade.iter().any(|own| is_it(own, name)))?;
        let is_made_anew = before.iter().any(|text| dropped_by(text).iter().any(|own| may_be_same(own, name)));
        (!is_made_anew).then(|| {
            let (name, version) = (name.name.for_people(), &self.version);
            format!("the contract of {version} makes {name} again as it was, and this goes with it")
        })
    }

    /// Why a statement that is run as it stands has to wait for its contract.
    fn against_plain(&self, touch: &Touch, search_path: &[Identifier]) -> Option<String> {
        let is_it = |name: &ObjectName, table: &QualifiedName| is_called(name, table, search_path);
        let of = |columns: &[ColumnName], table: &QualifiedName, named: &[Identifier]| {
            let found = columns.iter().find(|it| is_it(&it.relation, table) && named.contains(&it.name));
            found.map(|column| column.name.for_people().to_string())
        };
        let version = &self.version;
        let goes = |column: String| format!("{column} goes with the contract of {version}, and this with it");
        let belongs = |column: String| format!("{column} belongs to the online change {version}, which is open");
        let built = |id: &dyn Fn(&Identifier) -> ObjectId| {
            let found = search_path.iter().map(|schema| id(schema).to_string()).find(|id| self.built.contains(id));
            found.map(|id| format!("{id} is built anew by the online change {version}, which is open"))
        };
        match touch {
            Touch::Marks(table, columns) => of(&self.goes, table, columns).map(belongs),
            Touch::Says(table) => self.new_names.iter().find(|name| is_it(name, table)).map(|name| {
                format!("{} is a view until the contract of {version}, and this goes with it", name.name.for_people())
            }),
            Touch::Index(index) => built(&|schema| {
                let schema = index.schema.as_ref().unwrap_or(schema).clone();
                ObjectId::Index(ObjectName { schema, name: index.name.clone() })
            }),
            Touch::Constraint(table, name) => built(&|schema| {
                let schema = table.schema.as_ref().unwrap_or(schema).clone();
                let relation = ObjectName { schema, name: table.name.clone() };
                ObjectId::Constraint(MemberName { relation, name: name.clone() })
            }),
            Touch::Value(..)
            | Touch::Renames(..)
            | Touch::RenamesType(..)
            | Touch::MovesType(..)
            | Touch::Numbers(..) => None,
            Touch::Hangs(table, columns) => of(&self.goes, table, columns).map(goes),
            Touch::RefersToKey(table) => {
                let key = self.keys.iter().find(|column| is_it(&column.relation, table));
                key.map(|column| goes(column.name.for_people().to_string()))
            }
            Touch::Default(table, column) => {
                let column = std::slice::from_ref(column);
                let renamed = || of(&self.renamed, table, column).filter(|_| self.gives_defaults);
                of(&self.goes, table, column).or_else(renamed).map(belongs)
            }
            Touch::Changes(table, column) => {
                let column = std::slice::from_ref(column);
                of(&self.goes, table, column).or_else(|| of(&self.renamed, table, column)).map(belongs)
            }
            Touch::Moves(table) => {
                let columns = self.goes.iter().chain(&self.renamed).map(|column| &column.relation);
                let found = columns.chain(&self.tables).find(|name| is_it(name, table));
                found.map(|name| {
                    format!("the online change {version}, which is open, finds {} by this name", name.name.for_people())
                })
            }
        }
    }
}

/// Whether a name means this object.
fn is_called(object: &ObjectName, name: &QualifiedName, search_path: &[Identifier]) -> bool {
    let in_schema = |own: &Identifier| *own == object.schema;
    object.name == name.name && name.schema.as_ref().map_or(search_path.contains(&object.schema), in_schema)
}

/// The statements of a script that open changes stand against.
#[must_use]
pub fn held_up_by_open(
    source: &Arc<SourceFile>,
    script: &Script,
    (way, open): (Way, &[InHand]),
    search_path: &[Identifier],
) -> Vec<Diagnostic> {
    let allows = |directive: &Directive| matches!(directive, Directive::Allow(hazard) if hazard == OPEN_CHANGE);
    if open.is_empty() || script.file_directives().any(allows) {
        return Vec::new();
    }
    let mut problems = Vec::new();
    let mut before: Vec<String> = Vec::new();
    for (index, statement) in script.statements.iter().enumerate() {
        before.push(statement.span.of(&source.text).to_owned());
        if script.statement_directives(index).any(allows) {
            continue;
        }
        let text = statement.span.of(&source.text);
        let touches = touches(text);
        let against = |it: &InHand| {
            let plain = || touches.iter().find_map(|touch| it.against_plain(touch, search_path));
            it.against_any(text, &touches)
                .or_else(|| it.against_remark(text, &before, search_path))
                .or_else(|| (way == Way::Plain).then(plain).flatten())
        };
        let Some((why, version)) = open.iter().find_map(|it| Some((against(it)?, it.version.as_str()))) else {
            continue;
        };
        problems.push(
            Diagnostic::error(OPEN_CHANGE, "an online change that is open stands against this")
                .at(source, statement.span)
                .with_label(why)
                .with_help(format!(
                    "contract that one first: `limosa contract {version}`, or take it back: `limosa abort {version}`; \
                     under `-- limosa: allow {OPEN_CHANGE}` the statement runs all the same, and contract undoes it, \
                     or is refused until it is undone"
                )),
        );
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(statement: &str) -> bool {
        refused_as(Way::Plain, statement)
    }

    fn refused_as(way: Way, statement: &str) -> bool {
        let name = |name: &str| Identifier::new(name).unwrap();
        let relation = ObjectName { schema: name("public"), name: name("patient") };
        let column = |own: &str| ColumnName { relation: relation.clone(), name: name(own) };
        let open = InHand {
            version: "002".to_owned(),
            goes: vec![column("note"), column("date")],
            keys: vec![column("note")],
            renamed: vec![column("age")],
            new_names: vec![ObjectName { schema: name("public"), name: name("patients") }],
            ..InHand::default()
        };
        let key = MemberName { relation, name: name("patient_pkey") };
        let index = ObjectName { schema: name("public"), name: name("patient_note_idx") };
        let reliance = [ObjectId::Index(index), ObjectId::Constraint(key)];
        let open = open.with_contract(
            "ALTER TABLE patient DROP COLUMN note; ALTER TABLE patient RENAME COLUMN limosa_online_2_note TO note;
             ALTER TABLE public.patient ALTER COLUMN born DROP DEFAULT; ALTER TYPE mood RENAME VALUE 'a' TO 'z';
             DROP DOMAIN IF EXISTS shade; ALTER TYPE public.hue RENAME TO shade;
             DROP VIEW public.noted; DROP FUNCTION public.price(bigint)",
            reliance.iter().map(ToString::to_string),
        );
        let source = Arc::new(SourceFile { path: "003.sql".to_owned(), text: statement.into() });
        let script = Script::parse(statement);
        !held_up_by_open(&source, &script, (way, &[open]), &[name("public")]).is_empty()
    }

    #[test]
    fn what_hangs_on_a_column_that_goes_is_seen_and_nothing_else() {
        for statement in [
            "CREATE INDEX ON patient (note)",
            "CREATE INDEX ON public.patient USING btree (id, lower(note) DESC)",
            "CREATE INDEX ON patient (id) INCLUDE (note)",
            "CREATE INDEX ON patient (id) WHERE note IS NULL",
            "CREATE STATISTICS s ON id, note FROM patient",
            "CREATE POLICY p ON patient USING (note IS NULL)",
            "CREATE TRIGGER t BEFORE UPDATE OF id, note ON patient FOR EACH ROW EXECUTE FUNCTION f()",
            "CREATE TRIGGER t BEFORE UPDATE ON patient FOR EACH ROW WHEN (NEW.note = '') EXECUTE FUNCTION f()",
            "CREATE TABLE visit (patient text REFERENCES patient)",
            "CREATE TABLE visit (patient text, FOREIGN KEY (patient) REFERENCES patient (note))",
            "CREATE PUBLICATION p FOR TABLE patient (id, note)",
            "ALTER TABLE patient ADD CHECK (note <> '')",
            "ALTER TABLE patient ADD COLUMN x int, ADD UNIQUE (id, note)",
            "ALTER TABLE patient ADD COLUMN x text GENERATED ALWAYS AS (upper(note)) STORED",
            "ALTER TABLE patient ADD COLUMN x text CHECK (x <> note)",
            "ALTER TABLE patient ALTER note SET NOT NULL",
            "ALTER TABLE patient ALTER note SET DEFAULT ''",
            "ALTER TABLE patient DROP COLUMN note",
            "ALTER TABLE patient RENAME COLUMN age TO years",
            "ALTER TABLE patient ALTER COLUMN age TYPE int",
            "ALTER TABLE patient RENAME TO person",
            "ALTER TABLE patient SET SCHEMA other",
            "DROP TABLE patient",
            "COMMENT ON COLUMN patient.note IS 'x'",
            "REVOKE SELECT (id, note) ON public.patient FROM app",
            "ALTER TABLE patient ALTER note DROP NOT NULL",
            "ALTER TABLE patient ALTER COLUMN note SET STATISTICS 5",
            "DROP INDEX patient_note_idx",
            "ALTER TABLE patient DROP CONSTRAINT patient_pkey",
            "GRANT SELECT ON patients TO app",
            "COMMENT ON COLUMN patients.id IS 'x'",
            "ALTER TABLE patient ALTER born SET DEFAULT '1950-01-01'",
            "ALTER TYPE mood RENAME VALUE 'a' TO 'c'",
            "ALTER TABLE patient ADD COLUMN x shade",
            "CREATE TABLE visit (id int, x public.shade[])",
            "COMMENT ON VIEW noted IS 'x'",
            "COMMENT ON COLUMN public.noted.id IS 'x'",
            "GRANT SELECT ON patient, noted TO app",
            "REVOKE ALL ON FUNCTION price(bigint) FROM app",
            "ALTER TYPE hue RENAME TO tint",
            "ALTER TYPE hue SET SCHEMA other",
            "DROP TYPE hue",
        ] {
            assert!(refused(statement), "{statement}");
        }
        for statement in [
            "CREATE INDEX note ON patient (id)",
            "CREATE INDEX ON visit (note)",
            "CREATE INDEX ON other.patient (note)",
            "CREATE INDEX ON patient (note(id), (age::date), (date '2026-11-22' - id))",
            "CREATE INDEX ON patient (age)",
            "CREATE STATISTICS note ON id, age FROM patient",
            "CREATE POLICY note ON patient TO note USING (id = 1)",
            "CREATE POLICY p ON patient USING (EXISTS (SELECT FROM visit WHERE note = ''))",
            "CREATE TRIGGER note BEFORE UPDATE ON patient FOR EACH ROW EXECUTE FUNCTION f(note)",
            "CREATE TABLE visit (note text REFERENCES patient (id))",
            "ALTER TABLE patient ADD CHECK (age > 0)",
            "ALTER TABLE patient ADD COLUMN x int",
            "ALTER TABLE patient ALTER age SET DEFAULT 1",
            "ALTER TABLE patient ALTER age SET NOT NULL",
            "ALTER TABLE visit RENAME TO patient",
            "COMMENT ON COLUMN patient.age IS 'x'",
            "COMMENT ON TABLE patient IS 'x'",
            "GRANT SELECT ON patient TO app",
            "GRANT SELECT (id) ON patient TO app",
            "GRANT USAGE ON SCHEMA patients TO app",
            "ALTER TABLE patient ALTER born DROP NOT NULL",
            "ALTER TYPE mood RENAME VALUE 'b' TO 'c'",
            "DROP INDEX patient_age_idx",
            "INSERT INTO patient (id, x) VALUES (1, 'red'::shade)",
            "ALTER TYPE hue ADD VALUE 'red'",
            "COMMENT ON VIEW other.noted IS 'x'",
            "DROP VIEW noted; CREATE VIEW noted AS SELECT 1; COMMENT ON VIEW noted IS 'x'",
            "ALTER TABLE patient ADD COLUMN x hue",
            "-- limosa: allow open-change\nDROP TABLE patient",
        ] {
            assert!(!refused(statement), "{statement}");
        }
    }

    #[test]
    fn what_a_contract_says_is_left_to_it_by_online_changes_too() {
        for statement in [
            "ALTER TABLE patient ALTER born SET DEFAULT '1950-01-01'",
            "ALTER TYPE mood RENAME VALUE 'a' TO 'c'",
            "ALTER TABLE patient ADD COLUMN x shade",
            "COMMENT ON VIEW noted IS 'x'",
        ] {
            assert!(refused_as(Way::Online, statement), "{statement}");
        }
        for statement in ["CREATE INDEX ON patient (note)", "ALTER TABLE patient RENAME COLUMN age TO years"] {
            assert!(!refused_as(Way::Online, statement), "{statement}");
        }
    }
}
