//! Comments and privileges as they were before a statement said others, read off the catalog that is met.

use std::collections::BTreeMap;
use std::sync::Arc;

use limosa_catalog::kind::grant::{Grant, GrantName, GrantedPrivilege, Grantee, Privilege};
use limosa_catalog::{ColumnName, Entry, Identifier, Literal, Object, ObjectId};
use limosa_syntax::{PrivilegeChange, Tokens};

use super::named::{Named, commented, named, relation};
use super::situation::{Situation, Work};
use crate::diff::{privileges_changed, spoken};

/// What is known of how something was.
#[derive(Debug)]
pub(super) struct PutBack {
    /// The statements that say it again. Whether the other was said by then or not, they lead to the same.
    statements: Vec<String>,
    /// Whether they do so when the change has come to its end, too.
    is_way_back: bool,
}

impl PutBack {
    /// The way back when the old version is gone: what takes privileges away waits until nobody needs them any more.
    pub(super) fn reverse(&self) -> Vec<String> {
        if !self.is_way_back {
            return Vec::new();
        }
        if self.statements.is_empty() {
            return vec!["-- nothing: it was so before, or goes with what it is about".to_owned()];
        }
        // What is revoked on a table takes along what columns have, which is given again behind it.
        let takes = self.statements.iter().any(|sql| sql.starts_with("REVOKE"));
        let phase = if takes { "-- limosa: phase contract\n" } else { "" };
        self.statements.iter().map(|sql| format!("{phase}{sql};")).collect()
    }

    /// The same where the change has not come to its end. What it is about may have gone meanwhile.
    pub(super) fn abort(&self) -> Vec<String> {
        self.statements.iter().map(|sql| if_there(sql)).collect()
    }
}

/// How what a statement gives or says was before; `None` where it gives and says nothing, or where that is not known.
pub(super) fn put_back(situation: &Situation<'_>, work: &Work<'_>) -> Option<PutBack> {
    if Tokens::of(&work.text).words().at(&["COMMENT"]) {
        return of_comment(situation, &work.text);
    }
    of_privileges(situation, &PrivilegeChange::of(&work.text)?)
}

/// A statement that is no failure where what it is about has gone meanwhile.
fn if_there(statement: &str) -> String {
    block(&format!(
        "{statement}; EXCEPTION WHEN undefined_table OR undefined_column OR undefined_object OR undefined_function \
         OR invalid_schema_name THEN NULL;"
    ))
}

/// A block of code, whatever its literals hold.
pub(super) fn block(body: &str) -> String {
    let mut tag = "limosa".to_owned();
    while body.contains(&format!("${tag}$")) {
        tag.push('_');
    }
    format!("DO ${tag}$ BEGIN {body} END ${tag}$")
}

fn of_comment(situation: &Situation<'_>, text: &str) -> Option<PutBack> {
    let id = match commented(situation, text)? {
        Named::There(id) => id,
        Named::New => return Some(PutBack { statements: Vec::new(), is_way_back: true }),
        Named::Passing => return Some(PutBack { statements: Vec::new(), is_way_back: false }),
    };
    let was = situation.catalog.get(&ObjectId::Comment(Arc::new(id.clone())));
    let text = match was {
        Some(Object::Comment(comment)) => Literal(&comment.text).to_string(),
        _ => "NULL".to_owned(),
    };
    Some(PutBack { statements: vec![format!("COMMENT ON {} IS {text}", spoken(&id))], is_way_back: true })
}

fn of_privileges(situation: &Situation<'_>, change: &PrivilegeChange) -> Option<PutBack> {
    let mut found = PutBack { statements: Vec::new(), is_way_back: true };
    for (name, arguments) in &change.objects {
        match named(situation, change.kind, name, arguments.as_deref())? {
            Named::New => {}
            Named::Passing => found.is_way_back = false,
            Named::There(id) => {
                let entry = situation.catalog.entry(&id)?;
                if change.cascade && has_other_grantors(entry) {
                    return None;
                }
                // A copy has the name of a column that is not there before.
                found.is_way_back &=
                    change.privileges.iter().flat_map(|(_, columns)| columns).all(|name| has(entry, name));
                for grantee in &change.grantees {
                    found.statements.extend(Given { entry, grantee: grantee_of(entry, grantee) }.put_back(change)?);
                }
            }
        }
    }
    Some(found)
}

/// Whether a table has a column; what is no table has those that are named.
fn has(entry: Entry<'_>, column: &Identifier) -> bool {
    let ObjectId::Table(relation) = entry.id() else { return true };
    let column = ColumnName { relation: relation.clone(), name: column.clone() };
    entry.catalog().contains(&ObjectId::Column(column))
}

/// Whether somebody besides the owner has handed privileges on.
fn has_other_grantors(entry: Entry<'_>) -> bool {
    let by_another = |part: Entry<'_>| matches!(part.id(), ObjectId::Grant(name) if name.grantor.is_some());
    entry.children().any(by_another)
}

fn grantee_of(entry: Entry<'_>, said: &Option<Identifier>) -> Grantee {
    let owner = match entry.catalog().get(&ObjectId::Owner(Arc::new(entry.id().clone()))) {
        Some(Object::Owner(owner)) => Some(&owner.role),
        _ => None,
    };
    match said {
        None => Grantee::Public,
        Some(role) if Some(role) == owner => Grantee::Owner,
        Some(role) => Grantee::Role(role.clone()),
    }
}

/// What a role has on an object and on its columns.
struct Given<'a> {
    entry: Entry<'a>,
    grantee: Grantee,
}

impl Given<'_> {
    /// The statements that give it what it has now, behind a change; `None` where a privilege is not known.
    fn put_back(&self, change: &PrivilegeChange) -> Option<Vec<String>> {
        let mut said: BTreeMap<Option<Identifier>, Vec<Privilege>> = BTreeMap::new();
        for (word, columns) in &change.privileges {
            let privileges = self.meant(word, !columns.is_empty())?;
            let places = columns.iter().cloned().map(Some).chain(columns.is_empty().then_some(None));
            places.for_each(|place| said.entry(place).or_default().extend(&privileges));
        }
        if let Some(whole) = said.get(&None).cloned().filter(|_| change.revokes) {
            // What is revoked on a table is revoked on its columns as well.
            let columns = self.columns();
            columns.into_iter().for_each(|column| said.entry(Some(column)).or_default().extend(&whole));
        }
        let mut statements = Vec::new();
        // Those of columns come behind: what is revoked on the table takes them along.
        for (column, privileges) in said {
            let on = match column {
                None => self.entry.id().clone(),
                Some(column) => self.column(&column)?,
            };
            let name = GrantName { on: Arc::new(on), grantee: self.grantee.clone(), grantor: None };
            let before = self.has(&name);
            let after = changed(&before, &privileges, change);
            statements.extend(privileges_changed(&name, &after, &before, self.entry.catalog()));
        }
        Some(statements)
    }

    /// The privileges that a word means.
    fn meant(&self, word: &str, of_column: bool) -> Option<Vec<Privilege>> {
        let catalog = self.entry.catalog();
        let all = || Grant::built_in(self.entry.id().kind(), &Grantee::Owner, catalog.major()).privileges;
        match word {
            "ALL" if of_column => {
                Some(vec![Privilege::Select, Privilege::Insert, Privilege::Update, Privilege::References])
            }
            "ALL" => {
                Some(all().into_iter().map(|given| given.privilege).collect()).filter(|all: &Vec<_>| !all.is_empty())
            }
            word => {
                Privilege::ALL.iter().find(|privilege| privilege.as_sql() == word).map(|privilege| vec![*privilege])
            }
        }
    }

    fn has(&self, name: &GrantName) -> Vec<GrantedPrivilege> {
        let catalog = self.entry.catalog();
        match catalog.get(&ObjectId::Grant(name.clone())) {
            Some(Object::Grant(grant)) => grant.privileges.clone(),
            _ => Grant::built_in(name.on.kind(), &name.grantee, catalog.major()).privileges,
        }
    }

    /// The columns on which it has something by itself.
    fn columns(&self) -> Vec<Identifier> {
        let parts = self.entry.children().flat_map(|part| [part].into_iter().chain(part.children()));
        let column = |part: Entry<'_>| match part.id() {
            ObjectId::Grant(GrantName { on, grantee, .. }) if *grantee == self.grantee => match on.as_ref() {
                ObjectId::Column(column) => Some(column.name.clone()),
                _ => None,
            },
            _ => None,
        };
        parts.filter_map(column).collect()
    }

    fn column(&self, name: &Identifier) -> Option<ObjectId> {
        let relation = relation(self.entry.id())?;
        Some(ObjectId::Column(ColumnName { relation, name: name.clone() }))
    }
}

/// What a role has when the change has given or taken these.
fn changed(before: &[GrantedPrivilege], said: &[Privilege], change: &PrivilegeChange) -> Vec<GrantedPrivilege> {
    let is_said = |given: &GrantedPrivilege| said.contains(&given.privilege);
    if change.option_only {
        let kept =
            before.iter().map(|given| GrantedPrivilege { grantable: given.grantable && !is_said(given), ..*given });
        return kept.collect();
    }
    let others = before.iter().copied().filter(|given| !is_said(given));
    if change.revokes {
        return others.collect();
    }
    let had = |privilege: Privilege| before.iter().any(|given| given.privilege == privilege && given.grantable);
    let given = said
        .iter()
        .map(|privilege| GrantedPrivilege { privilege: *privilege, grantable: change.grantable || had(*privilege) });
    others.chain(given).collect()
}
