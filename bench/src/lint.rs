//! `limosa lint`, by text alone, beside `squawk` from PyPI.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::measured::{Measured, ROUNDS, median, run_to_any};

/// Statements of the kinds that migrations are made of; `{n}` is the number of the file, `{t}` of an earlier table.
const KINDS: [&str; 8] = [
    "CREATE TABLE visit_{n} (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    patient_id bigint NOT NULL \
     REFERENCES patient (id) ON DELETE CASCADE,\n    reason text NOT NULL DEFAULT '',\n    seen_at timestamptz \
     NOT NULL \
     DEFAULT now(),\n    closed boolean NOT NULL DEFAULT false,\n    CHECK (reason <> 'none')\n);\nCREATE INDEX \
     visit_{n}_patient_idx ON visit_{n} (patient_id, seen_at);\nCREATE UNIQUE INDEX visit_{n}_reason_key ON visit_{n} \
     (patient_id, reason) WHERE NOT closed;\nCOMMENT ON TABLE visit_{n} IS 'what was said';\n",
    "ALTER TABLE visit_{t} ADD COLUMN note_{n} text, ADD COLUMN weight_{n} numeric(6, 2) DEFAULT 0;\nCREATE INDEX \
     CONCURRENTLY visit_{t}_note_{n}_idx ON visit_{t} (note_{n});\n",
    "ALTER TABLE visit_{t} ADD CONSTRAINT visit_{t}_positive_{n} CHECK (patient_id > 0) NOT VALID;\nALTER TABLE \
     visit_{t} VALIDATE CONSTRAINT visit_{t}_positive_{n};\n",
    "CREATE OR REPLACE VIEW open_visit_{n} AS\nSELECT v.id, v.reason, count(*) OVER (PARTITION BY v.patient_id) AS all\
     _of_them\nFROM visit_{t} v JOIN patient p ON p.id = v.patient_id\nWHERE NOT v.closed AND v.seen_at > now() - \
     interval '30 days';\n",
    "CREATE FUNCTION touch_{n}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    IF NEW.reason IS DISTINCT FROM \
     OLD.reason THEN\n        NEW.seen_at := now();\n    END IF;\n    RETURN NEW;\nEND $$;\nCREATE TRIGGER touch_{n} \
     BEFORE UPDATE ON visit_{t} FOR EACH ROW EXECUTE FUNCTION touch_{n}();\n",
    "UPDATE visit_{t} SET reason = lower(reason) WHERE reason <> lower(reason);\n",
    "DO $$\nBEGIN\n    IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'state_{n}') THEN\n        CREATE TYPE \
     state_{n} AS ENUM ('open', 'closed', 'billed');\n    END IF;\nEND $$;\nALTER TABLE visit_{t} ADD COLUMN \
     state_{n} state_{n};\n",
    "INSERT INTO setting (name, value) VALUES ('a_{n}', '1'), ('b_{n}', '2') ON CONFLICT (name) DO UPDATE SET value = \
     excluded.value;\nGRANT SELECT ON visit_{t} TO reader;\n",
];
/// The size of a file, on average.
const BYTES: usize = 716;
/// Where the linter beside this one is put.
const PYTHON: &str = "target/bench-python";

pub(crate) fn measure(files: usize) {
    let folder = tempfile::tempdir().unwrap();
    let bytes = write(folder.path(), files);
    println!("lint of {files} files, {:.1} MB, by text alone", bytes as f64 / 1e6);
    let limosa = || {
        let mut command = limosa();
        command.arg("-C").arg(folder.path()).args(["lint", "--format", "json"]);
        command
    };
    let ours = rounds(limosa);
    report("limosa lint", ours, None);
    match squawk() {
        None => println!("  squawk cannot be installed here: no Python, or no packages"),
        Some(program) => {
            let paths: Vec<PathBuf> =
                fs::read_dir(folder.path().join("migrations")).unwrap().map(|entry| entry.unwrap().path()).collect();
            let theirs = rounds(|| {
                let mut command = Command::new(&program);
                command.args(["--reporter", "json"]).args(&paths);
                command
            });
            report("squawk", theirs, Some(ours));
        }
    }
    let one = folder.path().join("one.sql");
    fs::write(&one, "ALTER TABLE visit ADD COLUMN note text;\n").unwrap();
    let alone = tempfile::tempdir().unwrap();
    let small = rounds(|| {
        let mut command = self::limosa();
        command.arg("-C").arg(alone.path()).arg("lint").arg(&one);
        command
    });
    println!("  one small file: {:.1} ms\n", small.wall.as_secs_f64() * 1e3);
}

fn rounds(command: impl Fn() -> Command) -> Measured {
    let all: Vec<Measured> = (0..ROUNDS).map(|_| run_to_any(command())).collect();
    Measured {
        wall: median(all.iter().map(|it| it.wall)),
        cpu: median(all.iter().map(|it| it.cpu)),
        peak_kilobytes: all.iter().map(|it| it.peak_kilobytes).max().unwrap_or_default(),
    }
}

fn report(who: &str, measured: Measured, beside: Option<Measured>) {
    let ratio = beside.map(|ours| measured.cpu.as_secs_f64() / ours.cpu.as_secs_f64().max(0.01));
    let ratio = ratio.map(|ratio| format!(", {ratio:.1} times the CPU")).unwrap_or_default();
    let (cpu, wall) = (measured.cpu.as_secs_f64(), measured.wall.as_secs_f64());
    println!("  {who}: {cpu:.2} s CPU, {wall:.2} s, {} MB{ratio}", measured.peak_kilobytes / 1024);
}

/// Writes migrations; gives their bytes.
fn write(folder: &Path, files: usize) -> usize {
    let migrations = folder.join("migrations");
    fs::create_dir(&migrations).unwrap();
    let mut bytes = 0;
    for number in 1..=files {
        let mut text = String::new();
        let _ = writeln!(text, "-- Migration {number}.");
        let mut kind = if number % 20 == 1 { 0 } else { number % KINDS.len() };
        while text.len() < BYTES && (text.len() as f64) < BYTES as f64 * 0.8 {
            let table = (number / 20) * 20 + 1;
            text.push_str(
                &KINDS[kind].replace("{n}", &format!("{number}_{kind}")).replace("{t}", &format!("{table}_0")),
            );
            kind = 1 + (kind + number) % (KINDS.len() - 1);
        }
        bytes += text.len();
        fs::write(migrations.join(format!("{number:05}_change_visit.sql")), text).unwrap();
    }
    bytes
}

/// The program, in its release build.
fn limosa() -> Command {
    let program = fs::canonicalize("target/release/limosa").expect("`cargo build --release` comes first");
    let mut command = Command::new(program);
    command.stderr(Stdio::null());
    command
}

/// The other linter, installed where it is not yet.
fn squawk() -> Option<PathBuf> {
    let program = Path::new(PYTHON).join("bin/squawk");
    let quiet = |command: &mut Command| {
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if !program.exists() {
        quiet(Command::new("python3").args(["-m", "venv", PYTHON])).then_some(())?;
        let pip = Path::new(PYTHON).join("bin/pip");
        quiet(Command::new(pip).args(["install", "squawk-cli"])).then_some(())?;
    }
    fs::canonicalize(program).ok()
}
