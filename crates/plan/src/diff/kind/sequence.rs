//! Sequences.

use limosa_catalog::kind::sequence::{Sequence, SequenceOptions};
use limosa_catalog::kind::table::Persistence;
use limosa_catalog::{ColumnName, DependencyKind, Entry, Literal, ObjectId, ObjectKind, ObjectName};

use super::{Alteration, Context, Part, Rules, Statement};
use crate::diff::hazard::Hazard;

impl Rules for Sequence {
    type Name = ObjectName;

    fn create(&self, name: &ObjectName, _: Entry<'_>, context: &Context<'_>) -> Part {
        let unlogged = if self.persistence == Persistence::Unlogged { "UNLOGGED " } else { "" };
        let statement = Statement::text(format!("CREATE {unlogged}SEQUENCE {name}{}", spaced(&said(&self.options))));
        let mut finish = Vec::new();
        if let Some(column) = &self.owned_by {
            finish.push(owned_by(name, Some(column)));
            if context.from.contains(&ObjectId::Column((**column).clone())) {
                finish.push(go_on(name, column, &self.options));
            }
        }
        Part { statements: vec![statement], finish }
    }

    fn remove(&self, name: &ObjectName, entry: Entry<'_>, _: &Context<'_>) -> Vec<Statement> {
        vec![Statement::text(format!("DROP SEQUENCE {name}")).risking(Hazard::DeletesData(entry.id().clone()))]
    }

    fn alter(&self, new: &Self, name: &ObjectName, _: Entry<'_>, _: &Context<'_>) -> Option<Alteration> {
        let mut statements = Vec::new();
        if self.persistence != new.persistence {
            let word = new.persistence.as_sql();
            statements.push(Statement::text(format!("ALTER SEQUENCE {name} SET {word}")));
        }
        statements.extend(count_otherwise(name, &self.options, &new.options));
        if self.owned_by != new.owned_by {
            statements.push(owned_by(name, new.owned_by.as_deref()));
        }
        Some(Alteration { statements, ..Alteration::default() })
    }

    fn goes_with(&self, _: Entry<'_>, _: &Context<'_>) -> Option<ObjectId> {
        Some(ObjectId::Column((**self.owned_by.as_ref()?).clone()))
    }

    fn is_needed_late(&self, needed: &Entry<'_>, _: DependencyKind) -> bool {
        needed.id().kind() == ObjectKind::Column || needed.id().kind() == ObjectKind::Table
    }
}

fn owned_by(name: &ObjectName, column: Option<&ColumnName>) -> Statement {
    let column = column.map_or_else(|| "NONE".to_owned(), ToString::to_string);
    Statement::text(format!("ALTER SEQUENCE {name} OWNED BY {column}"))
}

/// A sequence that is new for a column with values goes on behind them.
pub(super) fn go_on(sequence: &ObjectName, column: &ColumnName, options: &SequenceOptions) -> Statement {
    let (most, bound) = if options.increment < 0 { ("min", "<=") } else { ("max", ">=") };
    let sequence = Literal(&sequence.to_string()).to_string();
    let (own, table, start) = (&column.name, &column.relation, options.start);
    Statement::text(format!(
        "SELECT setval({sequence}, {most}({own})) FROM {table} HAVING {most}({own}) {bound} {start}"
    ))
}

/// Makes an existing sequence count in another way, from where it is.
pub(super) fn count_otherwise(name: &ObjectName, old: &SequenceOptions, new: &SequenceOptions) -> Vec<Statement> {
    if old == new {
        return Vec::new();
    }
    let mut words = Vec::new();
    let (mut minimum, mut maximum) = (old.minimum, old.maximum);
    if old.data_type != new.data_type {
        words.push(format!("AS {}", new.data_type));
        // A bound that is the old type's own becomes the new type's own.
        let (least, most) = range(old);
        minimum = if minimum == least { range(new).0 } else { minimum };
        maximum = if maximum == most { range(new).1 } else { maximum };
    }
    if old.increment != new.increment {
        words.push(format!("INCREMENT BY {}", new.increment));
    }
    if minimum != new.minimum {
        words.push(format!("MINVALUE {}", new.minimum));
    }
    if maximum != new.maximum {
        words.push(format!("MAXVALUE {}", new.maximum));
    }
    if old.start != new.start {
        words.push(format!("START WITH {}", new.start));
    }
    if old.cache != new.cache {
        words.push(format!("CACHE {}", new.cache));
    }
    if old.cycle != new.cycle {
        words.push(if new.cycle { "CYCLE" } else { "NO CYCLE" }.to_owned());
    }
    let mut statements = Vec::new();
    if old.minimum > new.maximum || old.maximum < new.minimum {
        // Wherever it is, it cannot stay there.
        words.push(format!("RESTART WITH {}", new.start));
    } else if old.start < new.minimum || old.start > new.maximum {
        // Where it began is out of the new bounds. One that is there still has to leave before the bounds change.
        let literal = Literal(&name.to_string()).to_string();
        let first = new.start.clamp(old.minimum.max(new.minimum), old.maximum.min(new.maximum));
        let (least, most) = (new.minimum, new.maximum);
        statements.push(Statement::text(format!(
            "SELECT setval({literal}, {first}, false) FROM {name} WHERE last_value NOT BETWEEN {least} AND {most}"
        )));
    }
    statements.push(Statement::text(format!("ALTER SEQUENCE {name} {}", words.join(" "))));
    statements
}

/// What has to be said of a new sequence: what is not usual.
fn said(options: &SequenceOptions) -> String {
    let mut words = Vec::new();
    if options.data_type.as_str() != "bigint" {
        words.push(format!("AS {}", options.data_type));
    }
    words.extend(unusual(options));
    words.join(" ")
}

/// How it counts, as far as that is not usual for its type and direction.
pub(in crate::diff) fn unusual(options: &SequenceOptions) -> Option<String> {
    let mut words = Vec::new();
    let descends = options.increment < 0;
    let (least, most) = range(options);
    let (minimum, maximum) = if descends { (least, -1) } else { (1, most) };
    if options.start != if descends { options.maximum } else { options.minimum } {
        words.push(format!("START WITH {}", options.start));
    }
    if options.increment != 1 {
        words.push(format!("INCREMENT BY {}", options.increment));
    }
    if options.minimum != minimum {
        words.push(format!("MINVALUE {}", options.minimum));
    }
    if options.maximum != maximum {
        words.push(format!("MAXVALUE {}", options.maximum));
    }
    if options.cache != 1 {
        words.push(format!("CACHE {}", options.cache));
    }
    if options.cycle {
        words.push("CYCLE".to_owned());
    }
    (!words.is_empty()).then(|| words.join(" "))
}

/// The least and the greatest value of its type.
fn range(options: &SequenceOptions) -> (i64, i64) {
    match options.data_type.as_str() {
        "smallint" => (i16::MIN.into(), i16::MAX.into()),
        "integer" => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    }
}

fn spaced(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(" {words}") }
}
