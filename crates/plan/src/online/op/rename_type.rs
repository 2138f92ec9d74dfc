//! `ALTER TYPE … RENAME TO`: the new name is a domain over the type until contract, so that both can be said.

use limosa_catalog::{ObjectId, ObjectName, QualifiedName};
use limosa_syntax::{ObjectAction, ObjectChange};

use super::super::phases::{OnlineStep, Phases};
use super::super::refusal::Refusal;
use super::super::situation::{Situation, Work, object_for_people};

pub(super) fn phases(situation: &Situation<'_>, work: &Work<'_>) -> Option<Result<Phases, Refusal>> {
    let ObjectChange { kind: "TYPE", names, action: ObjectAction::Rename(to) } = ObjectChange::of(&work.text)? else {
        return None;
    };
    let old = resolved(situation, names.first()?)?;
    let new = ObjectName { schema: old.schema.clone(), name: to };
    if types(&new).iter().any(|id| situation.catalog.contains(id)) {
        return Some(Err(Refusal::new(
            format!("there is a type {} already", new.name.for_people()),
            "choose another name, or drop that one in a migration before",
        )));
    }
    let drop = format!("DROP DOMAIN IF EXISTS {new}");
    Some(Ok(Phases {
        about: format!("rename type {} to {}", object_for_people(&old), new.name.for_people()),
        expand: vec![OnlineStep::Alone(format!("CREATE DOMAIN {new} AS {old}"))],
        contract: vec![drop.clone(), format!("ALTER TYPE {old} RENAME TO {}", new.name)],
        abort: vec![drop],
        reverse: vec![format!("ALTER TYPE {new} RENAME TO {};", old.name)],
        remarks: vec![format!(
            "until contract {} is a domain over {}: columns and arguments of that name would be in the way then",
            new.name.for_people(),
            old.name.for_people()
        )],
        ..Phases::default()
    }))
}

/// The type in full; `None` where there is none, or one of which there can be no domain.
fn resolved(situation: &Situation<'_>, name: &QualifiedName) -> Option<ObjectName> {
    let schemas = match &name.schema {
        Some(schema) => std::slice::from_ref(schema),
        None => situation.settings.search_path,
    };
    let mut names = schemas.iter().map(|schema| ObjectName { schema: schema.clone(), name: name.name.clone() });
    names.find(|name| types(name).iter().any(|id| situation.catalog.contains(id)))
}

fn types(name: &ObjectName) -> [ObjectId; 5] {
    [
        ObjectId::Enum(name.clone()),
        ObjectId::CompositeType(name.clone()),
        ObjectId::Range(name.clone()),
        ObjectId::BaseType(name.clone()),
        ObjectId::Domain(name.clone()),
    ]
}
