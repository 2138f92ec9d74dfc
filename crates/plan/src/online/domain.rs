//! Columns of domains that come with a default: a new one has it in every row at once, and nothing tells such a row
//! from one that was filled.

use limosa_catalog::kind::domain::Domain;
use limosa_catalog::{Catalog, Expression, Identifier, Object, ObjectId, ObjectKind, QualifiedName};
use limosa_syntax::Tokens;

use super::refusal::Refusal;
use super::situation::Situation;

/// What the column is to be added with, so that its rows are empty: nothing, unless the type is such a domain.
///
/// PostgreSQL keeps a default of null for a column whose domain has another one (15 to 18), so it has to be dropped
/// when all rows have their values.
///
/// # Errors
/// The domain refuses null.
pub(super) fn empty_at_first(situation: &Situation<'_>, data_type: &str) -> Result<Option<&'static str>, Refusal> {
    let Some(name) = whole_name(data_type) else { return Ok(None) };
    match found(situation, &name) {
        Some(domain) if domain.not_null.is_some() => Err(Refusal::new(
            format!(
                "{} refuses null, and a column of it has no value until its rows are filled",
                name.name.for_people()
            ),
            "give the column the type that the domain is made of, and say NOT NULL and CHECK of the column",
        )),
        Some(domain) => Ok(domain.default.is_some().then_some(" DEFAULT NULL")),
        // One that the migration makes is not known yet.
        _ => Ok(situation.makes_domain(&name).then_some(" DEFAULT NULL")),
    }
}

/// The default that rows of a type get where the column has none of its own.
pub(super) fn default_of_type<'a>(situation: &Situation<'a>, data_type: &str) -> Option<&'a str> {
    found(situation, &whole_name(data_type)?)?.default.as_ref().map(Expression::as_str)
}

/// The domain of a name.
fn found<'a>(situation: &Situation<'a>, name: &QualifiedName) -> Option<&'a Domain> {
    let catalog: &'a Catalog = situation.catalog;
    catalog.of_kind(ObjectKind::Domain).find_map(|entry| match (entry.id(), entry.object()) {
        (ObjectId::Domain(id), Object::Domain(domain)) => {
            let is_there = |schema: &Identifier| *schema == id.schema;
            let is_in = name.schema.as_ref().map_or(situation.settings.search_path.iter().any(is_there), is_there);
            (id.name == name.name && is_in).then_some(&**domain)
        }
        _ => None,
    })
}

/// The name of a type that is nothing but a name.
fn whole_name(data_type: &str) -> Option<QualifiedName> {
    let tokens = Tokens::of(data_type);
    let mut words = tokens.words();
    let name = words.qualified_name()?;
    words.peek().is_none().then_some(name)
}
