//! `ALTER TABLE … RENAME TO`: the new name is a view over the table until contract.
//!
//! Rows are written through it as into the table, `ON CONFLICT` by columns included. PostgreSQL takes no `COPY` into a
//! view, and no `ON CONFLICT ON CONSTRAINT`.

use limosa_catalog::kind::grant::Grantee;
use limosa_catalog::{Object, ObjectId, ObjectName, Rename};
use limosa_syntax::TableAction;

use super::super::phases::{OldName, OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work, object_for_people};

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let (table, TableAction::Rename(to)) = work.action()? else { return None };
    Some(situation.table(table).and_then(|table| {
        let name = &table.name;
        let new = ObjectName { schema: name.schema.clone(), name: to.clone() };
        if [ObjectId::Table(new.clone()), ObjectId::View(new.clone())].iter().any(|id| situation.catalog.contains(id)) {
            return Err(Refusal::new(
                format!("there is a {} already", to.for_people()),
                "choose another name, or drop that one in a migration before",
            ));
        }
        let mut make = vec![format!("CREATE VIEW {new} WITH (security_invoker) AS SELECT * FROM {name}")];
        for child in table.entry.children() {
            let (ObjectId::Grant(of), Object::Grant(grant)) = (child.id(), child.object()) else { continue };
            let grantee = match &of.grantee {
                Grantee::Public => "PUBLIC".to_owned(),
                Grantee::Role(role) => role.to_string(),
                Grantee::Owner => continue,
            };
            let words: Vec<&str> = grant.privileges.iter().map(|granted| granted.privilege.as_sql()).collect();
            if !words.is_empty() {
                make.push(format!("GRANT {} ON {new} TO {grantee}", words.join(", ")));
            }
        }
        let drop = format!("DROP VIEW IF EXISTS {new}");
        Ok(Phases {
            about: format!("rename table {} to {}", object_for_people(name), to.for_people()),
            expand: vec![OnlineStep::Together(make)],
            contract: vec![drop.clone(), format!("ALTER TABLE {name} RENAME TO {to}")],
            abort: vec![drop],
            reverse: vec![format!("ALTER TABLE {new} RENAME TO {};", name.name)],
            old_names: vec![OldName { table: name.name.clone(), column: None }],
            renames: vec![Rename::Object { from: ObjectId::Table(name.clone()), to: to.clone() }],
            remarks: vec![format!(
                "until contract {} is a view: PostgreSQL takes no COPY into it, and no ON CONFLICT ON CONSTRAINT",
                to.for_people()
            )],
            ..Phases::default()
        })
    }))
}
