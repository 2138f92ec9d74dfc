//! Clients of two services at work without a pause, while the map of one's key is carried to the other: not one of
//! their statements fails, and whoever was referred to still is.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use limosa_testkit::{Connection, thorough};

use crate::place::rows;
use crate::rekey::one;
use crate::rekey_elsewhere::{FOLLOWER, Fleet, in_fleets};

/// Which ids a client knows, and what the columns with them are called: of the key, and in billing.
#[derive(Clone)]
struct Knows {
    is_new: bool,
    key: String,
    columns: [String; 3],
}

impl Knows {
    fn old() -> Self {
        Self { is_new: false, key: "id".to_owned(), columns: ["client_id", "client_id", "who"].map(str::to_owned) }
    }

    fn id(&self, number: u32) -> String {
        match self.is_new {
            true => format!("N{number:07}"),
            false => format!("00000000-0000-4000-8000-{number:012x}"),
        }
    }
}

/// Clients come to be there, and are referred to here, before and behind that. Gives how many, and what failed.
fn work(urls: [&str; 2], knows: Knows, stop: &Arc<AtomicBool>) -> JoinHandle<(u32, Vec<String>)> {
    let (urls, stop) = (urls.map(str::to_owned), Arc::clone(stop));
    std::thread::spawn(move || {
        let [clinic, billing] = urls.each_ref().map(|url| Connection::open(url));
        let (mut number, mut errors) = (0, Vec::new());
        while !stop.load(Ordering::Relaxed) && errors.is_empty() {
            std::thread::sleep(Duration::from_millis(2));
            number += 1;
            let (id, Knows { key, columns: [account, invoice, receipt], is_new }) = (knows.id(number), &knows);
            let name = format!("{}{number}", if *is_new { "new" } else { "old" });
            let row = number * 2 + u32::from(*is_new) + 10_000;
            let there = format!("INSERT INTO client ({key}, name) VALUES ('{id}', '{name}')");
            let here = format!(
                "BEGIN; INSERT INTO account ({account}, name) VALUES ('{id}', '{name}'); \
                 INSERT INTO invoice (id, {invoice}, total) VALUES ({row}, '{id}', 1); \
                 INSERT INTO receipt (id, {receipt}) VALUES ({row}, '{id}'); COMMIT"
            );
            let again = format!("UPDATE receipt SET {receipt} = '{id}' WHERE id = {row}");
            let mut steps = [(&clinic, there), (&billing, here), (&billing, again)];
            if number.is_multiple_of(2) {
                steps.swap(0, 1);
            }
            for (connection, sql) in &steps {
                if let Err(error) = connection.query(sql) {
                    errors.push(format!("{sql}: {error}"));
                }
            }
        }
        (number, errors)
    })
}

#[test]
fn clients_of_both_services_notice_nothing_while_the_map_is_carried() {
    in_fleets(|fleet| {
        let Fleet { clinic, billing, project } = fleet;
        fleet.owner_is_open();
        project.limosa(FOLLOWER).exits(0);
        let urls = [clinic.url(), billing.url()];
        let stop = Arc::new(AtomicBool::new(false));
        let mut clients = vec![work(urls, Knows::old(), &stop)];
        project.limosa("--service billing up --allow drift").exits(0);
        let key = one(
            clinic,
            "SELECT attname FROM pg_attribute WHERE attrelid = 'client'::regclass AND attname LIKE 'limosa_online_%' \
             AND NOT attisdropped",
        );
        let columns = ["account", "invoice", "receipt"].map(|table| fleet.interim(table));
        clients.push(work(urls, Knows { is_new: true, key, columns }, &stop));
        for _ in 0..if thorough() { 20 } else { 4 } {
            std::thread::sleep(Duration::from_millis(100));
            project.limosa("--service billing up").exits(0);
        }
        stop.store(true, Ordering::Relaxed);
        for client in clients {
            let (count, errors) = client.join().unwrap();
            println!("{count} clients came");
            assert!(errors.is_empty() && count > 10, "{errors:#?}");
        }
        fleet.contract("clinic");
        fleet.contract("billing");
        // Whoever was referred to by either id is referred to by the new one.
        let there = rows(clinic, "SELECT id || ' ' || name FROM client WHERE name ~ '^(old|new)' ORDER BY 1");
        let here = rows(billing, "SELECT client_id || ' ' || name FROM account WHERE name ~ '^(old|new)' ORDER BY 1");
        assert_eq!(there, here);
        let joined = "SELECT count(*) FROM invoice i JOIN receipt r ON r.id = i.id AND r.who = i.client_id \
                      JOIN account a ON a.client_id = i.client_id WHERE i.id > 10000";
        assert_eq!(one(billing, joined), there.len().to_string());
        billing.execute("DELETE FROM receipt WHERE id = -1");
        project.limosa("check --references").exits(0);
    });
}
