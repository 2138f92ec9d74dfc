//! What an operation is about: a statement, or one action of an `ALTER TABLE`.

use limosa_catalog::{ObjectName, QualifiedName};
use limosa_syntax::{Command, Directive, Span, TableAction};

use super::expression::RowExpression;
use super::phases::{OnlineStep, Phases};

/// One statement, or one action of an `ALTER TABLE`.
pub(super) struct Work<'a> {
    /// Its text, without the other actions of its statement.
    pub(super) text: String,
    /// The action's own text, behind `ALTER TABLE name`; the whole text for other statements.
    pub(super) action_text: String,
    pub(super) command: Command,
    pub(super) directives: &'a [&'a Directive],
    /// What stands behind `-- limosa: backfill`, where it is run in batches.
    pub(super) batches: Option<&'a str>,
    pub(super) span: Span,
    /// Which operation of the change it is, from 0.
    pub(super) place: usize,
}

impl Work<'_> {
    /// The table and the action, where it is one of an `ALTER TABLE`.
    pub(super) fn action(&self) -> Option<(&QualifiedName, &TableAction)> {
        match &self.command {
            Command::AlterTable { table, view: false, actions, .. } => match actions.as_slice() {
                [action] => Some((table, action)),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it says `IF NOT EXISTS`.
    pub(super) fn says_if_not_exists(&self) -> bool {
        let tokens = limosa_syntax::Tokens::of(&self.text);
        tokens.words().outermost().any(|(_, here)| here.at(&["IF", "NOT", "EXISTS"]))
    }

    /// What it comes to where what it makes is there already, or what it drops is not: itself.
    pub(super) fn alone(&self, about: String) -> Phases {
        Phases {
            about,
            expand: vec![OnlineStep::Alone(self.text.clone())],
            reverse: vec!["-- nothing: it was so before".to_owned()],
            ..Phases::default()
        }
    }

    /// Whether rows for which an expression fails are to be left as they are.
    pub(super) fn is_quarantined(&self) -> bool {
        self.directives.iter().any(|directive| matches!(directive, Directive::Quarantine))
    }

    /// What stands behind `-- limosa: forward`, over a row of this table.
    pub(super) fn forward(&self, table: &ObjectName) -> Option<RowExpression> {
        self.directives.iter().find_map(|directive| match directive {
            Directive::Forward(text) => Some(RowExpression::said(text).of_table(table)),
            _ => None,
        })
    }

    /// What stands behind `-- limosa: back`, over a row of this table.
    pub(super) fn back(&self, table: &ObjectName) -> Option<RowExpression> {
        self.directives.iter().find_map(|directive| match directive {
            Directive::Back(text) => Some(RowExpression::said(text).of_table(table)),
            _ => None,
        })
    }
}
