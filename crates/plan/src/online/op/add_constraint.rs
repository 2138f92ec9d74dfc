//! `ADD CONSTRAINT`: new rows are held to it at once, rows that are there are looked at while they stay in use.

use limosa_catalog::kind::column::made_up_name;
use limosa_catalog::{Identifier, MemberName, ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{Command, TableAction, TableConstraint, TableRule, TokenKind, Tokens};

use super::super::left::Taken;
use super::super::not_null::{Extent, Refusing, not_null_name};
use super::super::partitions::parts;
use super::super::phases::{Growth, OnlineCheck, OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work, object_for_people};
use super::super::table::Table;
use super::add_key::Key;
use crate::null::is_not_null;

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::AddConstraint(constraint)) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| {
        let adding = Adding { situation, work, table: &table };
        adding.phases(constraint)
    }))
}

/// A constraint that comes to a table.
pub(super) struct Adding<'a> {
    pub(super) situation: &'a Situation<'a>,
    pub(super) work: &'a Work<'a>,
    pub(super) table: &'a Table<'a>,
}

impl Adding<'_> {
    fn phases(&self, constraint: &TableConstraint) -> Result<Phases, Refusal> {
        self.situation.refuse_hanging(self.table, columns_of(&constraint.rule))?;
        let name = self.name(constraint)?;
        let definition = self.over_what_lasts(constraint)?;
        let action_text = format!("ADD CONSTRAINT {name} {definition}");
        let text = format!("ALTER TABLE {} {action_text}", self.table.name);
        let command = Command::of(&text);
        let over = Work { text, action_text, command, ..*self.work };
        match over.action() {
            // What is said of columns that last under other names is said of those.
            Some((_, TableAction::AddConstraint(of_those))) if definition != self.definition(constraint) => {
                let adding = Adding { situation: self.situation, work: &over, table: self.table };
                adding.add(of_those, &constraint.rule, name)
            }
            _ => self.add(constraint, &constraint.rule, name),
        }
    }

    /// The constraint's definition over the columns and values that there are until contract.
    fn over_what_lasts(&self, constraint: &TableConstraint) -> Result<String, Refusal> {
        let definition = self.definition(constraint);
        match constraint.rule {
            TableRule::ForeignKey { .. } => {}
            TableRule::KeyUsingIndex { .. } | TableRule::Exclusion => return Ok(definition),
            _ => return self.situation.over_what_lasts(self.table, &definition),
        }
        // The columns that it refers to are another table's.
        let tokens = Tokens::of(&definition);
        let of_word = |word: &str| {
            tokens.words().outermost().find_map(|(token, here)| here.at(&[word]).then_some(token.span.start))
        };
        let end = definition.len();
        let refers = of_word("REFERENCES").unwrap_or(end);
        let acts = of_word("ON").filter(|at| *at > refers).unwrap_or(end);
        let over = |part: &str| self.situation.over_what_lasts(self.table, part);
        let (own, rest) = definition.split_at(refers);
        let (referred, acts) = rest.split_at(acts - refers);
        Ok(format!("{} {referred}{}", over(own)?, over(acts)?))
    }

    fn add(&self, constraint: &TableConstraint, said: &TableRule, name: Identifier) -> Result<Phases, Refusal> {
        let columns = columns_of(&constraint.rule);
        // What this migration makes itself cannot be asked before it is there.
        let added = self.situation.added(&self.table.name);
        let rows = self.situation.rows_to_be(self.table, columns);
        let can_ask = rows.is_some() && !columns.iter().any(|column| added.contains(column));
        let table = &self.table.name;
        let id = ObjectId::Constraint(MemberName { relation: table.clone(), name: name.clone() });
        let is_there = self.situation.catalog.contains(&id);
        if is_there && !self.is_free_then(&id) {
            return Err(Refusal::new(format!("{id} is there already"), "choose another name"));
        }
        let index = ObjectName { schema: table.schema.clone(), name: name.clone() };
        let is_of_index = matches!(constraint.rule, TableRule::Key { .. });
        let is_replaced = is_there || is_of_index && self.situation.taken(&index) == Taken::UntilContract;
        // Both hold until the old one goes: the old version rests on it.
        let own = name;
        let name = if is_replaced { self.situation.interim(&own, self.work.place + 1) } else { own.clone() };
        let mut phases = Phases {
            about: format!("add {} to {}", own.for_people(), object_for_people(table)),
            abort: vec![format!("ALTER TABLE IF EXISTS {table} DROP CONSTRAINT IF EXISTS {name}")],
            // It may have gone with a column.
            reverse: vec![format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {own};")],
            standing: self.table.stands(&[]),
            ..Phases::default()
        };
        if is_replaced {
            phases.contract.push(format!("ALTER TABLE {table} RENAME CONSTRAINT {name} TO {own}"));
            phases
                .remarks
                .push(format!("until contract, rows have to meet both {} and what replaces it", own.for_people()));
        }
        if let Some(columns) = self.key_columns(said) {
            for column in self.nullable(&columns) {
                let drop = format!("ALTER COLUMN {column} DROP NOT NULL");
                phases.reverse.push(format!("ALTER TABLE {table} {drop};"));
                // One that is there only from now on goes with an abort.
                let lasting = self.situation.lasting_of(self.table, &column).map_or(column, |it| it.is);
                if self.table.column(&lasting).is_err() {
                    continue;
                }
                let drop = format!("ALTER COLUMN {lasting} DROP NOT NULL");
                phases.abort.push(format!("ALTER TABLE IF EXISTS {table} {drop}"));
                // Those of partitions have become their own.
                for part in parts(self.table) {
                    phases.reverse.push(format!("ALTER TABLE {} {drop};", part.table.name));
                    phases.abort.push(format!("ALTER TABLE IF EXISTS {} {drop}", part.table.name));
                }
            }
        }
        match &constraint.rule {
            TableRule::Key { .. } | TableRule::ForeignKey { .. } if self.table.is_partitioned() => {
                return self.of_parts(phases, constraint, &name);
            }
            TableRule::Check(_) | TableRule::ForeignKey { .. } => {
                let definition = self.definition(constraint);
                let tail = if constraint.unchecked { "" } else { " NOT VALID" };
                let add = format!("ALTER TABLE {table} ADD CONSTRAINT {name} {definition}{tail}");
                phases.complete.push(OnlineStep::Alone(add));
                if !constraint.unchecked {
                    let validate = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}");
                    phases.complete.push(OnlineStep::Alone(validate));
                    phases.checks.extend(self.broken(constraint).filter(|_| can_ask));
                }
            }
            TableRule::Key { primary, columns } => {
                phases.checks.extend(self.twice(columns).filter(|_| can_ask));
                phases.growth.push(Growth::Index { table: table.clone(), columns: columns.clone() });
                let index = ObjectName { schema: table.schema.clone(), name: name.clone() };
                phases.abort.push(format!("DROP INDEX IF EXISTS {index}"));
                let Key { before, index, add } = self.key(*primary, columns, (said, &name, &own))?;
                phases.complete = before.into_iter().chain([index]).map(OnlineStep::Alone).collect();
                if *primary && self.has_primary_key() {
                    phases.contract = vec![add];
                } else {
                    phases.complete.push(OnlineStep::Alone(add));
                }
            }
            TableRule::KeyUsingIndex { primary, index } => {
                if *primary {
                    let columns = self.key_columns(said).unwrap_or_default();
                    phases.complete = self.not_null(&columns)?.into_iter().map(OnlineStep::Alone).collect();
                }
                let of_index = ObjectName { schema: table.schema.clone(), name: index.clone() };
                self.refuse_built_anew(&of_index)?;
                let is_to_come = self.situation.taken(&of_index) == Taken::UntilContract;
                if is_replaced || is_to_come || *primary && self.has_primary_key() {
                    // The index stays as it is until the old one has gone.
                    phases.contract = vec![self.work.text.clone()];
                    phases.remarks = Vec::new();
                    // What is left of it are columns that allow null again.
                    phases.abort.remove(0);
                } else {
                    phases.complete.push(OnlineStep::Alone(self.work.text.clone()));
                }
                self.gives_back(&mut phases, index);
            }
            TableRule::NotNull(column) => {
                let is_there = self.table.column(column).is_ok();
                let column = self.table.column_name(column);
                let proof = self.situation.interim(&column.name, self.work.place + 1);
                let major = self.situation.catalog.major();
                let refusing = Refusing { column: &column, major, name: &name, proof: &proof };
                let no_inherit =
                    Tokens::of(&self.work.text).words().outermost().any(|(_, here)| here.at(&["NO", "INHERIT"]));
                let extent = Extent { not_valid: constraint.unchecked, no_inherit };
                phases.complete = refusing.steps_of(extent).into_iter().map(OnlineStep::Alone).collect();
                // A column that is there only meanwhile goes with an abort.
                phases.abort = if is_there { refusing.undo() } else { Vec::new() };
            }
            TableRule::Exclusion => {
                return Err(Refusal::new(
                    "an exclusion constraint cannot be built while the table is in use",
                    "take `-- limosa: online` away: writes wait until it is built",
                ));
            }
        }
        Ok(phases)
    }

    /// Refuses an index that goes with a column, while one like it is built over the column that lasts.
    fn refuse_built_anew(&self, index: &ObjectName) -> Result<(), Refusal> {
        let id = self.situation.original(ObjectId::Index(index.clone()));
        let goes = |column: &Identifier| {
            let lasting = self.situation.lasting_of(self.table, column);
            lasting.is_some_and(|it| it.is != *column && self.table.column(&it.is).is_err())
        };
        let is_there = self.situation.catalog.contains(&id) && !self.situation.is_dropped(&id);
        match is_there && self.situation.columns_of_index(index).iter().any(goes) {
            true => Err(Refusal::new(
                format!("{id} is built anew, since a statement gives a column of it another type"),
                "move this to a migration of its own, to be applied behind the contract of this one",
            )),
            false => Ok(()),
        }
    }

    /// Whether what has the name goes with contract, or is called otherwise then.
    fn is_free_then(&self, id: &ObjectId) -> bool {
        self.situation.is_dropped(id) || self.situation.name_left(id).as_ref() != id.own_name()
    }

    /// The name, which has to be known so that it can be validated and taken back.
    fn name(&self, constraint: &TableConstraint) -> Result<Identifier, Refusal> {
        if let Some(name) = &constraint.name {
            return Ok(name.clone());
        }
        let table = self.table.name.name.as_str();
        let joined = |columns: &[Identifier]| columns.iter().map(Identifier::as_str).collect::<Vec<_>>().join("_");
        let left = |column: Identifier| {
            let left = self.situation.name_left(&ObjectId::Column(self.table.column_name(&column)));
            left.unwrap_or(column)
        };
        let own: Vec<Identifier> = self.table.columns().into_iter().map(left).collect();
        let made_up = match &constraint.rule {
            TableRule::Key { primary: true, .. } => made_up_name(table, None, "pkey"),
            TableRule::Key { columns, .. } => made_up_name(table, Some(&joined(columns)), "key"),
            TableRule::ForeignKey { columns, .. } => made_up_name(table, Some(&joined(columns)), "fkey"),
            TableRule::Check(check) => {
                let mut named: Vec<_> = own.iter().filter(|column| check.names.contains(column)).collect();
                named.dedup();
                match named.as_slice() {
                    [only] => made_up_name(table, Some(only.as_str()), "check"),
                    _ => made_up_name(table, None, "check"),
                }
            }
            TableRule::NotNull(column) => {
                let column = self.table.column_name(column);
                not_null_name(&column).map(|name| name.as_str().to_owned()).unwrap_or_default()
            }
            TableRule::KeyUsingIndex { index, .. } => index.as_str().to_owned(),
            TableRule::Exclusion => made_up_name(table, None, "excl"),
        };
        let name = Identifier::new(made_up).ok();
        let is_free = |name: &Identifier| {
            let constraint = ObjectId::Constraint(MemberName { relation: self.table.name.clone(), name: name.clone() });
            let index = ObjectId::Index(ObjectName { schema: self.table.name.schema.clone(), name: name.clone() });
            (!self.situation.catalog.contains(&constraint) || self.is_free_then(&constraint))
                && (!self.situation.catalog.contains(&index)
                    || self.is_free_then(&index)
                    || matches!(constraint_rule(self.work), Some(true)))
        };
        name.filter(is_free).ok_or_else(|| {
            Refusal::new(
                "it has no name, and the one that the server would make up is taken",
                "write `ADD CONSTRAINT name …`",
            )
        })
    }

    /// What stands behind the constraint's name.
    pub(super) fn definition(&self, constraint: &TableConstraint) -> String {
        let text = &self.work.action_text;
        let tokens = Tokens::of(text);
        let mut words = tokens.words();
        words.take(&["ADD"]);
        if constraint.name.is_some() && words.take(&["CONSTRAINT"]) {
            words.identifier();
        }
        words.span().map_or("", |span| span.of(text)).to_owned()
    }

    /// Rows that are there and do not meet it.
    pub(super) fn broken(&self, constraint: &TableConstraint) -> Option<OnlineCheck> {
        let people = self.table.name.name.for_people();
        let (rows, place) = self.situation.rows_to_be(self.table, columns_of(&constraint.rule))?;
        let help = "mend the rows in a migration before".to_owned();
        match &constraint.rule {
            TableRule::Check(_) => {
                let definition = self.definition(constraint);
                let tokens = Tokens::of(&definition);
                let (_, mut list) = tokens.words().each().find(|(token, _)| token.kind == TokenKind::LeftParen)?;
                let inside = list.parenthesised()?.span()?.of(&definition).to_owned();
                Some(OnlineCheck {
                    query: format!("SELECT {place}::text FROM {rows} WHERE NOT ({inside}) LIMIT 1"),
                    found: format!("a row of {people} does not meet the constraint"),
                    help,
                })
            }
            TableRule::ForeignKey { columns, references, terms } => {
                if self.situation.is_new(references) {
                    return None;
                }
                let referenced = self.referenced(references, &terms.columns)?;
                let join: Vec<String> = columns
                    .iter()
                    .zip(&referenced)
                    .map(|(own, other)| format!("limosa_to.{other} = limosa_from.{own}"))
                    .collect();
                let set: Vec<String> = columns.iter().map(|own| is_not_null(format!("limosa_from.{own}"))).collect();
                let example = columns.first()?;
                Some(OnlineCheck {
                    query: format!(
                        "SELECT limosa_from.{example}::text FROM (SELECT * FROM {rows}) AS limosa_from WHERE {} AND \
                         NOT EXISTS (SELECT FROM {references} AS limosa_to WHERE {}) LIMIT 1",
                        set.join(" AND "),
                        join.join(" AND ")
                    ),
                    found: format!("a row of {people} refers to nothing"),
                    help,
                })
            }
            _ => None,
        }
    }

    fn referenced(&self, table: &QualifiedName, said: &[Identifier]) -> Option<Vec<Identifier>> {
        if !said.is_empty() {
            return Some(said.to_vec());
        }
        self.situation.table(table).ok().map(|table| table.key()).filter(|key| !key.is_empty())
    }
}

/// The columns on which a constraint rests.
fn columns_of(rule: &TableRule) -> &[Identifier] {
    match rule {
        TableRule::Key { columns, .. } | TableRule::ForeignKey { columns, .. } => columns.as_slice(),
        TableRule::Check(check) => &check.names,
        TableRule::NotNull(column) => std::slice::from_ref(column),
        TableRule::KeyUsingIndex { .. } | TableRule::Exclusion => &[],
    }
}

/// Whether the constraint takes over an index that is there.
fn constraint_rule(work: &Work<'_>) -> Option<bool> {
    match work.action()?.1 {
        TableAction::AddConstraint(constraint) => Some(matches!(constraint.rule, TableRule::KeyUsingIndex { .. })),
        _ => None,
    }
}
