//! Foreign servers.

use limosa_catalog::kind::Server;
use limosa_catalog::{Entry, Identifier, Literal};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::settings;

impl Rules for Server {
    type Name = Identifier;

    fn create(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Part {
        let mut text = format!("CREATE SERVER {name}");
        text.extend(self.server_type.iter().map(|server_type| format!(" TYPE {}", Literal(server_type))));
        text.extend(self.version.iter().map(|version| format!(" VERSION {}", Literal(version))));
        text.push_str(&format!(" FOREIGN DATA WRAPPER {}{}", self.wrapper, settings::options(&self.options)));
        Part { statements: vec![Statement::text(text)], ..Part::default() }
    }

    fn remove(&self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP SERVER {name}"))]
    }

    fn alter(&self, new: &Self, name: &Identifier, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        if self.wrapper != new.wrapper || self.server_type != new.server_type {
            return None;
        }
        let mut text = format!("ALTER SERVER {name}");
        if self.version != new.version {
            let version = new.version.as_ref();
            let version = version.map_or_else(|| "NULL".to_owned(), |version| Literal(version).to_string());
            text.push_str(&format!(" VERSION {version}"));
        }
        text.push_str(&settings::options_changed(&self.options, &new.options));
        Some(Alteration { statements: vec![Statement::text(text)], ..Alteration::default() })
    }
}
