//! A new file of seeds.

use std::path::{Path, PathBuf};

use limosa_catalog::QualifiedName;
use limosa_syntax::Diagnostic;

use super::file_name::FileName;
use super::find::{FOLDER, seeds_folder};
use super::read_seeds;
use crate::checks::shown;
use crate::{NewFile, Project, Service};

/// A file of seeds that is yet to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSeed {
    /// The table that it is named after.
    pub table: QualifiedName,
    /// Its folder, relative to the project's root.
    folder: PathBuf,
    /// Its name without ending.
    stem: String,
}

impl NewSeed {
    /// Plans a seed of this name: `country`, `clinic.Country`, `dev/patient`.
    ///
    /// # Errors
    /// A name that means no table, a folder that no environment has, a seed of this name that is there already; and
    /// whatever is wrong with the seeds that are there.
    pub fn plan(project: &Project, service: &Service, name: &str) -> Result<Self, Vec<Diagnostic>> {
        let refuse = |message: String, help: &str| vec![Diagnostic::error("no-new-seed", message).with_help(help)];
        let (environment, stem) = name.split_once('/').map_or((None, name), |(folder, stem)| (Some(folder), stem));
        let is_path = |stem: &str| stem.contains(['/', '\\']) || stem.starts_with('.');
        let file_name = format!("{stem}.csv");
        let table = FileName::read(&file_name).filter(|_| !is_path(stem)).and_then(|file| file.table().ok());
        let Some(table) = table else {
            return Err(refuse(format!("`{name}` names no table"), "name the seed as its table: `country`"));
        };
        if FileName::read(stem).is_some_and(|inner| !inner.stem.is_empty()) {
            return Err(refuse(format!("`{name}` has an ending"), "name the table alone: `country`"));
        }
        let known = |folder: &str| project.environments.iter().any(|it| it.name.as_str() == folder);
        if let Some(folder) = environment.filter(|folder| !known(folder)) {
            return Err(refuse(format!("there is no environment `{folder}`"), "limosa.toml lists them as [env.NAME]"));
        }
        if let Some(other) = read_seeds(project, service)?.iter().find(|seed| seed.name.as_str() == name) {
            let path = &other.source.path;
            return Err(refuse(format!("`{path}` already exists; nothing was overwritten"), "add rows to that file"));
        }
        let folder =
            seeds_folder(project, service)?.or_else(|| beside_migrations(project, service)).ok_or_else(|| {
                let help = "name one: `seeds = \"…\"` of the service in limosa.toml";
                refuse(format!("service `{}` has no folder for seeds", service.name), help)
            })?;
        let folder = environment.map_or(folder.clone(), |environment| folder.join(environment));
        Ok(Self { table, folder, stem: stem.to_owned() })
    }

    /// A CSV file with these columns and no rows; the path is relative to the project's root.
    #[must_use]
    pub fn with_columns(&self, columns: &[String]) -> NewFile {
        let names: Vec<String> = columns.iter().map(|name| csv_name(name)).collect();
        self.with_text("csv", &format!("{}\n", names.join(",")))
    }

    /// A YAML file that shows how rows are written, since nothing is known of the table; CSV has no comments.
    #[must_use]
    pub fn of_unknown_table(&self) -> NewFile {
        let name = self.table.name.as_str();
        let text = format!(
            "# Rows of the table {name}, each with its columns:\n\
             #\n\
             # - code: N\n\
             #   name: North\n\
             #   owner_id->owner.code: A  # the row of owner whose code is A\n"
        );
        self.with_text("yaml", &text)
    }

    /// A file of this ending and text; the path is relative to the project's root.
    #[must_use]
    pub fn with_text(&self, ending: &str, text: &str) -> NewFile {
        NewFile { path: format!("{}/{}.{ending}", shown(&self.folder), self.stem), text: text.to_owned() }
    }
}

/// The folder that seeds are looked for in, once it is made: beside several services the root is everybody's.
fn beside_migrations(project: &Project, service: &Service) -> Option<PathBuf> {
    let beside = service.migrations.parent()?.join(FOLDER);
    (project.services.len() == 1 || beside != Path::new(FOLDER)).then_some(beside)
}

fn csv_name(name: &str) -> String {
    if name.contains([',', '"', '\n', '\r']) { format!("\"{}\"", name.replace('"', "\"\"")) } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str =
        "[service.api]\nmigrations = \"migrations\"\n[service.auth]\nmigrations = \"auth/db/migrations\"\n";

    fn path(toml: &str, service: usize, name: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [("limosa.toml", toml), ("migrations/1_a.sql", ""), ("auth/db/migrations/1_a.sql", "")] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let project = crate::load(folder.path()).unwrap().project;
        let planned = NewSeed::plan(&project, &project.services[service], name);
        planned.map(|seed| seed.with_columns(&[]).path).map_err(|errors| errors[0].message.clone())
    }

    #[test]
    fn a_seed_goes_where_it_will_be_found() {
        let one = "[project]\nname = \"a\"\n[env.dev]\nurl = \"env:A\"\n";
        for (toml, service, name, expected) in [
            (one, 0, "country", Ok("seeds/country.csv")),
            (one, 0, "dev/clinic.Country", Ok("seeds/dev/clinic.Country.csv")),
            (one, 0, "prod/country", Err("there is no environment `prod`")),
            (one, 0, "../country", Err("there is no environment `..`")),
            (one, 0, "country.csv", Err("`country.csv` has an ending")),
            (one, 0, "", Err("`` names no table")),
            (one, 0, "dev/a/b", Err("`dev/a/b` names no table")),
            (TWO, 1, "user", Ok("auth/db/seeds/user.csv")),
            (TWO, 0, "user", Err("service `api` has no folder for seeds")),
        ] {
            assert_eq!(path(toml, service, name), expected.map(str::to_owned).map_err(str::to_owned), "{name}");
        }
    }

    #[test]
    fn columns_become_a_header() {
        let seed = NewSeed {
            table: QualifiedName { schema: None, name: limosa_catalog::Identifier::new("a").unwrap() },
            folder: "seeds".into(),
            stem: "a".into(),
        };
        let columns = ["code".to_owned(), "a \"b\", c".to_owned()];
        let file = seed.with_columns(&columns);
        assert_eq!((file.path.as_str(), file.text.as_str()), ("seeds/a.csv", "code,\"a \"\"b\"\", c\"\n"));
    }
}
