//! Constraints of tables.

use limosa_catalog::kind::column::Inheritance;
use limosa_catalog::kind::constraint::{
    Constraint, ConstraintRule, Deferrability, Exclusion, ForeignKey, Key, MatchKind, ReferentialAction,
};
use limosa_catalog::kind::table::ReplicaIdentity;
use limosa_catalog::{Entry, Identifier, MemberName, Object, ObjectId, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::hazard::Hazard;
use crate::diff::naming::list;
use crate::diff::{Style, inheritance, settings};

impl Rules for Constraint {
    type Name = MemberName;

    fn create(&self, name: &MemberName, entry: Entry<'_>, context: &Context<'_>) -> Part {
        // What comes from a parent comes with the parent's statement.
        let joins = entry.parent().is_some_and(|table| inheritance::joins(table, context));
        if self.inheritance == Inheritance::Inherited && !joins {
            return Part::default();
        }
        let mut statements = add(self, name, entry, context);
        statements.extend(around_index(name, entry.object(), entry));
        Part { statements, ..Part::default() }
    }

    fn remove(&self, name: &MemberName, entry: Entry<'_>, context: &Context<'_>) -> Vec<Statement> {
        let leaves = entry.parent().is_some_and(|table| inheritance::leaves(table, context));
        if self.inheritance == Inheritance::Inherited && !leaves {
            return Vec::new();
        }
        vec![Statement::alter_table(&name.relation, format!("DROP CONSTRAINT {}", name.name))]
    }

    fn alter(&self, new: &Self, name: &MemberName, entry: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
        if self.inheritance == Inheritance::Inherited && new.inheritance == Inheritance::Inherited {
            return is_settled(self, new).then(Alteration::default);
        }
        let is_key = matches!(self.rule, ConstraintRule::ForeignKey(_));
        let same = Self {
            not_valid: new.not_valid,
            deferrability: if is_key { new.deferrability } else { self.deferrability },
            inheritance: new.inheritance,
            rule: with_settings_of(&self.rule, &new.rule),
            ..self.clone()
        };
        if same != *new || (!self.not_valid && new.not_valid) {
            return swap(new, name, entry, context);
        }
        let mut statements = Vec::new();
        if self.deferrability != new.deferrability {
            let words = deferrability(new.deferrability, true);
            statements.push(Statement::alter_table(&name.relation, format!("ALTER CONSTRAINT {}{words}", name.name)));
        }
        if self.not_valid && !new.not_valid {
            statements.push(validate(name, context));
        }
        statements.extend(index_settings(name, &self.rule, &new.rule));
        let wanted = context.to.entry(entry.id());
        statements.extend(wanted.map(|wanted| super::index::identity_by(&name.name, wanted)).unwrap_or_default());
        Some(Alteration { statements, ..Alteration::default() })
    }
}

/// Whether two inherited constraints differ in nothing that the parent's statement does not bring about.
fn is_settled(old: &Constraint, new: &Constraint) -> bool {
    old.rule == new.rule || !matches!(old.rule, ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_))
}

/// The rule with what can be changed of its index in place.
fn with_settings_of(old: &ConstraintRule, new: &ConstraintRule) -> ConstraintRule {
    let settled = |old: &Key, new: &Key| Key {
        options: new.options.clone(),
        tablespace: new.tablespace.clone(),
        clustered: new.clustered,
        ..old.clone()
    };
    match (old, new) {
        (ConstraintRule::PrimaryKey(old), ConstraintRule::PrimaryKey(new)) => {
            ConstraintRule::PrimaryKey(settled(old, new))
        }
        (ConstraintRule::Unique(old), ConstraintRule::Unique(new)) => ConstraintRule::Unique(settled(old, new)),
        (ConstraintRule::Exclusion(old), ConstraintRule::Exclusion(new)) => ConstraintRule::Exclusion(Exclusion {
            tablespace: new.tablespace.clone(),
            clustered: new.clustered,
            ..old.clone()
        }),
        _ => old.clone(),
    }
}

fn index_settings(name: &MemberName, old: &ConstraintRule, new: &ConstraintRule) -> Vec<Statement> {
    let of = |rule: &ConstraintRule| match rule {
        ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => {
            (key.options.clone(), key.tablespace.clone(), key.clustered)
        }
        ConstraintRule::Exclusion(exclusion) => (Vec::new(), exclusion.tablespace.clone(), exclusion.clustered),
        ConstraintRule::Check(_) | ConstraintRule::ForeignKey(_) => (Vec::new(), None, false),
    };
    let ((old, old_tablespace, old_clustered), (new, tablespace, clustered)) = (of(old), of(new));
    let index = ObjectName { schema: name.relation.schema.clone(), name: name.name.clone() };
    let mut statements = super::index::settings_changed(&index, &old, &new);
    statements.extend((old_tablespace != tablespace).then(|| super::index::to_tablespace(&index, tablespace.as_ref())));
    if old_clustered != clustered {
        statements.push(super::index::clustered(&name.relation, &name.name, clustered));
    }
    statements
}

/// Another index takes the place of a key's own, which serves until then.
fn swap(new: &Constraint, name: &MemberName, entry: Entry<'_>, context: &Context<'_>) -> Option<Alteration> {
    let (ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key)) = &new.rule else { return None };
    if key.without_overlaps || !super::index::can_be_swapped(entry, context) {
        return None;
    }
    let interim = super::index::interim(&name.relation.schema, &name.name, context)?;
    let drop = Statement::alter_table(&name.relation, format!("DROP CONSTRAINT {}", name.name));
    let mut statements = vec![unique_index(name, key, &interim), drop, using_index(new, name, &interim)];
    let new = context.to.entry(entry.id())?;
    statements.extend(around_index(name, new.object(), new));
    statements.extend(super::comment::of_parts(new));
    Some(Alteration { statements, ..Alteration::default() })
}

/// The index of a key, built while the table is in use.
pub(in crate::diff) fn unique_index(name: &MemberName, key: &Key, index: &Identifier) -> Statement {
    let sql = format!(
        "CREATE UNIQUE INDEX CONCURRENTLY {index} ON {} ({}){}{}{}{}",
        name.relation,
        list(&key.columns),
        include(&key.include),
        if key.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" },
        settings::with(&key.options),
        key.tablespace.as_ref().map_or_else(String::new, |name| format!(" TABLESPACE {name}")),
    );
    Statement::text(sql).alone()
}

/// Makes an index that of the key, under the key's name.
fn using_index(constraint: &Constraint, name: &MemberName, index: &Identifier) -> Statement {
    let unique = matches!(constraint.rule, ConstraintRule::Unique(_));
    let kind = if unique { "UNIQUE" } else { "PRIMARY KEY" };
    let deferrability = deferrability(constraint.deferrability, false);
    let action = format!("ADD CONSTRAINT {} {kind} USING INDEX {index}{deferrability}", name.name);
    Statement::alter_table(&name.relation, action)
}

/// Adds it. On a table with rows that are in use, the rows are looked at, or the index is built, while they stay in
/// use.
fn add(constraint: &Constraint, name: &MemberName, entry: Entry<'_>, context: &Context<'_>) -> Vec<Statement> {
    let table = ObjectId::Table(name.relation.clone());
    let plain = |tail: &str| {
        let action = format!("ADD CONSTRAINT {} {}{tail}", name.name, definition(constraint));
        Statement::alter_table(&name.relation, action)
    };
    let is_new = !context.from.contains(&table);
    let is_partitioned = matches!(
        entry.parent().map(|table| table.object()),
        Some(Object::Table(table)) if table.partition_by.is_some()
    );
    if is_new || context.options.style == Style::Offline || constraint.not_enforced {
        return vec![plain(if constraint.not_valid { " NOT VALID" } else { "" })];
    }
    match &constraint.rule {
        ConstraintRule::Check(_) => in_two_steps(constraint, name, plain(" NOT VALID"), context),
        ConstraintRule::ForeignKey(_) if !is_partitioned => {
            in_two_steps(constraint, name, plain(" NOT VALID"), context)
        }
        ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) if !is_partitioned && !key.without_overlaps => {
            vec![unique_index(name, key, &name.name), using_index(constraint, name, &name.name)]
        }
        ConstraintRule::PrimaryKey(_) | ConstraintRule::Unique(_) => {
            vec![plain("").risking(Hazard::BlocksWrites(table))]
        }
        ConstraintRule::ForeignKey(_) | ConstraintRule::Exclusion(_) => {
            vec![plain("").risking(Hazard::ScansTable(table))]
        }
    }
}

fn in_two_steps(constraint: &Constraint, name: &MemberName, add: Statement, context: &Context<'_>) -> Vec<Statement> {
    if constraint.not_valid { vec![add] } else { vec![add, validate(name, context)] }
}

fn validate(name: &MemberName, context: &Context<'_>) -> Statement {
    let validate = Statement::alter_table(&name.relation, format!("VALIDATE CONSTRAINT {}", name.name));
    match context.options.style {
        // In a transaction of its own, so that the lock of what came before is not held while rows are read.
        Style::Online => validate.alone(),
        Style::Offline => validate,
    }
}

/// The constraint as `ADD CONSTRAINT name` goes on, without `NOT VALID`.
pub(in crate::diff) fn definition(constraint: &Constraint) -> String {
    let mut text = match &constraint.rule {
        ConstraintRule::PrimaryKey(key) => key_clause("PRIMARY KEY", key),
        ConstraintRule::Unique(key) => {
            key_clause(if key.nulls_not_distinct { "UNIQUE NULLS NOT DISTINCT" } else { "UNIQUE" }, key)
        }
        ConstraintRule::Check(check) => {
            format!("CHECK ({}){}", check.expression, if check.no_inherit { " NO INHERIT" } else { "" })
        }
        ConstraintRule::ForeignKey(key) => foreign_key(key),
        ConstraintRule::Exclusion(exclusion) => exclusion.definition.to_string(),
    };
    // The server's text of an exclusion constraint says it already.
    if !matches!(constraint.rule, ConstraintRule::Exclusion(_)) {
        text.push_str(deferrability(constraint.deferrability, false));
    }
    if constraint.not_enforced {
        text.push_str(" NOT ENFORCED");
    }
    text
}

fn key_clause(kind: &str, key: &Key) -> String {
    format!(
        "{kind} ({}{}){}{}{}",
        list(&key.columns),
        if key.without_overlaps { " WITHOUT OVERLAPS" } else { "" },
        include(&key.include),
        settings::with(&key.options),
        key.tablespace.as_ref().map_or_else(String::new, |name| format!(" USING INDEX TABLESPACE {name}"))
    )
}

fn include(columns: &[Identifier]) -> String {
    if columns.is_empty() { String::new() } else { format!(" INCLUDE ({})", list(columns)) }
}

fn foreign_key(key: &ForeignKey) -> String {
    let columns = |columns: &[Identifier]| match columns.split_last() {
        Some((last, rest)) if key.period => {
            let rest = list(rest);
            format!("{rest}{}PERIOD {last}", if rest.is_empty() { "" } else { ", " })
        }
        _ => list(columns),
    };
    let mut text = format!(
        "FOREIGN KEY ({}) REFERENCES {} ({})",
        columns(&key.columns),
        key.references,
        columns(&key.referenced_columns)
    );
    if key.match_kind != MatchKind::Simple {
        text.push_str(&format!(" {}", key.match_kind.as_sql()));
    }
    if key.on_update != ReferentialAction::NoAction {
        text.push_str(&format!(" ON UPDATE {}", key.on_update.as_sql()));
    }
    if key.on_delete != ReferentialAction::NoAction {
        text.push_str(&format!(" ON DELETE {}", key.on_delete.as_sql()));
        if !key.on_delete_columns.is_empty() {
            text.push_str(&format!(" ({})", list(&key.on_delete_columns)));
        }
    }
    text
}

/// In full where something else may have been said before.
fn deferrability(deferrability: Deferrability, in_full: bool) -> &'static str {
    match deferrability {
        Deferrability::NotDeferrable if in_full => " NOT DEFERRABLE",
        Deferrability::NotDeferrable => "",
        Deferrability::InitiallyImmediate if in_full => " DEFERRABLE INITIALLY IMMEDIATE",
        Deferrability::InitiallyImmediate => " DEFERRABLE",
        Deferrability::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    }
}

/// What the table says of the constraint's index.
fn around_index(name: &MemberName, constraint: &Object, entry: Entry<'_>) -> Vec<Statement> {
    let Object::Constraint(constraint) = constraint else { return Vec::new() };
    let is_clustered = match &constraint.rule {
        ConstraintRule::PrimaryKey(key) | ConstraintRule::Unique(key) => key.clustered,
        ConstraintRule::Exclusion(exclusion) => exclusion.clustered,
        ConstraintRule::Check(_) | ConstraintRule::ForeignKey(_) => return Vec::new(),
    };
    let mut statements = super::index::identity_by(&name.name, entry);
    statements.extend(is_clustered.then(|| super::index::clustered(&name.relation, &name.name, true)));
    statements
}

/// Kept here so that the two users of it agree: whether a table identifies its rows by this index.
pub(super) fn is_identity(index: &Identifier, table: &Object) -> bool {
    matches!(table, Object::Table(table)
        if table.replica_identity == ReplicaIdentity::Index && table.replica_identity_index.as_ref() == Some(index))
}
