//! Base types.

use limosa_catalog::kind::BaseType;
use limosa_catalog::{DependencyKind, Entry, Literal, ObjectKind, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};

impl Rules for BaseType {
    type Name = ObjectName;

    /// The functions that read and write its values need the name, and the type needs them: the name comes first, as a
    /// shell.
    fn create(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Part {
        let shell = Statement::text(format!("CREATE TYPE {name}"));
        if self.is_shell {
            return Part { statements: vec![shell], ..Part::default() };
        }
        let text = format!("CREATE TYPE {name} (\n    {}\n)", self.clauses().join(",\n    "));
        Part { statements: vec![shell], finish: vec![Statement::text(text)] }
    }

    /// Its functions go with it, and come back with it.
    fn remove(&self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP TYPE {name} CASCADE"))]
    }

    fn alter(&self, new: &Self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let alterable = Self {
            storage: new.storage,
            receive: new.receive.clone(),
            send: new.send.clone(),
            modifier_input: new.modifier_input.clone(),
            modifier_output: new.modifier_output.clone(),
            analyze: new.analyze.clone(),
            subscript: new.subscript.clone(),
            ..self.clone()
        };
        if alterable != *new {
            return None;
        }
        let (old, new) = (self.alterable(), new.alterable());
        let changed = old.into_iter().zip(new).filter(|(old, new)| old != new);
        let options: Vec<String> = changed.map(|(_, (word, value))| format!("{word} = {value}")).collect();
        let text = format!("ALTER TYPE {name} SET ({})", options.join(", "));
        Some(Alteration { statements: vec![Statement::text(text)], ..Alteration::default() })
    }

    fn is_needed_late(&self, needed: &Entry<'_>, _: DependencyKind) -> bool {
        needed.id().kind() == ObjectKind::Function
    }
}

/// What `CREATE TYPE` says of a base type.
trait Clauses {
    fn alterable(&self) -> Vec<(&'static str, String)>;
    fn clauses(&self) -> Vec<String>;
}

impl Clauses for BaseType {
    fn alterable(&self) -> Vec<(&'static str, String)> {
        let functions = [
            ("RECEIVE", &self.receive),
            ("SEND", &self.send),
            ("TYPMOD_IN", &self.modifier_input),
            ("TYPMOD_OUT", &self.modifier_output),
            ("ANALYZE", &self.analyze),
            ("SUBSCRIPT", &self.subscript),
        ];
        let spoken = |(word, function): (&'static str, &Option<_>)| {
            (word, function.as_ref().map_or_else(|| "NONE".to_owned(), ToString::to_string))
        };
        let storage = ("STORAGE", self.storage.as_sql().to_lowercase());
        functions.into_iter().map(spoken).chain([storage]).collect()
    }

    fn clauses(&self) -> Vec<String> {
        let mut clauses = vec![format!("INPUT = {}", self.input), format!("OUTPUT = {}", self.output)];
        let given = self.alterable().into_iter().filter(|(_, value)| value != "NONE");
        clauses.extend(given.map(|(word, value)| format!("{word} = {value}")));
        let length = if self.length < 0 { "VARIABLE".to_owned() } else { self.length.to_string() };
        clauses.push(format!("INTERNALLENGTH = {length}"));
        clauses.push(format!("ALIGNMENT = {}", self.alignment.as_sql()));
        if self.by_value {
            clauses.push("PASSEDBYVALUE".to_owned());
        }
        clauses.push(format!("CATEGORY = {}", Literal(&self.category)));
        clauses.push(format!("PREFERRED = {}", self.is_preferred));
        clauses.extend(self.default.as_ref().map(|default| format!("DEFAULT = {}", Literal(default))));
        clauses.extend(self.element.as_ref().map(|element| format!("ELEMENT = {element}")));
        clauses.push(format!("DELIMITER = {}", Literal(&self.delimiter)));
        clauses.push(format!("COLLATABLE = {}", self.collatable));
        clauses
    }
}
