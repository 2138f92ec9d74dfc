//! What stands beside a dump: where it comes from, and the sum of its bytes.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use limosa_catalog::{ServerMajor, ServerVersion};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::archive::{hex, keep, temporary_beside};

/// The file beside a dump, named after it with `.json` behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DumpRecord {
    /// The version of this format: 1.
    #[serde(rename = "limosa-dump")]
    pub limosa_dump: u32,
    /// The version of Limosa that had it written.
    pub limosa: String,
    /// The service.
    pub service: String,
    /// The environment.
    pub environment: String,
    /// The database's name on its server.
    pub database: String,
    /// The server's version.
    pub server: String,
    /// The version of the `pg_dump` that wrote it.
    pub program: String,
    /// When, by the server's clock.
    pub taken_at: jiff::Timestamp,
    /// The run that it was made for; absent where somebody asked for it.
    pub before: Option<String>,
    /// Its bytes.
    pub bytes: u64,
    /// SHA-256 of them, in hexadecimal.
    pub sha256: String,
}

impl DumpRecord {
    /// Where the record of a dump is.
    pub(in crate::backup) fn path_of(dump: &Path) -> PathBuf {
        let mut path = dump.as_os_str().to_owned();
        path.push(".json");
        path.into()
    }

    /// The record beside a file; `None` where it has none.
    #[must_use]
    pub fn read(dump: &Path) -> Option<Self> {
        let text = std::fs::read(Self::path_of(dump)).ok()?;
        serde_json::from_slice::<Self>(&text).ok().filter(|record| record.limosa_dump == 1)
    }

    pub(super) fn write(&self, dump: &Path) -> io::Result<()> {
        let path = Self::path_of(dump);
        let mut file = temporary_beside(&path)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")?;
        keep(file, &path)
    }

    /// The major version of the program that wrote it.
    pub(super) fn program_major(&self) -> ServerMajor {
        let number = self.program.split('.').next().and_then(|major| major.parse::<u32>().ok());
        let version = number.and_then(|major| ServerVersion::from_number(major.checked_mul(10_000)?).ok());
        version.map_or(ServerMajor::NEWEST, |version| version.major())
    }
}

/// Whether `pg_restore` reads the file.
pub(in crate::backup) fn is_custom(dump: &Path) -> bool {
    let mut beginning = [0; 5];
    File::open(dump).and_then(|mut file| file.read_exact(&mut beginning)).is_ok() && beginning == *b"PGDMP"
}

/// SHA-256 of a file.
pub(super) fn sum(path: &Path) -> io::Result<String> {
    let (mut file, mut sum, mut piece) = (File::open(path)?, Sha256::new(), vec![0; 1 << 18]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex(&sum.finalize())),
            read => sum.update(&piece[..read]),
        }
    }
}
