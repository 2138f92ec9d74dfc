//! Keys in a temporary file, for a server that takes one connection at a time.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, Write};
use std::path::Path;

use bytes::BytesMut;

use super::error::ReferenceError;
use super::keys::{Key, Keys};

/// Keys that were put into a file, each behind its length.
pub(super) struct Spooled {
    file: BufReader<File>,
    left: u64,
}

/// Puts all keys into a file without a name, which is gone with it.
pub(super) async fn spool(mut keys: impl Keys, temporary: &Path) -> Result<Spooled, ReferenceError> {
    let mut file = BufWriter::new(tempfile::tempfile_in(temporary)?);
    let mut left = 0;
    while let Some(key) = keys.next().await? {
        let length = u32::try_from(key.bytes.len()).map_err(|_| ReferenceError::Unreadable("a key of 4 GB"))?;
        file.write_all(&length.to_be_bytes())?;
        file.write_all(&key.bytes)?;
        left += 1;
    }
    let mut file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(Spooled { file: BufReader::new(file), left })
}

impl Keys for Spooled {
    async fn next(&mut self) -> Result<Option<Key>, ReferenceError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut length = [0; 4];
        self.file.read_exact(&mut length)?;
        let mut bytes = BytesMut::zeroed(u32::from_be_bytes(length) as usize);
        self.file.read_exact(&mut bytes)?;
        Ok(Some(Key { bytes, rows: 1 }))
    }
}
