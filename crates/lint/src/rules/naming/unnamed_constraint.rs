//! A constraint or index is left for the server to name.
//!
//! The server makes a name of the table and the columns, and appends a number where that is taken: what is called
//! `visit_patient_id_fkey` here may be called `visit_patient_id_fkey1` elsewhere, and the migration that drops it will
//! fail there. The name also stays as it is when the table or the column is renamed.
//!
//! ```sql,bad
//! ALTER TABLE visit ADD FOREIGN KEY (patient_id) REFERENCES patient;
//! ```
//! ```sql,good
//! ALTER TABLE visit ADD CONSTRAINT visit_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patient;
//! ```

use crate::found::Findings;
use crate::rule::{Declaration, EXCEPT, Level, On, Parameter, ParameterKind};
use crate::shape::Rule;
use crate::step::Script;

pub(crate) const RULE: Declaration = Declaration::new(Level::Off, &[On::Script(check)]).with(&[
    Parameter {
        name: "keys",
        kind: ParameterKind::Flag,
        default: "false",
        meaning: "whether primary and unique keys have to be named as well",
    },
    EXCEPT,
]);

fn check(script: &Script<'_>, found: &mut Findings<'_>) {
    let keys = found.parameters.flag("keys");
    for table in script.tables() {
        for constraint in table.constraints.iter().filter(|constraint| constraint.name.is_none()) {
            let words = match &constraint.rule {
                Rule::PrimaryKey(_) if keys => "primary key",
                Rule::Unique { .. } if keys => "unique constraint",
                Rule::Check(_) => "check constraint",
                Rule::ForeignKey(_) => "foreign key",
                Rule::Exclusion => "exclusion constraint",
                Rule::PrimaryKey(_) | Rule::Unique { .. } => continue,
            };
            let message = format!("this {words} of {} has no name of its own", table.shown());
            let finding = found.site(constraint.site, message).of_table(&table.name);
            finding.help("put `CONSTRAINT name` before it");
        }
        for index in table.indexes.iter().filter(|index| index.name.is_none()) {
            let message = format!("this index of {} has no name of its own", table.shown());
            found.site(index.site, message).of_table(&table.name).help("write its name behind `INDEX`");
        }
    }
}
