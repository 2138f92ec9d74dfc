//! SQL text: statements with byte spans, what each of them is, directives in comments, and THE diagnostic type.
//!
//! This crate does no I/O and never panics on any input: bad SQL is a [`Diagnostic`].

mod advice;
mod batched;
mod class;
mod command;
mod diagnostic;
mod directive;
mod enum_values;
mod lexer;
mod loss;
mod name;
mod parameter;
mod placeholder;
mod problem;
mod renamed;
mod script;
mod span;
mod splitter;
mod summary;
mod token;
mod words;

pub use advice::advise;
pub use batched::{BatchedAssignment, BatchedChange, BatchedStatement, batched_statement, update_with};
pub use class::{
    Class, DetachMode, Effect, Forbidden, LockWait, RelationKind, SettingsChange, TransactionControl, TransactionRule,
    is_query,
};
pub use command::{
    CheckExpression, ColumnConstraint, ColumnDefinition, Command, Commented, DefaultValue, DomainChange, Embedded,
    Generation, IndexAction, MemberChange, NewTable, ObjectAction, ObjectChange, PrivilegeChange, ReferenceTerms,
    Setting, TableAction, TableConstraint, TableMember, TableRule, Tending, is_too_deep, part_spans,
};
pub use diagnostic::{Code, Diagnostic, Fix, Severity, SourceFile};
pub use directive::{
    BackfillDirective, BackfillManner, Coexistence, Directive, FollowsDirective, OnlinePhase, PlacedDirective,
    RekeyDirective, data_size, keeping_time,
};
pub use enum_values::enum_values_used_later;
pub use loss::{Loss, Parted, part_actions};
pub use parameter::{Expansion, NumberedQuery, number_parameters};
pub use placeholder::{Placeholder, SubstitutionError, Within, placeholders, substitute};
pub use problem::Problem;
pub use renamed::{RenamedFrom, renamed_from};
pub use script::{Script, Statement};
pub use span::{LineColumn, LineIndex, Span};
pub use summary::summarize;
pub use token::{Token, TokenKind};
pub use words::{Tokens, Words};
