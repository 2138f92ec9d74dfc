//! Columns.

use limosa_catalog::kind::column::{
    Column, Generated, GeneratedKind, Identity, Inheritance, NotNull, Storage, made_up_name,
};
use limosa_catalog::kind::constraint::ConstraintRule;
use limosa_catalog::kind::index::{IndexKey, IndexedValue};
use limosa_catalog::{Catalog, ColumnName, Entry, Identifier, MemberName, Object, ObjectId, ObjectKind, ObjectName};

use super::sequence::{count_otherwise, go_on, unusual};
use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::cast::{ValueType, cast};
use crate::diff::fix::where_there;
use crate::diff::hazard::Hazard;
use crate::diff::statement::AlterTarget;
use crate::diff::volatility::may_be_volatile;
use crate::diff::{Servers, Style, inheritance, settings};

impl Rules for Column {
    type Name = ColumnName;

    fn create(&self, name: &ColumnName, entry: Entry<'_>, context: &Context<'_>) -> Part {
        let joins = entry.parent().is_some_and(|table| inheritance::joins(table, context));
        if !is_own(self) && !joins {
            let mut statements = unlike_origin(name, self, entry, context);
            statements.extend(extras(name, self));
            return Part { statements, ..Part::default() };
        }
        let mut add =
            Statement::alter_table(&name.relation, format!("ADD COLUMN {}", clause(name, self, entry, context)));
        let has_value = default_of(entry).is_some() || self.identity.is_some() || self.generated.is_some();
        if self.not_null.is_some() && !has_value {
            add = add.risking(Hazard::MayNotFit(entry.id().clone()));
        }
        if fills_rows(self, entry) {
            add.hazards.extend(inheritance::rewrites(&name.relation, context.from));
        }
        let mut statements = vec![add];
        statements.extend(extras(name, self));
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &ColumnName, entry: Entry<'_>, context: &Context<'_>) -> Vec<Statement> {
        // What is inherited goes with the parent's column.
        let leaves = entry.parent().is_some_and(|table| inheritance::leaves(table, context));
        if !is_own(self) && !leaves {
            return Vec::new();
        }
        let drop = Statement::alter_table(&name.relation, format!("DROP COLUMN {}", name.name));
        let is_computed = self.generated.is_some() && context.to.contains(entry.id());
        vec![if is_computed { drop } else { drop.risking(Hazard::DeletesData(entry.id().clone())) }]
    }

    fn alter(&self, new: &Self, name: &ColumnName, entry: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
        let mut change = Change { name, entry, context, statements: Vec::new(), disturbs: Vec::new() };
        let is_retyped = self.data_type != new.data_type || self.collation != new.collation;
        if is_retyped && inheritance::is_remade(&name.relation, context) {
            change.disturbs.push(ObjectId::Table(name.relation.clone()));
            return Some(change.done());
        }
        let leaves = entry.parent().is_some_and(|table| inheritance::leaves(table, context));
        if self.inheritance == Inheritance::Inherited && new.inheritance == Inheritance::Inherited && !leaves {
            // The parent's change reaches it; what a child can have of its own follows.
            change.storage(self, new);
            return Some(change.done());
        }
        change.generated(self.generated.as_deref(), new.generated.as_deref())?;
        if self.identity.is_some() && new.identity.is_none() {
            change.action("DROP IDENTITY");
            // Types change before identities go, within one statement, and identities are of integers only.
            change.apart_if(is_retyped);
        }
        if is_retyped {
            change.retype(self, new);
        }
        change.not_null(self.not_null.as_ref(), new.not_null.as_ref());
        change.identity(self.identity.as_deref(), new.identity.as_deref());
        if is_retyped {
            // With its type, a column gets that one's storage.
            change.storage(&Self { storage: None, compression: None, ..self.clone() }, new);
        } else {
            change.storage(self, new);
        }
        Some(change.done())
    }

    fn is_made_with_whole(&self, _: Entry<'_>) -> bool {
        true
    }

    /// An inherited column changes with its parent's.
    fn also_needs(&self, name: &ColumnName, entry: Entry<'_>, context: &Context<'_>) -> Vec<ObjectId> {
        let of = |relation: &ObjectName| {
            ObjectId::Column(ColumnName { relation: relation.clone(), name: name.name.clone() })
        };
        let parents = entry.parent().map(|whole| inheritance::parents(whole.object())).unwrap_or_default();
        // Where the table is none of its heirs meanwhile, the column changes by itself.
        let before = inheritance::table(&name.relation, context.from);
        let is_apart = before.is_some_and(|table| inheritance::leaves(table, context));
        if self.inheritance == Inheritance::Own || is_apart {
            return Vec::new();
        }
        parents.into_iter().map(of).collect()
    }
}

/// Whether it is said in the table's own statement, and not only got from a parent.
pub(super) fn is_own(column: &Column) -> bool {
    column.inheritance != Inheritance::Inherited
}

/// Whether the rows that are there are written anew when the column is added: each gets a value of its own, or its
/// value is looked at.
fn fills_rows(column: &Column, entry: Entry<'_>) -> bool {
    let is_stored = column.generated.as_ref().is_some_and(|generated| generated.kind == GeneratedKind::Stored);
    let is_volatile = entry.children().any(|part| match part.object() {
        Object::ColumnDefault(default) => may_be_volatile(default.expression.as_str(), part),
        _ => false,
    });
    // The domains of the information schema are no objects of the catalog.
    let is_of_system = column.data_type.as_str().starts_with("information_schema.");
    column.identity.is_some() || is_stored || is_volatile || is_of_system || is_checked(entry)
}

/// Whether a column or domain is of a domain with constraints.
fn is_checked(entry: Entry<'_>) -> bool {
    entry.depends_on().any(|(needed, _)| match needed.object() {
        Object::Domain(domain) => {
            let has_check = needed.children().any(|part| part.id().kind() == ObjectKind::DomainConstraint);
            domain.not_null.is_some() || has_check || is_checked(needed)
        }
        _ => false,
    })
}

/// What an inherited column has besides what it inherits: a null that it refuses, and no default.
pub(super) fn unlike_origin(
    name: &ColumnName,
    column: &Column,
    entry: Entry<'_>,
    context: &Context<'_>,
) -> Vec<Statement> {
    let origins = inheritance::origins(name, entry, context.to);
    let mut actions = Vec::new();
    let refuses_null = |origin: &Entry<'_>| match origin.object() {
        Object::Column(origin) => origin.not_null.as_ref().is_some_and(|not_null| !not_null.no_inherit),
        _ => false,
    };
    if column.not_null.as_ref().is_some_and(|not_null| !not_null.not_valid) && !origins.iter().any(refuses_null) {
        actions.push(match own_not_null(name, column, context.to) {
            Some(own) => format!("ADD {own}"),
            None => format!("ALTER COLUMN {} SET NOT NULL", name.name),
        });
    }
    let actions = actions.into_iter().map(|action| Statement::alter_table(&name.relation, action));
    let without_default = (default_of(entry).is_none() && origins.iter().any(|origin| default_of(*origin).is_some()))
        .then(|| {
            // Its own partitions and heirs keep theirs.
            let target = AlterTarget { keyword: "TABLE", only: true, name: name.relation.clone() };
            Statement::alter(target, format!("ALTER COLUMN {} DROP DEFAULT", name.name))
        });
    actions.chain(without_default).collect()
}

/// Whether the column gets its default without a word: from its own clause, or from the column that it is inherited
/// from.
pub(super) fn brings_default(name: &ColumnName, entry: Entry<'_>) -> bool {
    let table = entry.parent();
    let is_said = matches!(entry.object(), Object::Column(column) if is_own(column))
        && table.is_none_or(|table| says_columns(table.object()));
    let of = |side: Entry<'_>| default_of(side);
    let origins = table.map(|table| inheritance::origins(name, entry, table.catalog())).unwrap_or_default();
    is_said || (!origins.is_empty() && origins.into_iter().all(|origin| of(origin) == of(entry)))
}

/// Whether the statement that makes the table says its columns; a partition gets them from the whole, a typed table
/// from its type.
pub(super) fn says_columns(table: &Object) -> bool {
    match table {
        Object::Table(table) => table.partition_of.is_none() && table.of_type.is_none(),
        Object::ForeignTable(table) => table.partition_of.is_none(),
        _ => true,
    }
}

/// A column as `CREATE TABLE` and `ADD COLUMN` have it, with its default.
pub(super) fn clause(column_name: &ColumnName, column: &Column, entry: Entry<'_>, context: &Context<'_>) -> String {
    let ColumnName { relation, name } = column_name;
    let mut text = format!("{name} {}{}", column.data_type, settings::options(&column.foreign_options));
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
    if let Some(identity) = column.identity.as_ref().filter(|_| column.inheritance != Inheritance::Inherited) {
        let column = ColumnName { relation: relation.clone(), name: name.clone() };
        text.push_str(&format!(" {}", identity_clause(identity, &column)));
    }
    // What is inherited comes with the parent, except for a partition, which joins it when it is complete.
    let comes = |not_null: &NotNull| {
        let is_child = entry
            .parent()
            .is_some_and(|table| matches!(table.object(), Object::Table(table) if !table.inherits.is_empty()));
        not_null.inheritance == Inheritance::Inherited && is_child
    };
    if let Some(not_null) = column.not_null.as_ref().filter(|not_null| !not_null.not_valid && !comes(not_null)) {
        text.push_str(&format!(" {}", not_null_clause(&said(not_null, column_name, context))));
    }
    text
}

/// With its name where the server would not make that up.
fn said(not_null: &NotNull, column: &ColumnName, context: &Context<'_>) -> NotNull {
    let made_up = not_null.name_on(column);
    let is_taken = not_null.name.is_none() && context.given_names.contains(&made_up);
    let name = if is_taken { Identifier::new(made_up).ok() } else { not_null.name.clone() };
    NotNull { name, ..not_null.clone() }
}

/// `NOT NULL` that an inherited column has of its own, as the statement that makes the table has it since
/// PostgreSQL 18.
pub(super) fn own_not_null(name: &ColumnName, column: &Column, catalog: &Catalog) -> Option<String> {
    let not_null = column.not_null.as_ref().filter(|not_null| !not_null.not_valid)?;
    let is_own = catalog.major().number() >= 18 && not_null.inheritance != Inheritance::Inherited;
    is_own.then(|| format!("{} {}{}", constraint(not_null), name.name, no_inherit(not_null)).trim_start().to_owned())
}

/// What only `ALTER TABLE` can say of a column.
pub(super) fn extras(name: &ColumnName, column: &Column) -> Vec<Statement> {
    let mut actions = Vec::new();
    let own = &name.name;
    if let Some(not_null) = column.not_null.as_ref().filter(|not_null| not_null.not_valid) {
        actions.push(format!("ADD {} {own} NOT VALID", constraint(not_null)));
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

/// The sequence's name is said where it is not the one that the server makes up.
fn identity_clause(identity: &Identity, column: &ColumnName) -> String {
    let made_up = made_up_name(column.relation.name.as_str(), Some(column.name.as_str()), "seq");
    let is_made_up = identity.sequence.schema == column.relation.schema && identity.sequence.name.as_str() == made_up;
    let name = (!is_made_up).then(|| format!("SEQUENCE NAME {}", identity.sequence));
    let said: Vec<String> = name.into_iter().chain(unusual(&identity.options)).collect();
    let generation = identity.generation.as_sql();
    let options = if said.is_empty() { String::new() } else { format!(" ({})", said.join(" ")) };
    format!("GENERATED {generation} AS IDENTITY{options}")
}

fn not_null_clause(not_null: &NotNull) -> String {
    format!("{}{}", constraint(not_null), no_inherit(not_null))
}

/// `CONSTRAINT name NOT NULL`, or without a name.
fn constraint(not_null: &NotNull) -> String {
    let name = not_null.name.as_ref().map_or_else(String::new, |name| format!("CONSTRAINT {name} "));
    format!("{name}NOT NULL")
}

fn no_inherit(not_null: &NotNull) -> &'static str {
    if not_null.no_inherit { " NO INHERIT" } else { "" }
}

/// The column with the type that has taken the place of its own, under the same name. Values pass through text, the
/// only form that both types are sure to share.
pub(super) fn retyped(column: &Column, name: &ColumnName, entry: Entry<'_>, context: &Context<'_>) -> Alteration {
    let mut change = Change { name, entry, context, statements: Vec::new(), disturbs: Vec::new() };
    if column.inheritance == Inheritance::Own {
        let (own, data_type) = (&name.name, &column.data_type);
        let collation = collate(column);
        let using = if change.is_foreign() { String::new() } else { format!(" USING {own}::text::{data_type}") };
        let action = format!("ALTER COLUMN {own} TYPE {data_type}{collation}{using}");
        let mut statement = Statement::alter_table(&name.relation, action);
        statement.hazards = inheritance::rewrites(&name.relation, context.from);
        change.statements.push(statement.risking(Hazard::MayNotFit(entry.id().clone())));
    }
    change.make_way();
    let default = ObjectId::ColumnDefault(name.clone());
    change.disturbs.extend(context.from.contains(&default).then_some(default));
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

/// The type's own storage, for which PostgreSQL has a word only since 16. A type that allows for a choice stores its
/// values compressed, except numbers and network addresses, which are short.
fn usual_storage(column: &Column) -> Storage {
    let is_short = ["numeric", "inet", "cidr"].iter().any(|short| {
        let rest = column.data_type.as_str().strip_prefix(short);
        rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with('(') && !rest.ends_with("[]")))
    });
    if is_short { Storage::Main } else { Storage::Extended }
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
        Alteration { statements: self.statements, disturbs: self.disturbs, ..Alteration::default() }
    }

    fn action(&mut self, action: impl std::fmt::Display) {
        let action = format!("ALTER COLUMN {} {action}", self.name.name);
        self.statements.push(Statement::alter_table(&self.name.relation, action));
    }

    /// Whether some of the rows are elsewhere.
    fn is_foreign(&self) -> bool {
        let family = self.entry.parent().map(inheritance::family).unwrap_or_default();
        family.iter().any(|table| table.id().kind() == ObjectKind::ForeignTable)
    }

    fn table(&self) -> ObjectId {
        ObjectId::Table(self.name.relation.clone())
    }

    /// A column becomes a plain one in its place; it cannot become a computed one.
    fn generated(&mut self, old: Option<&Generated>, new: Option<&Generated>) -> Option<()> {
        match (old, new) {
            (Some(old), None) if old.kind == GeneratedKind::Stored => {
                self.action("DROP EXPRESSION");
                // What follows in the same statement would still find a generated column.
                if let Some(statement) = self.statements.last_mut() {
                    statement.apart = true;
                }
            }
            (None, Some(_)) | (Some(_), None) => return None,
            (Some(old), Some(new)) if old.kind != new.kind => return None,
            (Some(old), Some(new)) if old.expression != new.expression => {
                if self.context.from.major().number() < 17 {
                    return None;
                }
                self.action(format!("SET EXPRESSION AS ({})", new.expression));
                if let Some(statement) = self.statements.last_mut().filter(|_| new.kind == GeneratedKind::Stored) {
                    statement.hazards = inheritance::rewrites(&self.name.relation, self.context.from);
                }
            }
            _ => {}
        }
        Some(())
    }

    /// What follows is a statement of its own.
    fn apart_if(&mut self, apart: bool) {
        if let Some(last) = self.statements.last_mut() {
            last.apart |= apart;
        }
    }

    fn retype(&mut self, old: &Column, new: &Column) {
        let own = &self.name.name;
        let collation = collate(new);
        let using = if new.generated.is_some() || old.data_type == new.data_type || self.is_foreign() {
            String::new()
        } else {
            let from = ValueType::of(&old.data_type, self.entry);
            let wanted = self.context.to.entry(self.entry.id()).unwrap_or(self.entry);
            format!(" USING {}", cast(own, from, ValueType::of(&new.data_type, wanted), self.context.from))
        };
        let action = format!("ALTER COLUMN {own} TYPE {}{collation}{using}", new.data_type);
        let mut statement = Statement::alter_table(&self.name.relation, action);
        statement.hazards = inheritance::rewrites(&self.name.relation, self.context.from);
        self.statements.push(statement);
        self.make_way();
    }

    /// What PostgreSQL does not let a column change its type under.
    fn make_way(&mut self) {
        // PostgreSQL takes indexes and check constraints along by itself, and refuses most else.
        let dependents = self.entry.dependents().filter(|(other, _)| self.is_in_the_way(other));
        let dependents: Vec<_> = dependents.map(|(other, _)| other.id().clone()).collect();
        self.disturbs.extend(dependents);
        // A default is cast along unless it becomes another one, which the old one need not be able to be cast to.
        let default = ObjectId::ColumnDefault(self.name.clone());
        let default_of = |catalog: &Catalog| catalog.get(&default).cloned();
        if default_of(self.context.from).is_some_and(|old| default_of(self.context.to).is_some_and(|new| old != new)) {
            self.disturbs.push(default);
        }
    }

    /// Whether a dependent object has to be away while the type changes.
    fn is_in_the_way(&self, other: &Entry<'_>) -> bool {
        match other.object() {
            // Both sides of a foreign key change one after the other, and may not fit each other in between.
            Object::Constraint(constraint) => match (&constraint.rule, other.id()) {
                (ConstraintRule::ForeignKey(key), ObjectId::Constraint(name)) => {
                    let sides = [(&name.relation, &key.columns), (&key.references, &key.referenced_columns)];
                    let columns = sides.into_iter().flat_map(|(relation, columns)| {
                        columns.iter().map(|name| ColumnName { relation: relation.clone(), name: name.clone() })
                    });
                    columns.filter(|column| self.is_retyped(column)).count() > 1
                }
                _ => false,
            },
            // Statistics targets are not taken along.
            Object::Index(index) => index.keys.iter().any(|key| key.statistics_target.is_some()),
            Object::Table(_) | Object::ForeignTable(_) | Object::Sequence(_) | Object::Statistics(_) => false,
            // A default that has this column in it does not exist; it is its own.
            Object::ColumnDefault(_) => false,
            _ => !matches!(other.id().kind(), ObjectKind::Owner | ObjectKind::Comment | ObjectKind::Grant),
        }
    }

    fn is_retyped(&self, column: &ColumnName) -> bool {
        let id = ObjectId::Column(column.clone());
        match (self.context.from.get(&id), self.context.to.get(&id)) {
            (Some(Object::Column(old)), Some(Object::Column(new))) => old.data_type != new.data_type,
            _ => false,
        }
    }

    fn not_null(&mut self, old: Option<&NotNull>, new: Option<&NotNull>) {
        // Whether a parent has it too is decided where tables join and leave parents.
        let is_same = |old: &NotNull, new: &NotNull| {
            (NotNull { name: new.name.clone(), inheritance: new.inheritance, ..old.clone() }) == *new
        };
        match (old, new) {
            (Some(_), None) => self.action("DROP NOT NULL"),
            (None, Some(new)) => self.set_not_null(new),
            (Some(old), Some(new)) if is_same(old, new) => {
                // A child's follows its parent's.
                let has_own_name = [old, new].iter().any(|it| it.inheritance == Inheritance::Own);
                let [old, new] = [old, new].map(|not_null| Identifier::new(not_null.name_on(self.name)));
                if let (Ok(old), Ok(new)) = (old, new)
                    && old != new
                    && has_own_name
                    && [self.context.from, self.context.to].iter().all(|catalog| catalog.major().number() >= 18)
                {
                    let rename = format!("RENAME CONSTRAINT {old} TO {new}");
                    let rename = Statement::alter_table(&self.name.relation, rename);
                    let of = MemberName { relation: self.name.relation.clone(), name: old };
                    self.statements.push(match self.context.options.servers {
                        Servers::OfTheseMajors => rename,
                        Servers::Any => where_there(&ObjectId::Constraint(of), rename),
                    });
                }
            }
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
        let new = &said(new, self.name, self.context);
        let relation = &self.name.relation;
        let own = &self.name.name;
        if new.name.is_some() || new.not_valid || new.no_inherit {
            let tail = format!("{}{}", no_inherit(new), if new.not_valid { " NOT VALID" } else { "" });
            let scan = Hazard::ScansTable(self.table());
            let add = Statement::alter_table(relation, format!("ADD {} {own}{tail}", constraint(new)));
            self.statements.push(if new.not_valid { add } else { add.risking(scan) });
            return;
        }
        if self.context.options.style == Style::Offline || self.is_foreign() {
            self.action("SET NOT NULL");
            return;
        }
        let Some(proof) = self.proof() else {
            self.action("SET NOT NULL");
            return;
        };
        let add = format!("ADD CONSTRAINT {proof} CHECK ({own} IS NOT NULL) NOT VALID");
        self.statements.push(Statement::alter_table(relation, add));
        self.statements.push(Statement::alter_table(relation, format!("VALIDATE CONSTRAINT {proof}")).alone());
        self.action("SET NOT NULL");
        self.statements.push(Statement::alter_table(relation, format!("DROP CONSTRAINT {proof}")));
    }

    /// A name for the check constraint, of at most 63 bytes, that no constraint of the table has before or after.
    fn proof(&self) -> Option<Identifier> {
        let own = self.name.name.as_str();
        (0..100).find_map(|number: u32| {
            let number = if number == 0 { String::new() } else { number.to_string() };
            let name = Identifier::new(made_up_name(own, None, &format!("not_null_proof{number}"))).ok()?;
            let id = ObjectId::Constraint(MemberName { relation: self.name.relation.clone(), name: name.clone() });
            (!self.context.from.contains(&id) && !self.context.to.contains(&id)).then_some(name)
        })
    }

    fn identity(&mut self, old: Option<&Identity>, new: Option<&Identity>) {
        match (old, new) {
            (None, Some(new)) => {
                self.action(format!("ADD {}", identity_clause(new, self.name)));
                self.statements.push(go_on(&new.sequence, self.name, &new.options));
            }
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
                self.statements.extend(count_otherwise(&new.sequence, &old.options, &new.options));
            }
            _ => {}
        }
    }

    fn storage(&mut self, old: &Column, new: &Column) {
        if old.storage != new.storage {
            let storage = new.storage.unwrap_or_else(|| usual_storage(new));
            self.action(format!("SET STORAGE {}", storage.as_sql()));
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
        if old.foreign_options != new.foreign_options {
            self.action(settings::options_changed(&old.foreign_options, &new.foreign_options).trim_start());
        }
    }
}
