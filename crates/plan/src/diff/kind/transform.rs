//! Transforms.

use limosa_catalog::kind::Transform;
use limosa_catalog::{Entry, TransformName};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for Transform {
    type Name = TransformName;

    fn create(&self, name: &TransformName, _: Entry<'_>, _: &Context<'_>) -> Part {
        Part { statements: vec![Statement::text(statement("CREATE", self, name))], ..Part::default() }
    }

    fn remove(&self, name: &TransformName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        let text = format!("DROP TRANSFORM FOR {} LANGUAGE {}", name.data_type, name.language);
        vec![Statement::text(text)]
    }

    fn alter(&self, new: &Self, name: &TransformName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let statements = vec![Statement::text(statement("CREATE OR REPLACE", new, name))];
        Some(Alteration { statements, ..Alteration::default() })
    }
}

fn statement(verb: &str, transform: &Transform, name: &TransformName) -> String {
    let from = transform.from_sql.iter().map(|function| format!("FROM SQL WITH FUNCTION {function}"));
    let to = transform.to_sql.iter().map(|function| format!("TO SQL WITH FUNCTION {function}"));
    let functions: Vec<String> = from.chain(to).collect();
    let (data_type, language) = (&name.data_type, &name.language);
    format!("{verb} TRANSFORM FOR {data_type} LANGUAGE {language} ({})", functions.join(", "))
}
