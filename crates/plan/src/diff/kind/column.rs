//! Columns.

use limosa_catalog::kind::column::{Column, Generated, GeneratedKind, Identity, Inheritance, NotNull};
use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::kind::index::{IndexKey, IndexedValue};
use limosa_catalog::{ColumnName, Entry, Identifier, Object, ObjectId, ObjectKind, ObjectName};

use super::sequence::counting;
use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::Style;
use crate::diff::hazard::Hazard;
use crate::diff::settings;

impl Rules for Column {
    type Name = ColumnName;

    fn create(&self, name: &ColumnName, entry: Entry<'_>, _: &Context<'_>) -> Part {
        if !is_own(self) {
            return Part { statements: extras(name, self), ..Part::default() };
        }
        let mut add = Statement::alter_table(&name.relation, format!("ADD COLUMN {}", clause(&name.name, self, entry)));
        let has_value = default_of(entry).is_some() || self.identity.is_some() || self.generated.is_some();
        if self.not_null.is_some() && !has_value {
            add = add.risking(Hazard::MayNotFit(entry.id().clone()));
        }
        let mut statements = vec![add];
        statements.extend(extras(name, self));
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &ColumnName, entry: Entry<'_>, context: &Context<'_>) -> Vec<Statement> {
        // What is inherited goes with the parent's column.
        if !is_own(self) {
            return Vec::new();
        }
        let drop = Statement::alter_table(&name.relation, format!("DROP COLUMN {}", name.name));
        let is_computed = self.generated.is_some() && context.to.contains(entry.id());
        vec![if is_computed { drop } else { drop.risking(Hazard::DeletesData(entry.id().clone())) }]
    }

    fn alter(&self, new: &Self, name: &ColumnName, entry: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
        let mut change = Change { name, entry, context, statements: Vec::new(), disturbs: Vec::new() };
        if self.inheritance == Inheritance::Inherited && new.inheritance == Inheritance::Inherited {
            // The parent's change reaches it; what a child can have of its own follows.
            change.storage(self, new);
            return Some(change.done());
        }
        change.generated(self.generated.as_deref(), new.generated.as_deref())?;
        if self.identity.is_some() && new.identity.is_none() {
            change.action("DROP IDENTITY");
        }
        if self.data_type != new.data_type || self.collation != new.collation {
            change.retype(self, new);
        }
        change.not_null(self.not_null.as_ref(), new.not_null.as_ref());
        change.identity(self.identity.as_deref(), new.identity.as_deref());
        change.storage(self, new);
        Some(change.done())
    }

    fn is_made_with_whole(&self, _: Entry<'_>) -> bool {
        true
    }

    /// An inherited column changes with its parent's.
    fn also_needs(&self, name: &ColumnName, entry: Entry<'_>) -> Vec<ObjectId> {
        let of = |relation: &ObjectName| {
            ObjectId::Column(ColumnName { relation: relation.clone(), name: name.name.clone() })
        };
        match entry.parent().map(|whole| whole.object()) {
            Some(Object::Table(table)) if self.inheritance != Inheritance::Own => {
                let partition = table.partition_of.iter().map(|partition| of(&partition.parent));
                partition.chain(table.inherits.iter().map(of)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Whether it is said in the table's own statement, and not only got from a parent.
pub(super) fn is_own(column: &Column) -> bool {
    column.inheritance != Inheritance::Inherited
}

/// A column as `CREATE TABLE` and `ADD COLUMN` have it, with its default.
pub(super) fn clause(name: &Identifier, column: &Column, entry: Entry<'_>) -> String {
    let mut text = format!("{name} {}", column.data_type);
    if let Some(collation) = &column.collation {
        text.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(generated) = &column.generated {
        let kind = generated.kind.as_sql();
        text.push_str(&format!(" GENERATED ALWAYS AS ({}) {kind}", generated.expression));
    }
    if let Some(default) = default_of(entry) {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if let Some(identity) = &column.identity {
        text.push_str(&format!(" {}", identity_clause(identity)));
    }
    if let Some(not_null) = column.not_null.as_ref().filter(|not_null| !not_null.not_valid) {
        text.push_str(&format!(" {}", not_null_clause(not_null)));
    }
    text
}

/// What only `ALTER TABLE` can say of a column.
pub(super) fn extras(name: &ColumnName, column: &Column) -> Vec<Statement> {
    let mut actions = Vec::new();
    let own = &name.name;
    if let Some(not_null) = column.not_null.as_ref().filter(|not_null| not_null.not_valid) {
        let constraint = not_null.name.as_ref().map_or_else(String::new, |name| format!("CONSTRAINT {name} "));
        actions.push(format!("ADD {constraint}NOT NULL {own} NOT VALID"));
    }
    if let Some(storage) = column.storage {
        actions.push(format!("ALTER COLUMN {own} SET STORAGE {}", storage.as_sql()));
    }
    if let Some(compression) = column.compression {
        actions.push(format!("ALTER COLUMN {own} SET COMPRESSION {}", compression.as_sql()));
    }
    if let Some(target) = column.statistics_target {
        actions.push(format!("ALTER COLUMN {own} SET STATISTICS {target}"));
    }
    if !column.options.is_empty() {
        actions.push(format!("ALTER COLUMN {own} SET ({})", settings::list(&column.options)));
    }
    actions.into_iter().map(|action| Statement::alter_table(&name.relation, action)).collect()
}

fn default_of(entry: Entry<'_>) -> Option<String> {
    entry.children().find_map(|part| match part.object() {
        Object::ColumnDefault(default) => Some(default.expression.to_string()),
        _ => None,
    })
}

fn identity_clause(identity: &Identity) -> String {
    let (generation, options) = (identity.generation.as_sql(), counting(&identity.options));
    format!("GENERATED {generation} AS IDENTITY (SEQUENCE NAME {} {options})", identity.sequence)
}

fn not_null_clause(not_null: &NotNull) -> String {
    let name = not_null.name.as_ref().map_or_else(String::new, |name| format!("CONSTRAINT {name} "));
    format!("{name}NOT NULL{}", if not_null.no_inherit { " NO INHERIT" } else { "" })
}

/// The column with the type that has taken the place of its own, under the same name. Values pass through text, the
/// only form that both types are sure to share.
pub(super) fn retyped(column: &Column, name: &ColumnName, entry: Entry<'_>, context: &Context<'_>) -> Alteration {
    let mut change = Change { name, entry, context, statements: Vec::new(), disturbs: Vec::new() };
    if column.inheritance == Inheritance::Own {
        let (own, data_type) = (&name.name, &column.data_type);
        let collation = collate(column);
        let action = format!("ALTER COLUMN {own} TYPE {data_type}{collation} USING {own}::text::{data_type}");
        let (rewrites, may_not_fit) = (Hazard::RewritesTable(change.table()), Hazard::MayNotFit(entry.id().clone()));
        let statement = Statement::alter_table(&name.relation, action).risking(rewrites).risking(may_not_fit);
        change.statements.push(statement);
    }
    change.make_way();
    // Old and new values cannot be compared, so whatever compares them waits as well.
    let compares = |other: &Entry<'_>| match other.object() {
        Object::Constraint(constraint) => {
            !matches!(constraint.rule, ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_))
        }
        Object::Index(index) => {
            let computed = |key: &IndexKey| matches!(key.of, IndexedValue::Expression(_));
            index.predicate.is_some() || index.keys.iter().any(computed)
        }
        Object::Statistics(_) => true,
        _ => false,
    };
    let compared = entry.dependents().map(|(other, _)| other).filter(compares).map(|other| other.id().clone());
    change.disturbs.extend(compared);
    change.done()
}

fn collate(column: &Column) -> String {
    column.collation.as_ref().map_or_else(String::new, |collation| format!(" COLLATE {collation}"))
}

/// A column on the way from the one to the other.
struct Change<'a> {
    name: &'a ColumnName,
    entry: Entry<'a>,
    context: &'a Context<'a>,
    statements: Vec<Statement>,
    disturbs: Vec<ObjectId>,
}

impl Change<'_> {
    fn done(self) -> Alteration {
        Alteration { statements: self.statements, disturbs: self.disturbs }
    }

    fn action(&mut self, action: impl std::fmt::Display) {
        let action = format!("ALTER COLUMN {} {action}", self.name.name);
        self.statements.push(Statement::alter_table(&self.name.relation, action));
    }

    fn table(&self) -> ObjectId {
        ObjectId::Table(self.name.relation.clone())
    }

    /// A column becomes a plain one in its place; it cannot become a computed one.
    fn generated(&mut self, old: Option<&Generated>, new: Option<&Generated>) -> Option<()> {
        match (old, new) {
            (Some(old), None) if old.kind == GeneratedKind::Stored => self.action("DROP EXPRESSION"),
            (None, Some(_)) | (Some(_), None) => return None,
            (Some(old), Some(new)) if old.kind != new.kind => return None,
            (Some(old), Some(new)) if old.expression != new.expression => {
                if self.context.from.major().number() < 17 {
                    return None;
                }
                self.action(format!("SET EXPRESSION AS ({})", new.expression));
            }
            _ => {}
        }
        Some(())
    }

    fn retype(&mut self, old: &Column, new: &Column) {
        let own = &self.name.name;
        let collation = collate(new);
        let using = if new.generated.is_some() || old.data_type == new.data_type {
            String::new()
        } else {
            format!(" USING {own}::{}", new.data_type)
        };
        let action = format!("ALTER COLUMN {own} TYPE {}{collation}{using}", new.data_type);
        let statement = Statement::alter_table(&self.name.relation, action);
        self.statements.push(statement.risking(Hazard::RewritesTable(self.table())));
        self.make_way();
    }

    /// What PostgreSQL does not let a column change its type under.
    fn make_way(&mut self) {
        // PostgreSQL takes indexes and check constraints along by itself, and refuses what is listed here.
        let in_the_way = |id: &ObjectId| {
            matches!(
                id.kind(),
                ObjectKind::View
                    | ObjectKind::MaterializedView
                    | ObjectKind::Rule
                    | ObjectKind::Policy
                    | ObjectKind::PublicationTable
                    | ObjectKind::Trigger
                    | ObjectKind::Function
                    | ObjectKind::Procedure
                    | ObjectKind::Column
                    | ObjectKind::ColumnDefault
            )
        };
        let dependents = self.entry.dependents().map(|(other, _)| other.id().clone());
        self.disturbs.extend(dependents.filter(in_the_way));
        let default = ObjectId::ColumnDefault(self.name.clone());
        self.disturbs.extend(self.context.from.contains(&default).then_some(default));
    }

    fn not_null(&mut self, old: Option<&NotNull>, new: Option<&NotNull>) {
        match (old, new) {
            (Some(_), None) => self.action("DROP NOT NULL"),
            (None, Some(new)) => self.set_not_null(new),
            (Some(old), Some(new)) if old != new => {
                self.action("DROP NOT NULL");
                self.set_not_null(new);
            }
            _ => {}
        }
    }

    /// `SET NOT NULL` reads every row under a lock that keeps everybody out, unless a valid check constraint proves
    /// that it need not (since PostgreSQL 12). The check is added without a look at the rows and validated while they
    /// are in use.
    fn set_not_null(&mut self, new: &NotNull) {
        let relation = &self.name.relation;
        let own = &self.name.name;
        if new.name.is_some() || new.not_valid || new.no_inherit {
            let name = new.name.as_ref().map_or_else(String::new, |name| format!("CONSTRAINT {name} "));
            let tail = format!(
                "{}{}",
                if new.no_inherit { " NO INHERIT" } else { "" },
                if new.not_valid { " NOT VALID" } else { "" }
            );
            let scan = Hazard::ScansTable(self.table());
            let add = Statement::alter_table(relation, format!("ADD {name}NOT NULL {own}{tail}"));
            self.statements.push(if new.not_valid { add } else { add.risking(scan) });
            return;
        }
        if self.context.options.style == Style::Offline {
            self.action("SET NOT NULL");
            return;
        }
        // A name that nothing else is likely to have, and that fits into 63 bytes.
        let mut proof = format!("{}_not_null_proof", own.as_str());
        while proof.len() > 63 {
            proof.remove(0);
        }
        let Ok(proof) = Identifier::new(proof) else {
            self.action("SET NOT NULL");
            return;
        };
        let add = format!("ADD CONSTRAINT {proof} CHECK ({own} IS NOT NULL) NOT VALID");
        self.statements.push(Statement::alter_table(relation, add));
        self.statements.push(Statement::alter_table(relation, format!("VALIDATE CONSTRAINT {proof}")).alone());
        self.action("SET NOT NULL");
        self.statements.push(Statement::alter_table(relation, format!("DROP CONSTRAINT {proof}")));
    }

    fn identity(&mut self, old: Option<&Identity>, new: Option<&Identity>) {
        match (old, new) {
            (None, Some(new)) => self.action(format!("ADD {}", identity_clause(new))),
            (Some(old), Some(new)) if old != new => {
                if old.generation != new.generation {
                    self.action(format!("SET GENERATED {}", new.generation.as_sql()));
                }
                if old.sequence != new.sequence {
                    let (from, to) = (&old.sequence, &new.sequence);
                    if from.name != to.name {
                        self.statements.push(Statement::text(format!("ALTER SEQUENCE {from} RENAME TO {}", to.name)));
                    }
                }
                if old.options != new.options {
                    let sequence = &new.sequence;
                    let data_type = if old.options.data_type == new.options.data_type {
                        String::new()
                    } else {
                        format!("AS {} ", new.options.data_type)
                    };
                    let counting = counting(&new.options);
                    self.statements.push(Statement::text(format!("ALTER SEQUENCE {sequence} {data_type}{counting}")));
                }
            }
            _ => {}
        }
    }

    fn storage(&mut self, old: &Column, new: &Column) {
        if old.storage != new.storage {
            // Before PostgreSQL 16 there is no word for the type's own; naming it has the same effect.
            let storage = new.storage.map_or("DEFAULT", |storage| storage.as_sql());
            self.action(format!("SET STORAGE {storage}"));
        }
        if old.compression != new.compression {
            self.action(format!("SET COMPRESSION {}", new.compression.map_or("default", |method| method.as_sql())));
        }
        if old.statistics_target != new.statistics_target {
            self.action(format!("SET STATISTICS {}", new.statistics_target.unwrap_or(-1)));
        }
        for action in settings::changed(&old.options, &new.options) {
            self.action(action);
        }
    }
}
