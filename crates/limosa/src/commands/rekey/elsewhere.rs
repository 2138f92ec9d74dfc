//! What refers to a key from the database of another service.

use limosa_catalog::{ColumnName as CatalogColumn, Identifier, ObjectName, QualifiedName};
use limosa_engine::{Owner, owned_map};
use limosa_plan::{RekeyAsk, RekeySource, SoftReference};
use limosa_project::{ColumnName, Project, Service, ServiceName, did_you_mean};
use limosa_syntax::Diagnostic;
use serde::Serialize;

use super::Rekey;
use crate::failure::Failure;
use crate::invocation::Invocation;

/// `rekey TABLE.COLUMN --from SERVICE`.
pub(super) struct Asked<'a> {
    pub(super) project: &'a Project,
    /// The service in whose database the column is.
    pub(super) service: &'a Service,
    /// The service whose key it refers to.
    pub(super) from: &'a ServiceName,
    pub(super) rekey: &'a Rekey,
}

impl Asked<'_> {
    /// What is asked for, and how many ids the map has.
    pub(super) async fn ask(&self, relation: ObjectName, owners: &[Owner]) -> Result<(RekeyAsk, u64), Failure> {
        let to = self.declared()?;
        let map = self.rekey.map.as_ref().unwrap_or(&to.table).clone();
        let table = Identifier::new(format!("map_{}", map.as_str()))
            .map_err(|error| Failure::usage("no-map", error.to_string(), "name the map: `--map NAME`"))?;
        let owner = owners.iter().find(|owner| owner.service == self.from.as_str());
        let target = match owner.map(|owner| &owner.place) {
            Some(Ok(target)) => target,
            Some(Err(problem)) => return Err(problem.clone().into()),
            None => {
                return Err(Failure::usage(
                    "own-key",
                    format!("{} is the service itself", self.from),
                    format!("change the key: `limosa rekey {} --to TYPE`", shown(to)),
                ));
            }
        };
        let Some(found) = owned_map(target, &table).await? else {
            return Err(Failure::usage(
                "no-map",
                format!("{} has no map {} of old and new ids", self.from, table.for_people()),
                format!(
                    "its key changes first: `limosa --service {0} rekey {1} --to TYPE --generate KIND`, then `limosa \
                     --service {0} up`; a map of another name is told by `--map NAME`",
                    self.from,
                    shown(to)
                ),
            ));
        };
        let [old_type, data_type] = found.types;
        let ask = RekeyAsk {
            key: CatalogColumn { relation, name: self.rekey.key.column.clone() },
            data_type,
            new_name: self.rekey.new_name.clone(),
            source: RekeySource::Carried { service: self.from.to_string(), map, old_type },
            soft: self.soft(to),
        };
        Ok((ask, found.rows))
    }

    /// The key that limosa.toml says the column refers to.
    fn declared(&self) -> Result<&ColumnName, Failure> {
        if self.project.service(self.from).is_none() {
            let known = self.project.services.iter().map(|service| service.name.as_str());
            return Err(Failure::usage(
                "unknown-service",
                format!("there is no service `{}` in this project", self.from),
                did_you_mean(self.from.as_str(), known),
            ));
        }
        let references = self.service.references.iter().filter(|it| it.service == *self.from);
        let found = references.clone().find(|it| is_same(&it.column, &self.rekey.key));
        found.map(|reference| &reference.to).ok_or_else(|| {
            let key = references.map(|it| shown(&it.to)).next().unwrap_or_else(|| "client.id".to_owned());
            let column = shown(&self.rekey.key);
            let problem = Diagnostic::error(
                "no-reference",
                format!("limosa.toml does not say that {column} refers to a key of {}", self.from),
            );
            let problem = problem.with_help(format!(
                "say it in [service.{}]: `references = [{{ column = '{column}', to = '{}:{key}' }}]`",
                self.service.name, self.from
            ));
            match &self.service.declared {
                Some((source, span)) => problem.at(source, *span).into(),
                None => problem.into(),
            }
        })
    }

    /// What was said, and what limosa.toml says besides to refer to the key.
    fn soft(&self, to: &ColumnName) -> Vec<SoftReference> {
        let mut soft = self.rekey.soft.clone();
        let others = self.service.references.iter().filter(|it| {
            let is_it = it.service == *self.from && is_same(&it.to, to);
            is_it && !is_same(&it.column, &self.rekey.key)
        });
        for ColumnName { schema, table, column } in others.map(|it| &it.column) {
            let is_said = |it: &SoftReference| it.table.name == *table && it.column == *column;
            if !soft.iter().any(is_said) {
                let table = QualifiedName { schema: schema.clone(), name: table.clone() };
                soft.push(SoftReference { table, column: column.clone(), path: Vec::new(), condition: None });
            }
        }
        soft
    }
}

/// Whether two names may mean the same column: one without a schema is taken to.
fn is_same(one: &ColumnName, other: &ColumnName) -> bool {
    let may_be = match (&one.schema, &other.schema) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    };
    may_be && one.table == other.table && one.column == other.column
}

/// A name as it is typed.
fn shown(name: &ColumnName) -> String {
    let parts = name.schema.iter().chain([&name.table, &name.column]);
    parts.map(|part| part.for_people().to_string()).collect::<Vec<_>>().join(".")
}

/// What is to be done in another service's database when both ids of a key work.
pub(super) struct Afterwards {
    service: String,
    columns: Vec<String>,
    command: String,
}

#[derive(Serialize)]
pub(super) struct AfterwardsJson {
    service: String,
    columns: Vec<String>,
    command: String,
}

impl Afterwards {
    pub(super) fn json(&self) -> AfterwardsJson {
        let Self { service, columns, command } = self;
        AfterwardsJson { service: service.clone(), columns: columns.clone(), command: command.clone() }
    }

    pub(super) fn render(&self) -> String {
        format!(
            "{} of {} refers to it, too, and follows when both ids work: `{}`",
            self.columns.join(", "),
            self.service,
            self.command
        )
    }
}

/// What refers to a key of this service from the databases of others, one command for each.
pub(super) fn afterwards(
    invocation: &Invocation,
    project: &Project,
    owner: &Service,
    rekey: &Rekey,
) -> Vec<Afterwards> {
    let environment = invocation.global.env.as_ref().map(|name| format!("--env {name} ")).unwrap_or_default();
    let map = rekey.map.as_ref().map(|map| format!(" --map {}", map.for_people())).unwrap_or_default();
    let of = |service: &Service| {
        let references = service.references.iter().filter(|it| it.service == owner.name && is_same(&it.to, &rekey.key));
        let columns: Vec<String> = references.map(|it| shown(&it.column)).collect();
        let first = columns.first()?;
        let first = if first.contains('"') { format!("'{first}'") } else { first.clone() };
        let command =
            format!("limosa {environment}--service {} rekey {first} --from {}{map}", service.name, owner.name);
        Some(Afterwards { service: service.name.to_string(), columns, command })
    };
    project.services.iter().filter(|service| service.name != owner.name).filter_map(of).collect()
}
