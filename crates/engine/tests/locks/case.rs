//! The cases, read from their file.

use limosa_plan::lock::StatementForm;

const CASES: &str = include_str!("cases.sql");

/// How the table that a statement is about is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Plain,
    Partitioned,
}

/// One case.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) form: StatementForm,
    /// The one layout that it runs on, where it does not run on both.
    only: Option<Layout>,
    /// The first major that knows the statement.
    pub(crate) since: u16,
    pub(crate) setup: Vec<String>,
    /// What another session has run in an open transaction, for a statement that runs outside one.
    pub(crate) behind: Option<String>,
    pub(crate) statement: String,
}

impl Case {
    pub(crate) fn runs_on(&self, layout: Layout) -> bool {
        self.only.is_none_or(|only| only == layout)
    }

    /// Whether all that it does is rolled back.
    pub(crate) fn leaves_no_trace(&self) -> bool {
        self.setup.is_empty() && self.behind.is_none()
    }
}

/// Every case.
pub(crate) fn cases() -> Vec<Case> {
    CASES.split("\n-- form: ").skip(1).map(read).collect()
}

fn read(text: &str) -> Case {
    let (form, rest) = text.split_once('\n').unwrap();
    let form = StatementForm::of_name(form).unwrap_or_else(|| panic!("there is no form {form}"));
    let mut case = Case { form, only: None, since: 0, setup: Vec::new(), behind: None, statement: String::new() };
    for line in rest.lines() {
        let option = line.strip_prefix("-- ");
        match option.map(|option| option.split_once(": ").unwrap_or((option, ""))) {
            Some(("plain", _)) => case.only = Some(Layout::Plain),
            Some(("partitioned", _)) => case.only = Some(Layout::Partitioned),
            Some(("since", major)) => case.since = major.parse().unwrap(),
            Some(("setup", sql)) => case.setup.push(sql.to_owned()),
            Some(("behind", sql)) => case.behind = Some(sql.to_owned()),
            Some((other, _)) => panic!("{other} says nothing about a case"),
            None => case.statement.push_str(line),
        }
    }
    case
}
