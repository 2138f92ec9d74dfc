//! `limosa check` of a project, when nothing has changed since the last time.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use limosa_testkit::{PrivateServer, limosa_binary};

use crate::measured::{ROUNDS, median, run_to_any};

pub(crate) fn measure(server: &PrivateServer, migrations: usize) {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), migrations);
    let check = || {
        let mut command = Command::new(limosa_binary());
        command.arg("-C").arg(folder.path()).arg("check").stderr(Stdio::null());
        command.env("LIMOSA_CACHE", folder.path().join("cache")).env("LIMOSA_PG_BIN", server.programs());
        command
    };
    println!("check of {migrations} migrations with their ways back");
    println!("  the first time          {:>7.2} s", run_to_any(check()).wall.as_secs_f64());
    let again = median((0..ROUNDS).map(|_| run_to_any(check()).wall));
    println!("  again                   {:>7.2} s\n", again.as_secs_f64());
}

fn write(folder: &Path, migrations: usize) {
    let path = folder.join("migrations");
    fs::create_dir(&path).unwrap();
    fs::write(folder.join("limosa.toml"), "[project]\nname = \"clinic\"\n").unwrap();
    for number in 1..=migrations {
        let (up, down) = if number % 5 == 1 {
            let up = format!(
                "CREATE TABLE visit_{number} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, reason text);\n\
                 CREATE INDEX visit_{number}_reason ON visit_{number} (reason);\n"
            );
            (up, format!("DROP TABLE visit_{number};\n"))
        } else {
            let table = (number - 1) / 5 * 5 + 1;
            let up = format!("ALTER TABLE visit_{table} ADD COLUMN note_{number} text;\n");
            (up, format!("ALTER TABLE visit_{table} DROP COLUMN note_{number};\n"))
        };
        fs::write(path.join(format!("{number:04}_change_visit.sql")), up).unwrap();
        fs::write(path.join(format!("{number:04}_change_visit.down.sql")), down).unwrap();
    }
}
