//! What a statement says of things that a statement before leaves to contract: it would be undone there, so it is said
//! again behind that, or only there.

use limosa_catalog::{ColumnName, Identifier, ObjectId, ObjectName, QualifiedName, Rename};
use limosa_syntax::{Command, Directive, ObjectAction, ObjectChange, TableAction, TableRule, Tokens};

use super::phases::Phases;
use super::refusal::Refusal;
use super::situation::{Situation, Work};
use super::touch::{Touch, names_one_of, touches, uses_type};

const BEHIND: &str = "move this to a migration of its own, to be applied behind the contract of this one";

/// What the statements before leave to contract.
#[derive(Debug, Default)]
pub(super) struct Behind {
    /// What is said with contract of what stays.
    says: Vec<Touch>,
    /// Columns that go then, or are called otherwise.
    columns: Vec<ColumnName>,
    /// New names of columns.
    new_columns: Vec<ColumnName>,
    /// New names of tables.
    tables: Vec<ObjectName>,
    /// Names that constraints and indexes get then.
    names: Vec<Identifier>,
    /// Names of constraints and indexes that are made when every row has its values.
    completed: Vec<Identifier>,
    /// Columns of which the statements before say how they are numbered.
    numbered: Vec<(QualifiedName, Identifier)>,
    /// Columns on which something rests that a statement before makes at once.
    rested_on: Vec<(QualifiedName, Identifier)>,
    /// Defaults that wait for the column which takes the place of this one.
    defaults: Vec<(ColumnName, String)>,
}

/// When a statement is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Now,
    /// When every row has its values.
    Completed,
    /// Now, for those who use the new version, and again, for what takes the place of the old.
    Twice,
    WithContract,
}

impl Behind {
    /// Puts a statement where it is not undone.
    pub(super) fn placed(
        &mut self,
        situation: &Situation<'_>,
        work: &Work<'_>,
        mut phases: Phases,
    ) -> Result<Phases, Refusal> {
        // What the migration gives a phase has that, and what runs with contract has its turn there.
        let is_given = work.directives.iter().any(|directive| matches!(directive, Directive::Phase(_)));
        if is_given {
            return Ok(phases);
        }
        let touches = touches(&work.text);
        self.refuse(situation, work, (&phases, &touches))?;
        if let Some((table, TableAction::SetType { column, .. } | TableAction::RenameColumn { from: column, .. })) =
            work.action()
        {
            let is_it = |it: &ColumnName| is_called(situation, it, table, column);
            let defaults = self.defaults.extract_if(.., |(of, _)| is_it(of)).map(|(_, text)| text);
            // Before the column gets its new name, and behind all else.
            let at = phases.contract.len().saturating_sub(usize::from(!phases.renames.is_empty()));
            phases.contract.splice(at..at, defaults);
        }
        if phases.expand.is_empty() && phases.complete.is_empty() {
            return Ok(phases);
        }
        let waits = |touch: &Touch| match touch {
            Touch::Default(table, column) => {
                let to_come = situation.to_be_changed();
                to_come.into_iter().find(|it| is_called(situation, it, table, column) && !self.columns.contains(it))
            }
            _ => None,
        };
        if let Some(column) = touches.iter().find_map(waits) {
            self.defaults.push((column, work.text.clone()));
            return Ok(with_contract(phases, Vec::new()));
        }
        let is_of_new = matches!(work.command, Command::Comment { .. }) && phases.reverse.is_empty();
        if is_of_new && names_one_of(&work.text, &[&self.names[..], &self.completed[..]].concat()) {
            phases.reverse.push("-- nothing: it goes with what it is about".to_owned());
        }
        let place = touches.iter().map(|touch| self.place(situation, work, touch)).max_by_key(|place| *place as u8);
        match place.unwrap_or(Place::Now) {
            Place::Now => {}
            Place::Completed => {
                let alone = std::mem::take(&mut phases.expand);
                phases.complete.splice(0..0, alone);
            }
            Place::Twice => {
                phases.contract.push(work.text.clone());
                phases.verbatim = true;
            }
            Place::WithContract => return Ok(with_contract(phases, vec![work.text.clone()])),
        }
        Ok(phases)
    }

    fn place(&self, situation: &Situation<'_>, work: &Work<'_>, touch: &Touch) -> Place {
        let is_remark = matches!(work.command, Command::Comment { .. });
        match touch {
            Touch::Default(table, column) => {
                let is_said = self.says.iter().any(|said| said.is_about_the_same(touch));
                let is_other = self.has(&self.columns, situation, table, column);
                let is_to_be = self.has(&self.new_columns, situation, table, column);
                let is_called_so = self.says.iter().any(|said| match said {
                    Touch::RenamesType(_, name) => names_one_of(&work.text, std::slice::from_ref(name)),
                    _ => false,
                });
                match is_said || is_other || is_to_be || is_called_so || self.calls_values_of(situation, table, column)
                {
                    true => Place::WithContract,
                    false => Place::Now,
                }
            }
            Touch::Numbers(..) if self.says.iter().any(|said| said.is_about_the_same(touch)) => Place::WithContract,
            Touch::Marks(table, columns) if matches!(work.command, Command::Comment { .. } | Command::Grant { .. }) => {
                let is_any = |all| columns.iter().any(|column| self.has(all, situation, table, column));
                // With schemas of versions, the table has no column of the new name yet.
                match is_any(&self.columns) || is_any(&self.new_columns) {
                    true if situation.is_versioned() && is_any(&self.new_columns) => Place::WithContract,
                    true => Place::Twice,
                    false => Place::Now,
                }
            }
            Touch::Says(table) if self.is_new_name(situation, table) => match is_remark || situation.is_versioned() {
                true => Place::WithContract,
                false => Place::Twice,
            },
            _ if is_remark && names_one_of(&work.text, &self.names) => Place::WithContract,
            _ if is_remark && names_one_of(&work.text, &self.completed) => Place::Completed,
            _ => Place::Now,
        }
    }

    /// Refuses what contract would not get past.
    fn refuse(
        &self,
        situation: &Situation<'_>,
        work: &Work<'_>,
        (phases, touches): (&Phases, &[Touch]),
    ) -> Result<(), Refusal> {
        if let Some((_, TableAction::SetNotNull(column))) = work.action()
            && touches.iter().any(|touch| self.says.iter().any(|said| said.is_about_the_same(touch)))
        {
            let column = column.for_people();
            return Err(Refusal::new(format!("a statement before lets {column} be null with contract"), BEHIND));
        }
        let is_it = |(of, it): &(QualifiedName, Identifier), table: &QualifiedName, column: &Identifier| {
            it == column && situation.resolve(of) == situation.resolve(table)
        };
        let changed = match work.action() {
            Some((table, TableAction::SetType { column, .. })) => Some((table, column)),
            Some((table, TableAction::RenameColumn { from, .. })) if !situation.is_versioned() => Some((table, from)),
            _ => None,
        };
        if let Some((table, column)) = changed
            && self.numbered.iter().any(|numbered| is_it(numbered, table, column))
        {
            let column = column.for_people();
            return Err(Refusal::new(format!("a statement before says how {column} is numbered"), BEHIND));
        }
        if let Some((table, TableAction::DropColumn(column))) = work.action()
            && self.rested_on.iter().any(|rests| is_it(rests, table, column))
        {
            let column = column.for_people();
            return Err(Refusal::new(
                format!("a statement before lets something rest on {column}, which PostgreSQL drops along"),
                "leave that statement out, or let the column go in a migration of its own",
            ));
        }
        if let Some((table, TableAction::DropColumn(column))) = work.action()
            && situation
                .retyped()
                .iter()
                .any(|entry| matches!(entry.id(), ObjectId::Column(it) if is_called(situation, it, table, column)))
        {
            let column = column.for_people();
            return Err(Refusal::new(
                format!("a statement of this migration gives {column} another type, and it goes all the same"),
                "drop it only: leave the change of its type out",
            ));
        }
        let is_at_once = !phases.expand.is_empty() || !phases.complete.is_empty();
        let hung_on = |touch: &Touch| match touch {
            Touch::Hangs(table, _) if is_at_once && self.is_new_name(situation, table) => Some(table.name.clone()),
            _ => None,
        };
        let refers = matches!(work.command, Command::CreateTable(_));
        if let Some(name) = touches.iter().find_map(hung_on).filter(|_| !refers) {
            return Err(called_so_later(&name, None));
        }
        let new = |touch: &Touch| match touch {
            Touch::RefersToKey(table) => self.is_new_name(situation, table).then(|| table.name.clone()),
            Touch::Hangs(table, _) if self.is_new_name(situation, table) => Some(table.name.clone()),
            Touch::Hangs(table, columns) => {
                columns.iter().find(|column| self.has(&self.new_columns, situation, table, column)).cloned()
            }
            _ => None,
        };
        if let Some(name) = touches.iter().find_map(new).filter(|_| refers) {
            return Err(Refusal::new(
                format!("{} is called so with contract, and no foreign key can refer to it before", name.for_people()),
                BEHIND,
            ));
        }
        // What is said with contract finds the type.
        let waits = touches.iter().any(|touch| matches!(touch, Touch::Default(..)))
            || phases.expand.is_empty() && phases.complete.is_empty();
        let named = |touch: &Touch| match touch {
            Touch::RenamesType(_, name) => (!waits && uses_type(&work.text, name)).then(|| name.clone()),
            _ => None,
        };
        match self.says.iter().find_map(named) {
            Some(name) => Err(Refusal::new(
                format!("{} is a domain until contract, which this would keep from going", name.for_people()),
                BEHIND,
            )),
            None => Ok(()),
        }
    }

    /// Whether a value of a column's type is called otherwise with contract.
    fn calls_values_of(&self, situation: &Situation<'_>, table: &QualifiedName, column: &Identifier) -> bool {
        let Ok(table) = situation.table(table) else { return false };
        let Ok((_, facts)) = table.column(column) else { return false };
        let own = facts.data_type.as_str().rsplit('.').next().unwrap_or_default();
        self.says.iter().any(|said| match said {
            Touch::Value(data_type, _) => data_type.name.for_people().to_string() == own,
            _ => false,
        })
    }

    fn has(&self, all: &[ColumnName], situation: &Situation<'_>, table: &QualifiedName, column: &Identifier) -> bool {
        all.iter().any(|it| is_called(situation, it, table, column))
    }

    fn is_new_name(&self, situation: &Situation<'_>, table: &QualifiedName) -> bool {
        situation.resolve(table).is_some_and(|table| self.tables.contains(&table))
    }

    /// Notes what a statement leaves.
    pub(super) fn notes(&mut self, work: &Work<'_>, phases: &Phases) {
        match work.action() {
            Some((_, TableAction::DropColumn(_) | TableAction::SetNotNull(_))) => {}
            _ => self.columns.extend(phases.watched.iter().cloned()),
        }
        for rename in &phases.renames {
            match rename {
                Rename::Column { of: ObjectId::Table(relation), to, .. } => {
                    self.new_columns.push(ColumnName { relation: relation.clone(), name: to.clone() });
                }
                Rename::Object { from: ObjectId::Table(table), to } => {
                    self.tables.push(ObjectName { schema: table.schema.clone(), name: to.clone() });
                }
                _ => {}
            }
        }
        let is_at_once = !phases.expand.is_empty() || !phases.complete.is_empty();
        let rests = |touch: Touch| match touch {
            Touch::Hangs(table, columns) => columns.into_iter().map(|column| (table.clone(), column)).collect(),
            Touch::Default(table, column) => vec![(table, column)],
            _ => Vec::new(),
        };
        let lets_rest = match work.action() {
            // A rule that takes the place of another goes with its column as that would.
            Some((_, TableAction::AddConstraint(constraint))) => {
                phases.contract.is_empty() || !matches!(constraint.rule, TableRule::Check(_))
            }
            None | Some((_, TableAction::SetDefault(_))) => true,
            Some(_) => false,
        };
        if is_at_once && lets_rest {
            self.rested_on.extend(touches(&work.text).into_iter().flat_map(rests));
        }
        if let Some((table, TableAction::Identity(column))) = work.action() {
            self.numbered.push((table.clone(), column.clone()));
        }
        // What takes the place of something else gets its name with contract.
        match (phases.contract.is_empty(), phases.complete.is_empty()) {
            (false, _) => self.names.extend(made_name(work)),
            (true, false) => self.completed.extend(made_name(work)),
            (true, true) => {}
        }
        // A type's new name is a domain meanwhile, and numbers may be given; all else runs with contract alone.
        let is_left = !phases.contract.is_empty() && phases.expand.is_empty();
        for touch in touches(&work.text) {
            match &touch {
                Touch::RenamesType(..) => {}
                Touch::Numbers(..) if !phases.contract.is_empty() => {}
                _ if !is_left => continue,
                Touch::Index(_) | Touch::Constraint(..) => self.names.extend(new_name(&work.text)),
                Touch::Default(..) | Touch::Numbers(..) | Touch::Marks(..) | Touch::Value(..) => {}
                _ => continue,
            }
            self.says.push(touch);
        }
    }
}

/// Whether a statement makes a type, which columns of the statements behind may be of.
pub(super) fn makes_type(work: &Work<'_>) -> bool {
    let is_new = |change: ObjectChange| {
        change.kind == "TYPE" && matches!(change.action, ObjectAction::Create | ObjectAction::CreateEnum(_))
    };
    matches!(work.command, Command::CreateDomain { .. }) || ObjectChange::of(&work.text).is_some_and(is_new)
}

/// The same, but with contract.
fn with_contract(phases: Phases, contract: Vec<String>) -> Phases {
    Phases {
        remarks: vec![format!("runs with contract, behind what it speaks of: {}", phases.about)],
        about: phases.about,
        contract,
        reverse: phases.reverse,
        verbatim: true,
        ..Phases::default()
    }
}

/// A table that a statement before calls so with contract.
pub(super) fn called_so_later(name: &Identifier, now: Option<&Identifier>) -> Refusal {
    let now = now.map(|now| format!(", {}", now.for_people())).unwrap_or_default();
    Refusal::new(
        format!("a statement before gives a table the name {}, which it has with contract", name.for_people()),
        format!("say this by the table's old name{now}, above the statement that renames it"),
    )
}

fn is_called(situation: &Situation<'_>, it: &ColumnName, table: &QualifiedName, column: &Identifier) -> bool {
    it.name == *column && situation.resolve(table).is_some_and(|relation| it.relation == relation)
}

/// The name of an index or a constraint that a statement makes.
fn made_name(work: &Work<'_>) -> Option<Identifier> {
    match (&work.command, work.action()) {
        (Command::CreateIndex { name, .. }, _) => name.clone(),
        (_, Some((_, TableAction::AddConstraint(constraint)))) => constraint.name.clone(),
        _ => None,
    }
}

/// What stands behind `RENAME … TO`.
fn new_name(text: &str) -> Option<Identifier> {
    let tokens = Tokens::of(text);
    let mut words = tokens.words();
    words.skip_until_any(&["RENAME"]);
    words.skip_until_any(&["TO"]);
    words.take(&["TO"]).then(|| words.identifier()).flatten()
}
