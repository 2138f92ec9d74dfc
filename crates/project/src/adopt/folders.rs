//! Where tools keep their migrations.

use std::path::{Path, PathBuf};

use crate::config::CONVENTIONAL;
use crate::{Project, Service};

/// Folders of programs and changelogs, below the folder of an application.
const PROGRAMS: &[&str] =
    &["alembic/versions", "migrations/versions", "db/changelog", "src/main/resources/db/changelog"];

/// Files beside which a tool keeps its migrations in folders of several names.
const BESIDE: &[&str] = &["manage.py", "sqitch.plan"];

/// The folders in which a service's old tool may have its files, relative to the project's root: the service's own
/// migrations first, then the usual folders of the application that they belong to and of the project.
#[must_use]
pub fn candidate_folders(project: &Project, service: &Service) -> Vec<PathBuf> {
    let mut found = vec![service.migrations.clone()];
    // `apps/api/prisma/migrations` belongs to `apps/api`.
    let applications = service.migrations.ancestors().skip(1).take(3);
    for application in applications {
        let usual = CONVENTIONAL.iter().filter(|folder| **folder != ".");
        let below = usual.chain(PROGRAMS).map(|folder| application.join(folder));
        let beside = BESIDE.iter().filter(|file| project.path(&application.join(file)).is_file());
        found.extend(below.chain(beside.map(|_| application.to_owned())));
    }
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in found {
        let folder = if folder == Path::new("") { PathBuf::from(".") } else { folder };
        if project.path(&folder).is_dir() && !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}
