//! Many targets at once.

use std::fs;
use std::process::Command;
use std::time::Duration;

use limosa_testkit::{Database, PrivateServer, Proxy, limosa_binary};

use crate::measured::{ROUNDS, median, run};

pub(crate) fn measure(server: &PrivateServer, targets: usize) {
    let folder = tempfile::tempdir().unwrap();
    let databases: Vec<Database> = (0..targets).map(|_| server.fresh_database()).collect();
    let proxy = Proxy::to_url(server.url(), Duration::ZERO);
    let mut toml = "[project]\nname = \"fleet\"\n\n[env.dev]\nurl = \"env:DATABASE_URL\"\n".to_owned();
    for number in 0..targets {
        let migrations = folder.path().join(format!("service_{number}"));
        fs::create_dir_all(&migrations).unwrap();
        fs::write(migrations.join("001_create_visit.sql"), "CREATE TABLE visit (id bigint);\n").unwrap();
        let service = format!("\n[service.service-{number}]\nmigrations = \"service_{number}\"\n");
        toml.push_str(&format!("{service}url = \"env:URL_{number}\"\n"));
    }
    fs::write(folder.path().join("limosa.toml"), toml).unwrap();
    let limosa = |verb: &str, url: &dyn Fn(&Database) -> String| {
        let mut command = Command::new(limosa_binary());
        let urls = databases.iter().enumerate().map(|(number, it)| (format!("URL_{number}"), url(it)));
        command.envs(urls).arg("-C").arg(folder.path()).args(["-q", verb]);
        command
    };
    let direct = |database: &Database| database.url().to_owned();
    println!("{targets} services, each with a database of its own");
    println!("  limosa up                  {:>7.2} s", run(limosa("up", &direct)).wall.as_secs_f64());
    let wall = median((0..ROUNDS).map(|_| run(limosa("status", &direct)).wall));
    let before = proxy.counts();
    run(limosa("status", &|database| proxy.url(database.url())));
    let counts = proxy.counts();
    println!("  limosa status              {:>7.2} s", wall.as_secs_f64());
    println!(
        "  for each target            {:.2} connections, {:.2} round trips with logging in\n",
        (counts.connections - before.connections) as f64 / targets as f64,
        (counts.round_trips - before.round_trips) as f64 / targets as f64
    );
}
