//! Rails, whose migrations are Ruby: Active Record runs them.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::Tool;

/// What `bin/rails db:…` does, without an application around it.
const TASKS: &str = "\
require 'active_record'
ActiveRecord::Base.establish_connection(ENV['DATABASE_URL'])
ActiveRecord::Migration.verbose = false
context = ActiveRecord::MigrationContext.new('db/migrate', ActiveRecord::SchemaMigration)
case ARGV[0]
when 'migrate' then context.migrate(ARGV[1] && ARGV[1].to_i)
when 'rollback' then context.rollback(1)
when 'status' then context.migrations_status.each { |state, version, _| puts \"#{state} #{version}\" }
end
";

fn version(number: usize) -> String {
    format!("2024010{}100000", number + 1)
}

fn clinic(database: &Database) -> Project {
    STEPS.iter().enumerate().fold(
        project(database, "db/migrate", Some("rails")).with("tasks.rb", TASKS),
        |project, (number, (name, up, down))| {
            let class: String = name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
            let ruby = format!(
                "class {class} < ActiveRecord::Migration[6.1]\n  def up\n    execute '{up}'\n  end\n\n  \
                 def down\n    execute '{down}'\n  end\nend\n"
            );
            project.with(&format!("db/migrate/{}_{name}.rb", version(number)), ruby)
        },
    )
}

fn rails() -> Option<Tool> {
    Some(Tool::of_system("ruby")?.with_words(&["tasks.rb"])).filter(|_| {
        let probe = std::process::Command::new("ruby").args(["-e", "require 'active_record'; require 'pg'"]).output();
        let is_there = probe.is_ok_and(|output| output.status.success());
        if !is_there {
            println!("Active Record is not installed, so no history of its is taken over");
        }
        is_there
    })
}

#[test]
fn migrations_in_ruby_become_a_schema_and_leave_what_waits() {
    let Some(rails) = rails() else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| rails.run(&project, database.url(), words);
        run("migrate").succeeds();
        let before = content(database, "schema_migrations");
        project.limosa("adopt --yes").exits(0).says("Rails");
        assert_eq!(standing(&project), (1, 0));
        assert_eq!(content(database, "schema_migrations"), before);
        let status = run("status").succeeds().said;
        assert!(status.contains(&format!("up {}", version(2))), "{status}");

        let fresh = database.server().fresh_database();
        let built = schema(database);
        let project = project.variable("DATABASE_URL", fresh.url());
        project.limosa("up").exits(0);
        assert_eq!(schema(&fresh), built);
    });
}

#[test]
fn a_history_that_is_behind_names_what_waits_and_a_failed_run_leaves_no_row() {
    let Some(rails) = rails() else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| rails.run(&project, database.url(), words);
        run(&format!("migrate {}", version(1))).succeeds();
        let broken = format!("db/migrate/{}_add_visit.rb", version(2));
        let whole = project.read(&broken);
        project.write(&broken, whole.replace("CREATE TABLE visit", "CREATE TABLE patient"));
        run("migrate").fails();
        project.write(&broken, whole);
        assert_eq!(content(database, "schema_migrations").len(), 2);
        let waits = format!("Rails has not run `{}_add_visit`, which Limosa cannot run", version(2));
        project.limosa("adopt").exits(1).says(&waits).says("of programs, which Limosa does not run: 2");
        run("migrate").succeeds();
        project.limosa("adopt --yes").exits(0);
        assert_eq!(standing(&project), (1, 0));
    });
}

#[test]
fn a_guarded_history_lets_the_tool_fail() {
    let Some(rails) = rails() else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| rails.run(&project, database.url(), words);
        run(&format!("migrate {}", version(1))).succeeds();
        project.limosa("adopt --yes --guard").exits(0);
        let before = schema(database);
        let refused = run("migrate").fails();
        assert!(refused.said.contains("Limosa runs the migrations of this database now"), "{}", refused.said);
        run("rollback").fails();
        assert_eq!(schema(database), before, "its transaction was rolled back");
    });
}
