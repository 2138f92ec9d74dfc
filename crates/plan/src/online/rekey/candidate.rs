//! A statement that may belong to the change of a key.

use limosa_catalog::{Identifier, QualifiedName};
use limosa_syntax::{Command, Directive, FollowsDirective, RekeyDirective, Span, TableAction, part_spans};

use super::super::refusal::Refusal;

/// A column and the type that it gets.
pub(super) type Change<'c> = (&'c QualifiedName, &'c Identifier, &'c str);

/// A statement on the way into a group.
pub(super) struct Candidate<'a> {
    pub(super) index: usize,
    pub(super) text: &'a str,
    pub(super) span: Span,
    pub(super) command: Command,
    pub(super) directives: Vec<&'a Directive>,
}

impl Candidate<'_> {
    /// The table and the actions with their texts, where it is an `ALTER TABLE`.
    pub(super) fn actions(&self) -> Option<(&QualifiedName, Vec<(&TableAction, &str)>)> {
        let Command::AlterTable { table, view: false, actions, .. } = &self.command else { return None };
        let parts = part_spans(self.text);
        let texts = |at: usize| parts.get(at).map_or("", |part| part.of(self.text));
        Some((table, actions.iter().enumerate().map(|(at, action)| (action, texts(at))).collect()))
    }

    /// The one column whose type it changes, and the type.
    pub(super) fn changed_type(&self) -> Result<Change<'_>, Refusal> {
        let changes = self.actions().into_iter().flat_map(|(table, actions)| {
            actions.into_iter().filter_map(move |(action, _)| match action {
                TableAction::SetType { column, data_type, .. } => Some((table, column, data_type.as_str())),
                _ => None,
            })
        });
        let changes: Vec<Change<'_>> = changes.collect();
        match changes.as_slice() {
            [change] => Ok(*change),
            _ => Err(Refusal::new(
                "the directive stands above a statement that does not change the type of one column",
                "write `ALTER TABLE … ALTER COLUMN … TYPE …` under it",
            )),
        }
    }

    pub(super) fn follows(&self) -> Option<&FollowsDirective> {
        self.directives.iter().find_map(|directive| match directive {
            Directive::Follows(follows) => Some(follows),
            _ => None,
        })
    }

    pub(super) fn rekey(&self) -> Option<&RekeyDirective> {
        self.directives.iter().find_map(|directive| match directive {
            Directive::Rekey(rekey) => Some(rekey),
            _ => None,
        })
    }

    pub(super) fn has_phase(&self) -> bool {
        self.directives.iter().any(|directive| matches!(directive, Directive::Phase(_)))
    }
}
