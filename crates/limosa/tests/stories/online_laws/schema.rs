//! The schema that a database should have.

use limosa_testkit::{Database, Server, schema_dump};

use crate::project::Project;

/// A schema that plain statements have made, in a database of its own.
pub(crate) struct Schema {
    database: Database,
    dump: Option<Vec<String>>,
}

impl Schema {
    /// Runs the scripts one after the other where nothing is yet.
    pub(crate) fn of(server: &Server, scripts: &[&str]) -> Self {
        let database = server.fresh_database();
        for script in scripts {
            database.execute(script);
        }
        let dump = dump(&database);
        Self { database, dump }
    }

    /// That a database has this schema, as we see it and as `pg_dump` does.
    pub(crate) fn must_be(&self, project: &Project, found: &Database, when: &str) {
        let compared = project.limosa(&format!("diff '{}' '{}'", found.url(), self.database.url()));
        assert_eq!(compared.code, Some(0), "{when}, another schema is wanted: {compared}");
        let (Some(wanted), Some(found)) = (&self.dump, dump(found)) else {
            return println!("without a pg_dump of this server, its view is left out");
        };
        let lacks = |these: &[String], those: &[String], sign: char| {
            let lacking = these.iter().filter(|statement| !those.contains(statement));
            lacking.map(|statement| format!("{sign} {}\n", statement.replace('\n', "\n  "))).collect::<String>()
        };
        let difference = lacks(wanted, &found, '-') + &lacks(&found, wanted, '+');
        assert!(difference.is_empty(), "{when}, pg_dump sees a difference (- wanted, + found):\n{difference}");
    }
}

fn dump(database: &Database) -> Option<Vec<String>> {
    schema_dump(database.server().major(), database.url(), &["limosa"]).unwrap()
}
