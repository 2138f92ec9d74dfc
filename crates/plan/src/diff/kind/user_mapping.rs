//! User mappings.

use limosa_catalog::kind::UserMapping;
use limosa_catalog::{Entry, ObjectId, UserMappingName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::hazard::Hazard;
use crate::diff::naming::spoken;
use crate::diff::settings;

impl Rules for UserMapping {
    type Name = UserMappingName;

    fn create(&self, name: &UserMappingName, entry: Entry<'_>, _: &Context<'_>) -> Part {
        let create = Statement::text(format!("CREATE {}{}", named(name), settings::options(&self.options)));
        let statement =
            if self.hides_a_password() { create.risking(Hazard::LacksPassword(entry.id().clone())) } else { create };
        Part { statements: vec![statement], ..Part::default() }
    }

    fn remove(&self, name: &UserMappingName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP {}", named(name)))]
    }

    fn alter(&self, new: &Self, name: &UserMappingName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let text = format!("ALTER {}{}", named(name), settings::options_changed(&self.options, &new.options));
        Some(Alteration { statements: vec![Statement::text(text)], ..Alteration::default() })
    }
}

fn named(name: &UserMappingName) -> String {
    spoken(&ObjectId::UserMapping(name.clone()))
}
