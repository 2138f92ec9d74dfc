//! Row security policies of scripts and catalogs.

use limosa_catalog::kind::policy::{PolicyCombination, PolicyCommand};
use limosa_catalog::{Entry, Identifier, Object, ObjectId, ObjectKind, QualifiedName};
use limosa_syntax::{Command, MemberChange, TableMember, TokenKind, Tokens, Words};

use super::{Site, qualified};
use crate::file::Role;
use crate::step::{CatalogView, Script};

/// A row security policy.
#[derive(Debug, Clone)]
pub(crate) struct Policy<'a> {
    pub(crate) site: Site<'a>,
    pub(crate) name: Identifier,
    /// With its schema, where that is known.
    pub(crate) table: QualifiedName,
    /// Whether one such policy is enough.
    pub(crate) permissive: bool,
    pub(crate) command: PolicyCommand,
    /// For which roles; none for everyone.
    pub(crate) roles: Vec<String>,
    /// Which rows are seen.
    pub(crate) using: Option<String>,
    /// Which rows may be written.
    pub(crate) check: Option<String>,
}

/// Asks about each policy that scripts make, and each of catalogs.
macro_rules! of_policies {
    ($check:path) => {
        &[
            $crate::rule::On::Script(|script, found| {
                $crate::shape::policies_of_script(script).iter().for_each(|policy| $check(policy, found));
            }),
            $crate::rule::On::Catalog(|view, found| {
                $crate::shape::policies_of_catalog(view).iter().for_each(|policy| $check(policy, found));
            }),
        ]
    };
}
pub(crate) use of_policies;

impl Policy<'_> {
    /// Both expressions.
    pub(crate) fn expressions(&self) -> impl Iterator<Item = &str> {
        self.using.as_deref().into_iter().chain(self.check.as_deref())
    }

    /// Which of its rows it is about, for messages: the policy and its table.
    pub(crate) fn shown(&self) -> String {
        format!("`{}` on {}", self.name.for_people(), crate::found::shown(&self.table))
    }

    /// Whether all that it is for are among these roles.
    pub(crate) fn is_only_for(&self, roles: &[String]) -> bool {
        !self.roles.is_empty() && self.roles.iter().all(|role| roles.contains(role))
    }
}

/// The policies of a catalog, without those that the project leaves out.
pub(crate) fn policies_of_catalog<'a>(view: &CatalogView<'a>) -> Vec<Policy<'a>> {
    let policy = |entry: Entry<'a>| {
        let (ObjectId::Policy(name), Object::Policy(policy)) = (entry.id(), entry.object()) else { return None };
        Some(Policy {
            site: Site::Catalog(entry.id()),
            name: name.name.clone(),
            table: qualified(&name.relation),
            permissive: policy.combination == PolicyCombination::Permissive,
            command: policy.command,
            roles: policy.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            using: policy.using.as_ref().map(ToString::to_string),
            check: policy.check.as_ref().map(ToString::to_string),
        })
    };
    view.of_kind(ObjectKind::Policy).filter_map(policy).collect()
}

/// The policies that a script makes; none of one that takes something back.
pub(crate) fn policies_of_script(script: &Script<'_>) -> Vec<Policy<'static>> {
    let mut policies = Vec::new();
    for looked in script.statements.iter().filter(|_| script.file.role != Role::Down) {
        let Command::InTable { member: TableMember::Policy, change: MemberChange::Create, table } = &looked.command
        else {
            continue;
        };
        let site = Site::Script(looked.head(script.file));
        policies.extend(created(&looked.text, site, script.after.known.resolve(table)));
    }
    policies
}

fn created(text: &str, site: Site<'static>, table: QualifiedName) -> Option<Policy<'static>> {
    let tokens = Tokens::of(text);
    let mut words = tokens.words();
    words.take(&["CREATE", "POLICY"]);
    let name = words.identifier()?;
    words.take(&["ON"]);
    words.qualified_name()?;
    let mut policy = Policy {
        site,
        name,
        table,
        permissive: true,
        command: PolicyCommand::All,
        roles: Vec::new(),
        using: None,
        check: None,
    };
    while words.peek().is_some() {
        if words.take(&["RESTRICTIVE"]) {
            policy.permissive = false;
        } else if words.take(&["FOR"]) {
            let command = PolicyCommand::ALL.iter().find(|command| words.at(&[command.as_sql()]));
            policy.command = command.copied().unwrap_or(PolicyCommand::All);
        } else if words.take(&["TO"]) {
            while let Some(role) = words.identifier() {
                policy.roles.extend(Some(role.as_str().to_owned()).filter(|role| role != "public"));
                if !words.take_kind(TokenKind::Comma) {
                    break;
                }
            }
        } else if words.take(&["USING"]) {
            policy.using = expression(&mut words);
        } else if words.take(&["WITH", "CHECK"]) {
            policy.check = expression(&mut words);
        } else {
            words.next();
        }
    }
    Some(policy)
}

fn expression(words: &mut Words<'_>) -> Option<String> {
    let inside = words.parenthesised()?;
    Some(inside.span()?.of(inside.text()).to_owned())
}
