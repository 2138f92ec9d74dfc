//! The real tools write their histories, and Limosa takes the databases over: cleanly, half applied, after a failure
//! and after an edit. Each test says so and passes where its tool is not installed; `cargo xtask test` fetches most.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test says what it leaves out, and finds programs"
)]

#[path = "../stories/outcome.rs"]
#[expect(dead_code, reason = "shared with the stories, which use all of it")]
mod outcome;
#[path = "../stories/project.rs"]
#[expect(dead_code, reason = "shared with the stories, which use all of it")]
mod project;

mod alembic;
mod clinic;
mod dbmate;
mod diesel;
mod django;
mod drizzle;
mod graphile;
mod knex;
mod liquibase;
mod node_pg_migrate;
mod prisma;
mod rails;
mod refinery;
mod sequelize;
mod sqitch;
mod sqlx;
mod supabase;
mod tool;
mod typeorm;
