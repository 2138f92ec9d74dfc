//! Aggregate functions.

use limosa_catalog::kind::Aggregate;
use limosa_catalog::kind::aggregate::AggregateKind;
use limosa_catalog::kind::function::Parallel;
use limosa_catalog::{Entry, Literal, ObjectId, RoutineName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::naming::spoken;

impl Rules for Aggregate {
    type Name = RoutineName;

    fn create(&self, name: &RoutineName, _: Entry<'_>, _: &Context<'_>) -> Part {
        Part { statements: vec![Statement::text(statement("CREATE", self, name))], ..Part::default() }
    }

    fn remove(&self, name: &RoutineName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP {}", spoken(&ObjectId::Aggregate(name.clone()))))]
    }

    /// It can be replaced while its result keeps its type, which comes from the final function or is that of the state.
    fn alter(&self, new: &Self, name: &RoutineName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let keeps_result = self.state_type == new.state_type && self.final_function == new.final_function;
        if self.kind != new.kind || self.arguments != new.arguments || !keeps_result {
            return None;
        }
        let statements = vec![Statement::text(statement("CREATE OR REPLACE", new, name))];
        Some(Alteration { statements, ..Alteration::default() })
    }
}

fn statement(verb: &str, aggregate: &Aggregate, name: &RoutineName) -> String {
    let mut options = vec![format!("SFUNC = {}", aggregate.transition), format!("STYPE = {}", aggregate.state_type)];
    let size = |word: &str, size: i32| (size != 0).then(|| format!("{word} = {size}"));
    options.extend(size("SSPACE", aggregate.state_size));
    if let Some(function) = &aggregate.final_function {
        options.push(format!("FINALFUNC = {function}"));
        options.push(format!("FINALFUNC_MODIFY = {}", aggregate.final_modify));
    }
    options.extend(aggregate.final_extra.then(|| "FINALFUNC_EXTRA".to_owned()));
    let functions = [
        ("COMBINEFUNC", &aggregate.combine),
        ("SERIALFUNC", &aggregate.serialize),
        ("DESERIALFUNC", &aggregate.deserialize),
        ("MSFUNC", &aggregate.moving_transition),
        ("MINVFUNC", &aggregate.moving_inverse),
    ];
    for (word, function) in functions {
        options.extend(function.iter().map(|function| format!("{word} = {function}")));
    }
    options.extend(aggregate.initial.iter().map(|initial| format!("INITCOND = {}", Literal(initial))));
    options.extend(aggregate.moving_state_type.iter().map(|data_type| format!("MSTYPE = {data_type}")));
    options.extend(size("MSSPACE", aggregate.moving_state_size));
    if let Some(function) = &aggregate.moving_final_function {
        options.push(format!("MFINALFUNC = {function}"));
        options.push(format!("MFINALFUNC_MODIFY = {}", aggregate.moving_final_modify));
    }
    options.extend(aggregate.moving_final_extra.then(|| "MFINALFUNC_EXTRA".to_owned()));
    options.extend(aggregate.moving_initial.iter().map(|initial| format!("MINITCOND = {}", Literal(initial))));
    options.extend(aggregate.sort_operator.iter().map(|operator| format!("SORTOP = OPERATOR({operator})")));
    if aggregate.parallel != Parallel::Unsafe {
        options.push(format!("PARALLEL = {}", aggregate.parallel));
    }
    options.extend((aggregate.kind == AggregateKind::HypotheticalSet).then(|| "HYPOTHETICAL".to_owned()));
    let (schema, own, arguments) = (&name.schema, &name.name, &aggregate.arguments);
    format!("{verb} AGGREGATE {schema}.{own}({arguments}) (\n    {}\n)", options.join(",\n    "))
}
