//! Default privileges.

use limosa_catalog::kind::default_privilege::{DefaultPrivilege, DefaultPrivilegeName};
use limosa_catalog::kind::grant::{GrantedPrivilege, Grantee};
use limosa_catalog::{Entry, ServerMajor};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::privileges::{Place, role};

impl Rules for DefaultPrivilege {
    type Name = DefaultPrivilegeName;

    fn create(&self, name: &DefaultPrivilegeName, _: Entry<'_>, context: &Context<'_>) -> Part {
        let major = context.to.major();
        Part { statements: change(name, &unsaid(name, major), &self.privileges, major), ..Part::default() }
    }

    fn remove(&self, name: &DefaultPrivilegeName, _: Entry<'_>, context: &Context<'_>) -> Vec<Statement> {
        let major = context.from.major();
        change(name, &self.privileges, &unsaid(name, major), major)
    }

    fn alter(
        &self,
        new: &Self,
        name: &DefaultPrivilegeName,
        _: Entry<'_>,
        context: &Context<'_>,
    ) -> Option<Alteration> {
        let statements = change(name, &self.privileges, &new.privileges, context.to.major());
        Some(Alteration { statements, ..Alteration::default() })
    }
}

/// What holds where nothing is said: those of one schema are added to those of all schemas, which begin as the
/// built-in ones.
fn unsaid(name: &DefaultPrivilegeName, major: ServerMajor) -> Vec<GrantedPrivilege> {
    match name.schema {
        Some(_) => Vec::new(),
        None => DefaultPrivilege::built_in(name.objects, &name.grantee, major).privileges,
    }
}

fn change(
    name: &DefaultPrivilegeName,
    old: &[GrantedPrivilege],
    new: &[GrantedPrivilege],
    major: ServerMajor,
) -> Vec<Statement> {
    let schema = name.schema.as_ref().map_or_else(String::new, |schema| format!(" IN SCHEMA {schema}"));
    let place = Place {
        before: format!("ALTER DEFAULT PRIVILEGES FOR ROLE {}{schema} ", name.creator),
        column: String::new(),
        on: name.objects.as_sql().to_owned(),
        grantee: role(&name.grantee, Some(&name.creator)).unwrap_or_default(),
        all: &DefaultPrivilege::built_in(name.objects, &Grantee::Owner, major).privileges,
    };
    place.change(old, new).into_iter().map(Statement::text).collect()
}
