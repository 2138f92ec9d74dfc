//! How folders of migrations are laid out: one file per layout, one registry.
//!
//! A layout says whether a folder looks like its own, which of the files are migrations, which part of a file is
//! applied and which reverted, and how a new file is named. All of it is decided from a folder that was read before;
//! nothing here touches the disk.

mod atlas;
mod dbmate;
mod diesel;
mod drizzle;
mod flyway;
mod golang_migrate;
mod goose;
mod graphile;
mod modules;
mod node_pg_migrate;
mod numbered;
mod numbering;
mod plain;
mod prisma;
mod rails;
mod refinery;
mod section;
mod sqitch;
mod sqlx;
mod supabase;
mod tern;

use limosa_syntax::Diagnostic;

pub(crate) use numbering::Numbering;
pub(crate) use section::Sections;

use crate::folder::{Folder, FolderFile};
use crate::suggest::{listed, nearest};
use crate::{MigrationName, Version};

macro_rules! layouts {
    ($($(#[$doc:meta])* $variant:ident $text:literal $rules:path,)*) => {
        /// The layouts that are known.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum LayoutName { $($(#[$doc])* $variant,)* }

        impl LayoutName {
            /// Every layout, in the order in which they are listed to people.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name as `limosa.toml` spells it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The rules of the layout.
            pub(crate) fn rules(self) -> &'static dyn Layout {
                match self { $(Self::$variant => &$rules,)* }
            }
        }
    };
}

layouts! {
    /// `<version>_<name>.sql`, with `<version>_<name>.down.sql` beside it or `-- limosa:down` inside.
    Plain "plain" plain::Plain,
    /// Prisma: `<timestamp>_<name>/migration.sql`.
    Prisma "prisma" prisma::Prisma,
    /// Flyway: `V1__x.sql`, `U1__x.sql`, `R__x.sql`.
    Flyway "flyway" flyway::Flyway,
    /// dbmate: `-- migrate:up` and `-- migrate:down` in one file.
    Dbmate "dbmate" dbmate::Dbmate,
    /// goose: `-- +goose Up` and `-- +goose Down` in one file.
    Goose "goose" goose::Goose,
    /// sqlx: `<version>_<name>.sql`, or a pair of `.up.sql` and `.down.sql`, with `-- no-transaction`.
    Sqlx "sqlx" sqlx::Sqlx,
    /// golang-migrate: `<version>_<name>.up.sql` and `.down.sql`.
    GolangMigrate "golang-migrate" golang_migrate::GolangMigrate,
    /// node-pg-migrate's SQL files: `-- Up Migration` and `-- Down Migration` in one file.
    NodePgMigrate "node-pg-migrate" node_pg_migrate::NodePgMigrate,
    /// Supabase: plain files in `supabase/migrations`.
    Supabase "supabase" supabase::Supabase,
    /// Drizzle: files in the order of `meta/_journal.json`, or folders with `migration.sql` and `snapshot.json`.
    Drizzle "drizzle" drizzle::Drizzle,
    /// graphile-migrate: `committed/000001-x.sql` with `--!` headers.
    Graphile "graphile" graphile::Graphile,
    /// Rails' `db/migrate` folder holding SQL.
    Rails "rails" rails::Rails,
    /// refinery: `V1__x.sql`, and `U2__x.sql` for those that may come late.
    Refinery "refinery" refinery::Refinery,
    /// Diesel: `<version>_<name>/up.sql` and `down.sql`.
    Diesel "diesel" diesel::Diesel,
    /// Atlas: plain files with `-- atlas:` directives and an `atlas.sum`.
    Atlas "atlas" atlas::Atlas,
    /// tern: `---- create above / drop below ----` in one file.
    Tern "tern" tern::Tern,
    /// Sqitch: `deploy/x.sql` and `revert/x.sql` in the order of `sqitch.plan`.
    Sqitch "sqitch" sqitch::Sqitch,
    /// Folders per module, each with numbered files, in one order of numbers over all of them.
    Modules "modules" modules::Modules,
}

impl std::fmt::Display for LayoutName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl LayoutName {
    /// The layout of a name; the error holds the nearest known name, where one is near.
    pub(crate) fn parse(text: &str) -> Result<Self, Option<&'static str>> {
        let names = || Self::ALL.iter().map(|layout| layout.as_str());
        Self::ALL.iter().copied().find(|layout| layout.as_str() == text).ok_or_else(|| nearest(text, names()))
    }
}

/// How well a folder fits a layout: by how sure a sign, and in how many files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fit {
    pub(crate) sign: Sign,
    pub(crate) files: usize,
}

/// What a folder is recognised by, the weaker first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sign {
    /// The shape of the names, which several layouts may share.
    Shape,
    /// A file or a mark that only this tool writes.
    Mark,
}

impl Fit {
    /// The shape of this many names; `None` for no name.
    pub(crate) fn shape(files: usize) -> Option<Self> {
        (files > 0).then_some(Self { sign: Sign::Shape, files })
    }

    /// A mark in this many files; `None` for no file.
    pub(crate) fn mark(files: usize) -> Option<Self> {
        (files > 0).then_some(Self { sign: Sign::Mark, files })
    }
}

/// A migration as the names in a folder tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) version: Version,
    /// The version as the path spells it; `None` where the path does not hold it.
    pub(crate) spelled: Option<String>,
    pub(crate) name: MigrationName,
    /// The file that is applied.
    pub(crate) up: String,
    /// The file that reverts it, where the layout has one of its own.
    pub(crate) down: Option<String>,
    /// Its file or folder.
    pub(crate) path: String,
    /// Further files that are renamed with it.
    pub(crate) companions: Vec<String>,
}

impl Entry {
    /// The name of its file or folder without ending, by which `rollbacks/` knows it.
    pub(crate) fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.strip_suffix(".sql").map_or(name, |stem| stem.strip_suffix(".up").unwrap_or(stem))
    }
}

/// The version and the name that a file's name suggests, whatever the layout.
pub(crate) fn suggested(path: &str) -> Option<(Version, MigrationName)> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let numbered = numbered::numbered(name.strip_suffix(".sql").unwrap_or(name))?;
    Some((numbered.version, numbered.name))
}

/// What a layout finds in a folder.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) entries: Vec<Entry>,
    /// Repeatable objects: name and file.
    pub(crate) repeatables: Vec<(MigrationName, String)>,
    /// Files that belong to the layout and are not applied.
    pub(crate) ignored: Vec<String>,
    pub(crate) problems: Vec<Diagnostic>,
}

/// Where a new migration's down script goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DownPlace {
    /// In the layout's own place.
    Own,
    /// Below `-- limosa:down` in the same file.
    Inside,
    /// In `rollbacks/<migration>_rollback.sql`.
    Rollbacks,
}

/// A file that `new` writes: path and text.
pub(crate) type Template = (String, String);

/// The rules of one layout.
pub(crate) trait Layout: Sync {
    /// How well a folder fits; `None` where it does not.
    fn fit(&self, folder: &Folder) -> Option<Fit>;

    /// The migrations of a folder, in any order.
    fn find(&self, folder: &Folder) -> Found;

    /// Which parts of a file are applied and reverted.
    fn sections(&self, file: &FolderFile, _folder: &Folder) -> Result<Sections, Box<Diagnostic>> {
        Ok(Sections::limosa(file))
    }

    /// How versions are given where the folder holds none yet.
    fn numbering(&self) -> Numbering {
        Numbering::Seconds
    }

    /// The files of a new migration, or why this layout cannot have one.
    fn new_files(&self, version: &str, name: &str, down: DownPlace) -> Result<Vec<Template>, &'static str>;

    /// Whether a migration can be given another version by renaming what belongs to it.
    fn renames(&self) -> bool {
        true
    }
}

/// The layout of a folder: the one that is named, else the one that fits best.
pub(crate) fn choose(folder: &Folder, named: Option<LayoutName>) -> Result<LayoutName, Box<Diagnostic>> {
    if let Some(named) = named {
        return Ok(named);
    }
    let fits: Vec<(Fit, LayoutName)> =
        LayoutName::ALL.iter().filter_map(|layout| Some((layout.rules().fit(folder)?, *layout))).collect();
    let Some(best) = fits.iter().map(|(fit, _)| *fit).max() else {
        return Ok(LayoutName::Plain);
    };
    let mut equal = fits.iter().filter(|(fit, _)| *fit == best).map(|(_, layout)| *layout);
    match (equal.next(), equal.next()) {
        (Some(only), None) => Ok(only),
        (Some(first), Some(second)) => {
            let all: Vec<&str> = [first, second].into_iter().chain(equal).map(LayoutName::as_str).collect();
            let message = format!("`{}` fits the layouts {} equally well", folder.shown, listed(all.iter().copied()));
            Err(Box::new(
                Diagnostic::error("ambiguous-layout", message)
                    .with_help(format!("say which one it is with `layout = \"{first}\"` in limosa.toml")),
            ))
        }
        _ => Ok(LayoutName::Plain),
    }
}
