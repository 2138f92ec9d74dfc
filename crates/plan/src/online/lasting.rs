//! What a statement lets rest on columns that the statements before give another type or name: it is made over those
//! that last, and comes with contract to where it belongs, as the column does.

use limosa_catalog::{Identifier, Literal, ObjectName, Rename};
use limosa_syntax::{Command, TableAction, TableConstraint, TableRule, TokenKind, Tokens};

use super::expression::RowExpression;
use super::left::Lasting;
use super::refusal::Refusal;
use super::situation::{Situation, Work};
use super::table::Table;
use super::touch::{Touch, touches};

const BEHIND: &str = "move this to a migration of its own, to be applied behind the contract of this one";

impl Situation<'_> {
    /// A part of a statement that speaks of columns and of their values, with those that are there until contract in
    /// the place of those that it means.
    ///
    /// # Errors
    /// It says a value's new name where another text may be meant.
    pub(super) fn over_what_lasts(&self, table: &Table<'_>, text: &str) -> Result<String, Refusal> {
        let lasting = if table.is_partitioned() { Vec::new() } else { self.lasting(&table.name) };
        let said: Vec<Identifier> = lasting.iter().map(|it| it.said.clone()).collect();
        let text = RowExpression::said(text);
        let own = text.clone().of_table(&table.name);
        let text = if own.names(&said).is_empty() { text } else { own };
        let is = |said: &Identifier| lasting.iter().rev().find(|it| it.said == *said).map_or(said, |it| &it.is).clone();
        self.by_values_of_now(table, text.with(&said, is))
    }

    /// Refuses what would hang on columns that go with contract, where they are none of which it is known what lasts.
    pub(super) fn refuse_hanging(&self, table: &Table<'_>, columns: &[Identifier]) -> Result<(), Refusal> {
        if table.is_partitioned() {
            return self.refuse_changing(&table.name, columns);
        }
        let lasting = self.lasting(&table.name);
        let other = columns.iter().filter(|column| lasting.iter().all(|it| it.said != **column));
        self.refuse_changing(&table.name, &other.cloned().collect::<Vec<_>>())
    }

    /// The column that lasts where statements say this one.
    pub(super) fn lasting_of(&self, table: &Table<'_>, said: &Identifier) -> Option<Lasting> {
        let lasting = if table.is_partitioned() { Vec::new() } else { self.lasting(&table.name) };
        lasting.into_iter().rev().find(|it| it.said == *said)
    }

    /// The rows of a table as they will be, with columns by their names until contract, and what tells the place of
    /// one; `None` where it cannot be asked what some of these columns are to hold.
    pub(super) fn rows_to_be(&self, table: &Table<'_>, columns: &[Identifier]) -> Option<(String, &'static str)> {
        let lasting = self.lasting(&table.name);
        let is_there = |column: &Identifier| table.column(column).is_ok();
        let mut computed = String::new();
        for it in lasting.iter().filter(|it| columns.contains(&it.is) && !is_there(&it.is)) {
            let value = it.value.as_ref()?;
            computed.push_str(&format!(", {value} AS {}", it.is));
        }
        let name = &table.name;
        Some(match computed.is_empty() {
            true => (name.to_string(), "ctid"),
            false => {
                (format!("(SELECT *, ctid AS limosa_place{computed} FROM {name}) AS {}", name.name), "limosa_place")
            }
        })
    }

    /// With the names that values have until contract.
    fn by_values_of_now(&self, table: &Table<'_>, text: String) -> Result<String, Refusal> {
        let renames = self.renames_left();
        let labels = renames.iter().filter_map(|rename| match rename {
            Rename::Label { of, from, to } if says_text(&text, to) => Some((of, from.as_ref(), to.as_ref())),
            _ => None,
        });
        let labels: Vec<(&ObjectName, &str, &str)> = labels.collect();
        let Some((of, from, to)) = labels.first().copied() else { return Ok(text) };
        let named = RowExpression::said(&text).names(&table.columns());
        let data_type = |column: &Identifier| table.column(column).map(|(_, facts)| facts.data_type.as_str());
        let is_of_type = |column: &Identifier| data_type(column).is_ok_and(|own| is_called(own, of));
        let is_clear = |column: &Identifier| is_of_type(column) || data_type(column).is_ok_and(is_no_text);
        let is_of_one = labels.iter().all(|(own, ..)| *own == of);
        if !named.iter().any(is_of_type) || !named.iter().all(is_clear) || casts(&text) || !is_of_one {
            return Err(Refusal::new(format!("until contract, the value '{to}' is called '{from}'"), BEHIND));
        }
        let tokens = Tokens::of(&text);
        let mut new = String::with_capacity(text.len());
        let mut done = 0;
        for (token, mut here) in tokens.words().each().filter(|(token, _)| token.kind == TokenKind::String) {
            let value = here.string();
            let Some((_, from, _)) = labels.iter().find(|(_, _, to)| value.as_deref() == Some(*to)) else { continue };
            new.push_str(text.get(done..token.span.start).unwrap_or_default());
            new.push_str(&Literal(from).to_string());
            done = token.span.end;
        }
        new.push_str(text.get(done..).unwrap_or_default());
        Ok(new)
    }
}

/// Whether no value of a type reads like the name of a value.
fn is_no_text(data_type: &str) -> bool {
    let name = data_type.split('(').next().unwrap_or_default().trim();
    matches!(name, "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "uuid" | "date")
        || name.starts_with("timestamp")
}

/// Whether a value may be taken for another type's.
fn casts(text: &str) -> bool {
    let tokens = Tokens::of(text);
    tokens.words().each().any(|(token, here)| token.kind == TokenKind::DoubleColon || here.at(&["CAST"]))
}

/// Whether a text is among the strings of a statement.
fn says_text(text: &str, value: &str) -> bool {
    let tokens = Tokens::of(text);
    tokens
        .words()
        .each()
        .any(|(token, mut here)| token.kind == TokenKind::String && here.string().as_deref() == Some(value))
}

/// Whether a type as it is printed is this one.
fn is_called(printed: &str, of: &ObjectName) -> bool {
    let own = printed.rsplit('.').next().unwrap_or_default();
    of.name.for_people().to_string() == own
}

/// What waits for the change of a type of a column on which it lets something rest: the old column goes, and all that
/// is made over it with it.
#[derive(Default)]
pub(super) struct Waiting<'a> {
    works: Vec<Work<'a>>,
}

impl<'a> Waiting<'a> {
    /// Keeps a statement that has to wait; gives back any other. `coming` are the statements behind.
    pub(super) fn keeps<'w>(
        &mut self,
        situation: &Situation<'_>,
        work: Work<'a>,
        coming: impl Iterator<Item = &'w Work<'a>> + Clone,
    ) -> Option<Work<'a>>
    where
        'a: 'w,
    {
        let (table, columns) = rests_on(situation, &work);
        let changes = |other: &Work<'_>| match other.action() {
            Some((of, TableAction::SetType { column, .. })) => {
                situation.resolve(of) == table && columns.contains(column)
            }
            _ => false,
        };
        let waits = table.is_some() && !columns.is_empty() && coming.clone().any(changes);
        // What speaks of what waits, comes behind that.
        let speaks = !changes_type(&work) && self.works.iter().any(|own| speaks_of(&work, own));
        if waits || speaks {
            self.works.push(work);
            return None;
        }
        Some(work)
    }

    /// The statements that need not wait any more.
    pub(super) fn released<'w>(
        &mut self,
        situation: &Situation<'_>,
        coming: impl Iterator<Item = &'w Work<'a>> + Clone,
    ) -> Vec<Work<'a>>
    where
        'a: 'w,
    {
        let mut free = Vec::new();
        let mut again = Self::default();
        for work in std::mem::take(&mut self.works) {
            free.extend(again.keeps(situation, work, coming.clone()));
        }
        *self = again;
        free
    }
}

fn changes_type(work: &Work<'_>) -> bool {
    matches!(work.action(), Some((_, TableAction::SetType { .. })))
}

/// The table and the columns on which a statement lets an index or a constraint rest.
fn rests_on(situation: &Situation<'_>, work: &Work<'_>) -> (Option<ObjectName>, Vec<Identifier>) {
    let is_one = match (&work.command, work.action()) {
        (Command::CreateIndex { .. }, _) => true,
        (_, Some((_, TableAction::SetNotNull(_)))) => true,
        (_, Some((table, TableAction::AddConstraint(constraint)))) => match &constraint.rule {
            TableRule::KeyUsingIndex { index, .. } => {
                let table = situation.resolve(table);
                let index = table.as_ref().map(|it| ObjectName { schema: it.schema.clone(), name: index.clone() });
                return (table, index.map(|index| situation.columns_of_index(&index)).unwrap_or_default());
            }
            TableRule::Exclusion => false,
            _ => true,
        },
        _ => false,
    };
    let hangs = touches(&work.text).into_iter().find_map(|touch| match touch {
        Touch::Hangs(table, columns) if is_one => Some((situation.resolve(&table), columns)),
        _ => None,
    });
    hangs.unwrap_or_default()
}

/// Whether a statement names what another one makes.
fn speaks_of(work: &Work<'_>, other: &Work<'_>) -> bool {
    let made = match (&other.command, other.action()) {
        (Command::CreateIndex { name, .. }, _) => name.clone(),
        (_, Some((_, TableAction::AddConstraint(TableConstraint { name, .. })))) => name.clone(),
        _ => None,
    };
    let Some(made) = made else { return false };
    let tokens = Tokens::of(&work.text);
    tokens.words().each().any(|(_, mut here)| here.identifier().as_ref() == Some(&made))
}
