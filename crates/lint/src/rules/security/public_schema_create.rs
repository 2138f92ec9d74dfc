//! Everyone may make objects in the schema `public`.
//!
//! Whoever may, can put a function or operator there that others call by mistake, with their rights. From PostgreSQL
//! 15 on nobody may in a new database; one that was upgraded, or a `GRANT`, still lets everyone.
//!
//! ```sql,bad
//! GRANT CREATE ON SCHEMA public TO PUBLIC;
//! ```
//! ```sql,good
//! GRANT USAGE ON SCHEMA public TO PUBLIC;
//! ```

use limosa_catalog::kind::grant::{Grantee, Privilege};
use limosa_catalog::{ObjectId, ObjectKind};
use limosa_syntax::TokenKind;

use crate::found::Findings;
use crate::rights::has;
use crate::rule::{Declaration, Level, On};
use crate::step::{CatalogView, Step};

pub(crate) const RULE: Declaration =
    Declaration::new(Level::Warning, &[On::Statement(of_statement), On::Catalog(of_catalog)]);

fn of_statement(step: &Step<'_>, found: &mut Findings<'_>) {
    if !step.looked.begins_with("GRANT") {
        return;
    }
    let tokens = step.tokens();
    let mut words = tokens.words();
    let grants = words.until_any(&["ON"]).each().any(|(_, here)| here.at_any(&["CREATE", "ALL"]));
    words.skip_until_any(&["ON"]);
    let on_schema = words.take(&["ON", "SCHEMA"]) && words.until(TokenKind::Comma).at(&["public"]);
    words.skip_until_any(&["TO"]);
    if grants && on_schema && words.each().any(|(_, here)| here.at(&["PUBLIC"])) {
        found.at(step.span(), "everyone may then make objects in the schema `public`");
    }
}

fn of_catalog(view: &CatalogView<'_>, found: &mut Findings<'_>) {
    for schema in view.catalog.of_kind(ObjectKind::Schema) {
        let is_public = matches!(schema.id(), ObjectId::Schema(name) if name.as_str() == "public");
        if is_public && has(view.catalog, schema.id(), &Grantee::Public, Privilege::Create) {
            let finding = found.whole("everyone may make objects in the schema `public`").object(schema.id());
            finding.help("`REVOKE CREATE ON SCHEMA public FROM PUBLIC`");
        }
    }
}
