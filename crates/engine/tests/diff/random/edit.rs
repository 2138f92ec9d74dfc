//! Edits of a schema: numbers that choose among what is possible, so that any list of them is an edit.

use super::spec::{Check, Column, Function, Index, Spec, Table, Value, View};

const TABLES: [&str; 5] = ["patient", "Visit", "order", "a \"b\"", "x.y"];
const COLUMNS: [&str; 6] = ["id", "name", "Age", "select", "note 1", "größe"];
const TYPES: [&str; 14] = [
    "integer",
    "bigint",
    "text",
    "varchar(20)",
    "varchar(40)",
    "numeric(10,2)",
    "numeric",
    "boolean",
    "timestamptz",
    "date",
    "uuid",
    "jsonb",
    "text[]",
    "\"char\"",
];
const ENUMS: [&str; 2] = ["mood", "Kind Of"];
const LABELS: [&str; 4] = ["low", "High", "it''s", "none"];
const VIEWS: [&str; 4] = ["v1", "V 2", "v3", "w"];
const FUNCTIONS: [&str; 2] = ["score", "Score 2"];
const PARTS: [&str; 3] = ["one", "Two", "3"];
const PRIVILEGES: [&str; 3] = ["SELECT", "INSERT", "UPDATE"];
const COMMENTS: [&str; 2] = ["it''s", "line\nline"];

/// One edit. An edit of something that is not there makes it, or does nothing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edit {
    pub(crate) what: u8,
    pub(crate) which: u8,
    pub(crate) column: u8,
    pub(crate) how: u8,
}

fn pick<T: Copy>(from: &[T], by: u8) -> T {
    from[usize::from(by) % from.len()]
}

impl Edit {
    /// Makes the edit; what rests on something that goes, goes along.
    pub(crate) fn apply(self, spec: &mut Spec) {
        let (table, column) = (pick(&TABLES, self.which), pick(&COLUMNS, self.column));
        match self.what % 16 {
            0 => drop_table(spec, table),
            1 => drop_column(spec, table, column),
            2 => self.make_enum(spec),
            3 => self.make_view(spec),
            4 => drop_view(spec, pick(&VIEWS, self.which)),
            5 => {
                let takes = spec.tables.contains_key(table).then_some(table).filter(|_| self.how.is_multiple_of(2));
                let function = Function { takes, returns: i32::from(self.how % 3), stable: self.how % 4 > 1 };
                spec.functions.insert(pick(&FUNCTIONS, self.column), function);
            }
            6 => drop(spec.functions.remove(pick(&FUNCTIONS, self.which))),
            7 => self.refer(spec, table, column),
            8 | 9 => self.change_type(spec, table, column),
            _ => self.edit_table(spec, table, column),
        }
        repair(spec);
    }

    fn edit_table(self, spec: &mut Spec, name: &'static str, column: &'static str) {
        let data_type = self.data_type(spec);
        let table = spec.tables.entry(name).or_default();
        let made = || Column { data_type, not_null: false, value: Value::Null, comment: None };
        let exists = table.columns.contains_key(column);
        let definition = table.columns.entry(column).or_insert_with(made);
        let part = pick(&PARTS, self.how / 4);
        match self.how % 14 {
            0 => definition.not_null = !definition.not_null,
            1 => definition.value = default(&definition.data_type, self.how),
            2 => definition.comment = (definition.comment.is_none()).then(|| pick(&COMMENTS, self.which)),
            3 => {
                table.primary_key = if table.primary_key.is_empty() { vec![column] } else { Vec::new() };
                definition.not_null |= !table.primary_key.is_empty();
            }
            4 => drop(toggle(&mut table.uniques, part, vec![column])),
            5 => drop(toggle(&mut table.checks, part, Check { column, length: 100 + self.which % 100 })),
            6 | 7 => {
                let other = pick(&COLUMNS, self.which);
                let columns = if other != column && self.how > 100 { vec![column, other] } else { vec![column] };
                let of_nullness = self.which.is_multiple_of(3);
                let index = Index {
                    columns,
                    unique: self.how.is_multiple_of(5),
                    descending: self.how.is_multiple_of(3),
                    of_nullness,
                    only_where_not_null: (self.column > 128).then_some(other),
                    include: (self.column.is_multiple_of(4) && other != column).then_some(other),
                };
                drop(toggle(&mut table.indexes, part, index));
            }
            8 => table.row_security = !table.row_security,
            9 => drop(toggle(&mut table.policies, part, column)),
            10 => table.trigger = table.trigger.is_none().then_some(part),
            11 => table.fillfactor = table.fillfactor.is_none().then_some(60 + self.which % 40),
            12 => table.comment = (table.comment.is_none()).then(|| pick(&COMMENTS, self.which)),
            _ => {
                let privilege = pick(&PRIVILEGES, self.which);
                if !table.granted.remove(privilege) {
                    table.granted.insert(privilege);
                }
            }
        }
        // A column that computes another is plain, and the one it computes is text.
        if self.how > 230 && !exists {
            let other = pick(&COLUMNS, self.column.wrapping_add(1));
            let is_plain = table.columns.get(other).is_some_and(|it| !matches!(it.value, Value::Generated(_)));
            if is_plain && let Some(definition) = table.columns.get_mut(column) {
                *definition =
                    Column { data_type: "text".to_owned(), value: Value::Generated(other), ..definition.clone() };
            }
        }
    }

    fn data_type(self, spec: &Spec) -> String {
        let all = TYPES.map(str::to_owned).into_iter().chain(spec.enums.keys().map(|name| format!("\"{name}\"")));
        let all: Vec<String> = all.collect();
        all[usize::from(self.how) % all.len()].clone()
    }

    fn change_type(self, spec: &mut Spec, table: &str, column: &str) {
        let data_type = self.data_type(spec);
        let Some(definition) = spec.tables.get_mut(table).and_then(|table| table.columns.get_mut(column)) else {
            return;
        };
        let value = if self.which.is_multiple_of(2) { default(&data_type, self.which) } else { Value::Null };
        *definition = Column { data_type, value, ..definition.clone() };
    }

    fn make_enum(self, spec: &mut Spec) {
        let labels = spec.enums.entry(pick(&ENUMS, self.which)).or_default();
        let label = pick(&LABELS, self.column);
        match labels.iter().position(|other| *other == label) {
            // At least one label stays for the defaults.
            Some(at) if at > 0 => drop(labels.remove(at)),
            Some(_) => {}
            None if self.how.is_multiple_of(2) && !labels.is_empty() => labels.insert(1, label),
            None => labels.push(label),
        }
    }

    fn make_view(self, spec: &mut Spec) {
        let name = pick(&VIEWS, self.column);
        let tables = spec.tables.keys().copied();
        let of: Vec<&'static str> = tables.chain(spec.views.keys().copied().filter(|other| *other < name)).collect();
        if of.is_empty() {
            return;
        }
        let of = pick(&of, self.which);
        let columns = spec.columns_of(of);
        let columns: Vec<_> = columns.iter().skip(usize::from(self.how % 2)).copied().collect();
        let view = View {
            of,
            columns,
            materialized: self.how.is_multiple_of(5),
            comment: self.how.is_multiple_of(3).then(|| pick(&COMMENTS, self.how)),
            granted: self.how.is_multiple_of(4).then_some("SELECT").into_iter().collect(),
        };
        spec.views.insert(name, view);
    }

    /// The column becomes a reference to the key of another table, if that has one of one column.
    fn refer(self, spec: &mut Spec, name: &str, column: &'static str) {
        let other = pick(&TABLES, self.how);
        let Some(target) = spec.tables.get(other) else { return };
        let [key] = target.primary_key.as_slice() else { return };
        let (key, data_type) = (*key, target.columns[key].data_type.clone());
        let Some(table) = spec.tables.get_mut(name) else { return };
        if (name, column) == (other, key) {
            return;
        }
        let made = Column { data_type, not_null: false, value: Value::Null, comment: None };
        table.columns.insert(column, made);
        table.references.insert(column, (other, key));
    }
}

fn toggle<T: PartialEq>(
    parts: &mut std::collections::BTreeMap<&'static str, T>,
    name: &'static str,
    part: T,
) -> Option<T> {
    if parts.get(name) == Some(&part) { parts.remove(name) } else { parts.insert(name, part) }
}

fn default(data_type: &str, by: u8) -> Value {
    let text = match data_type {
        "integer" if by.is_multiple_of(2) => return Value::Identity,
        "bigint" if by.is_multiple_of(3) => return Value::Identity,
        "integer" | "bigint" | "numeric" | "numeric(10,2)" => format!("{by}"),
        "text" | "varchar(20)" | "varchar(40)" => format!("it''s {by}"),
        "boolean" => "true".to_owned(),
        "date" | "timestamptz" => "2024-02-29".to_owned(),
        "jsonb" | "text[]" => "{}".to_owned(),
        _ => return Value::Null,
    };
    Value::Default(text)
}

fn drop_table(spec: &mut Spec, name: &str) {
    spec.tables.remove(name);
    spec.functions.retain(|_, function| function.takes != Some(name));
    let views: Vec<_> = spec.views.iter().filter(|(_, view)| view.of == name).map(|(name, _)| *name).collect();
    views.into_iter().for_each(|view| drop_view(spec, view));
}

fn drop_view(spec: &mut Spec, name: &str) {
    spec.views.remove(name);
    let views: Vec<_> = spec.views.iter().filter(|(_, view)| view.of == name).map(|(name, _)| *name).collect();
    views.into_iter().for_each(|view| drop_view(spec, view));
}

fn drop_column(spec: &mut Spec, table: &str, column: &str) {
    if let Some(table) = spec.tables.get_mut(table) {
        table.columns.remove(column);
    }
}

/// Takes away what rests on something that is gone, until nothing does.
fn repair(spec: &mut Spec) {
    let types: Vec<String> =
        TYPES.map(str::to_owned).into_iter().chain(spec.enums.keys().map(|name| format!("\"{name}\""))).collect();
    for table in spec.tables.values_mut() {
        repair_table(table, &types);
    }
    spec.tables.retain(|_, table| !table.columns.is_empty());
    let keys: Vec<(&str, &str, String)> = spec
        .tables
        .iter()
        .filter_map(|(name, table)| match table.primary_key.as_slice() {
            [key] => Some((*name, *key, table.columns[key].data_type.clone())),
            _ => None,
        })
        .collect();
    for table in spec.tables.values_mut() {
        let columns = table.columns.clone();
        table.references.retain(|column, (other, key)| {
            columns.get(column).is_some_and(|column| {
                let is_plain = !matches!(column.value, Value::Generated(_));
                let fits = |it: &(&str, &str, String)| (it.0, it.1) == (*other, *key) && it.2 == column.data_type;
                is_plain && keys.iter().any(fits)
            })
        });
    }
    let names: Vec<&str> = spec.tables.keys().copied().collect();
    spec.functions.retain(|_, function| function.takes.is_none_or(|table| names.contains(&table)));
    for name in VIEWS {
        let Some(view) = spec.views.get(name) else { continue };
        let there = spec.columns_of(view.of);
        let columns: Vec<_> = view.columns.iter().copied().filter(|column| there.contains(column)).collect();
        if columns.is_empty() {
            drop_view(spec, name);
        } else if let Some(view) = spec.views.get_mut(name) {
            view.columns = columns;
        }
    }
}

fn repair_table(table: &mut Table, types: &[String]) {
    table.columns.retain(|_, column| types.contains(&column.data_type));
    let plain: Vec<&str> = table
        .columns
        .iter()
        .filter(|(_, column)| !matches!(column.value, Value::Generated(_)))
        .map(|(name, _)| *name)
        .collect();
    table.columns.retain(|_, column| match &column.value {
        Value::Generated(from) => column.data_type == "text" && plain.contains(from),
        _ => true,
    });
    for column in table.columns.values_mut() {
        column.not_null |= column.value == Value::Identity;
    }
    let columns = table.columns.clone();
    let has = |column: &&'static str| columns.contains_key(*column);
    table.primary_key.retain(has);
    for key in &table.primary_key {
        if let Some(column) = table.columns.get_mut(key) {
            column.not_null = true;
        }
    }
    table.uniques.retain(|_, columns| columns.iter().all(has));
    table.checks.retain(|_, check| has(&check.column));
    table.policies.retain(|_, column| has(column));
    table.indexes.retain(|_, index| {
        index.columns.iter().all(has) && index.include.iter().all(has) && index.only_where_not_null.iter().all(has)
    });
}
