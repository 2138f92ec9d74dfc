//! The histories of other tools: told apart by the columns of their tables, and read together with the files on disk.
//!
//! A tool says which columns its table has, which tables beside it matter, and what the rows mean. Nothing here asks a
//! server: tables and rows come in as data ([`SeenTable`], [`OldRow`]), and what they mean goes out as an
//! [`OldHistory`]. [`plan_adoption`] then decides which of the project's own migrations are in effect.

mod alembic;
mod atlas;
mod checksum;
mod covered;
mod dbmate;
mod diesel;
mod django;
mod drizzle;
mod entry;
mod files;
mod findings;
mod flyway;
mod folders;
mod golang_migrate;
mod goose;
mod graphile;
mod javascript;
mod knex;
mod liquibase;
mod node_pg_migrate;
mod plan;
mod prisma;
mod psql;
mod python;
mod rails;
mod recognise;
mod refinery;
mod row;
mod seaorm;
mod sequelize;
mod sqitch;
mod sqlx;
mod supabase;
mod table;
mod tern;
mod token;
mod tool;
mod typeorm;

pub use covered::{cover_head, covered_keys};
pub use entry::{EntrySource, KeptScript, KnownSql, OldChecksum, OldEntry, OldHistory, OldState, Verdict};
pub use files::ToolFiles;
pub use folders::candidate_folders;
pub use plan::{Adopted, AdoptedTarget, AdoptionPlan, AdoptionTerms, plan_adoption};
pub use psql::history_of_scripts;
pub use recognise::{FoundHistory, Recognised, recognise_histories};
pub use row::{ImpossibleRow, OldRow};
pub use table::{SeenColumn, SeenTable};
pub use tool::GuardKind;

use crate::suggest::did_you_mean;
use tool::Tool;

macro_rules! tools {
    ($($(#[$doc:meta])* $variant:ident $text:literal $title:literal $rules:path,)*) => {
        /// The tools whose histories can be read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ToolName { $($(#[$doc])* $variant,)* }

        impl ToolName {
            /// Every tool, in the order in which they are listed to people.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// All names.
            pub(crate) fn names() -> impl Iterator<Item = &'static str> + Clone {
                Self::ALL.iter().map(|tool| tool.as_str())
            }

            /// The name as it is typed and kept.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The name as its makers write it.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            pub(crate) fn rules(self) -> &'static dyn Tool {
                match self { $(Self::$variant => &$rules,)* }
            }
        }
    };
}

tools! {
    /// `_prisma_migrations`.
    Prisma "prisma" "Prisma" prisma::Prisma,
    /// `"SequelizeMeta"`, and `"SequelizeData"` for seeds.
    Sequelize "sequelize" "Sequelize" sequelize::Sequelize,
    /// `drizzle.__drizzle_migrations`, of both generations.
    Drizzle "drizzle" "Drizzle" drizzle::Drizzle,
    /// `knex_migrations`.
    Knex "knex" "Knex" knex::Knex,
    /// `flyway_schema_history`.
    Flyway "flyway" "Flyway" flyway::Flyway,
    /// `schema_migrations` with one row.
    GolangMigrate "golang-migrate" "golang-migrate" golang_migrate::GolangMigrate,
    /// `goose_db_version`.
    Goose "goose" "goose" goose::Goose,
    /// `supabase_migrations.schema_migrations`.
    Supabase "supabase" "Supabase" supabase::Supabase,
    /// `_sqlx_migrations`.
    Sqlx "sqlx" "sqlx" sqlx::Sqlx,
    /// `refinery_schema_history`.
    Refinery "refinery" "refinery" refinery::Refinery,
    /// `__diesel_schema_migrations`.
    Diesel "diesel" "Diesel" diesel::Diesel,
    /// `alembic_version`.
    Alembic "alembic" "Alembic" alembic::Alembic,
    /// `pgmigrations`.
    NodePgMigrate "node-pg-migrate" "node-pg-migrate" node_pg_migrate::NodePgMigrate,
    /// `django_migrations`.
    Django "django" "Django" django::Django,
    /// `schema_migrations` beside `ar_internal_metadata`.
    Rails "rails" "Rails" rails::Rails,
    /// `schema_migrations` with one column.
    Dbmate "dbmate" "dbmate" dbmate::Dbmate,
    /// `sqitch.changes`.
    Sqitch "sqitch" "Sqitch" sqitch::Sqitch,
    /// `atlas_schema_revisions`.
    Atlas "atlas" "Atlas" atlas::Atlas,
    /// `graphile_migrate.migrations`.
    Graphile "graphile" "graphile-migrate" graphile::Graphile,
    /// `schema_version` with one row.
    Tern "tern" "tern" tern::Tern,
    /// `migrations` of TypeORM.
    TypeOrm "typeorm" "TypeORM" typeorm::TypeOrm,
    /// `seaql_migrations`.
    SeaOrm "seaorm" "SeaORM" seaorm::SeaOrm,
    /// `databasechangelog`.
    Liquibase "liquibase" "Liquibase" liquibase::Liquibase,
    /// Scripts that were run by hand, of which there is no history.
    Psql "psql" "psql" psql::Psql,
}

impl std::fmt::Display for ToolName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A tool that is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no tool `{found}` that Limosa knows; {}", did_you_mean(found, ToolName::names()))]
pub struct UnknownTool {
    /// What was given.
    pub found: String,
}

impl std::str::FromStr for ToolName {
    type Err = UnknownTool;

    fn from_str(text: &str) -> Result<Self, UnknownTool> {
        let named = |tool: &&Self| tool.as_str().eq_ignore_ascii_case(text);
        Self::ALL.iter().find(named).copied().ok_or_else(|| UnknownTool { found: text.to_owned() })
    }
}
