//! Sqitch, whose plan says the order.

use limosa_testkit::Database;

use crate::clinic::{STEPS, content, on_servers, project, schema, standing};
use crate::project::Project;
use crate::tool::Tool;

fn clinic(database: &Database) -> Project {
    let mut plan = "%syntax-version=1.0.0\n%project=clinic\n\n".to_owned();
    let project = project(database, ".", Some("sqitch")).with("sqitch.conf", "[core]\n\tengine = pg\n");
    for (number, (name, up, down)) in STEPS.iter().enumerate() {
        plan.push_str(&format!("{name} 2024-01-0{}T10:00:00Z Ann <ann@example.com> # {name}\n", number + 1));
        project.write(&format!("deploy/{name}.sql"), format!("BEGIN;\n{up}\nCOMMIT;\n"));
        project.write(&format!("revert/{name}.sql"), format!("BEGIN;\n{down}\nCOMMIT;\n"));
        project.write(&format!("verify/{name}.sql"), "BEGIN;\nROLLBACK;\n");
    }
    project.with("sqitch.plan", plan)
}

fn target(database: &Database) -> String {
    let (_, rest) = database.url().split_once(':').unwrap();
    format!("db:pg:{rest}")
}

#[test]
fn changes_are_taken_over_in_the_order_of_the_plan() {
    let Some(sqitch) = Tool::of_system("sqitch") else { return };
    on_servers(|database| {
        let project = clinic(database);
        let run = |words: &str| sqitch.run(&project, database.url(), words);
        run(&format!("deploy --to add_name {}", target(database))).succeeds();
        let before = content(database, "sqitch.changes");
        project.limosa("adopt --yes").exits(0).says("2 as applied");
        assert_eq!(standing(&project), (2, 1));
        assert_eq!(content(database, "sqitch.changes"), before);
        project.limosa("up").exits(0);
        project.limosa("--yes down --steps 2").exits(0);
        assert_eq!(schema(database), ["patient.id"]);
    });
}

#[test]
fn an_edited_script_is_refused_and_a_guard_lets_the_tool_fail() {
    let Some(sqitch) = Tool::of_system("sqitch") else { return };
    on_servers(|database| {
        let project = clinic(database);
        sqitch.run(&project, database.url(), &format!("deploy --to add_name {}", target(database))).succeeds();
        let text = project.read("deploy/add_name.sql");
        project.write("deploy/add_name.sql", format!("-- new\n{text}"));
        project.limosa("adopt --yes").exits(1).says("was edited after Sqitch had applied it");
        project.write("deploy/add_name.sql", text);
        project.limosa("adopt --yes --guard").exits(0);
        let before = schema(database);
        for verb in ["deploy", "revert -y"] {
            let (verb, options) = verb.split_once(' ').unwrap_or((verb, ""));
            let words = format!("{verb} {options} {}", target(database));
            let refused = sqitch.run(&project, database.url(), &words).fails();
            assert!(refused.said.contains("Limosa runs the migrations of this database now"), "{}", refused.said);
            assert_eq!(schema(database), before, "`sqitch {verb}` runs scripts in a session of their own");
        }
        project.limosa("adopt --undo --yes").exits(0);
        sqitch.run(&project, database.url(), &format!("deploy {}", target(database))).succeeds();
    });
}
