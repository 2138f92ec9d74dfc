//! Writing an archive: to a temporary name beside its place, which it takes when it is whole and on disk.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::{BEGINNING, Block, Contents, END, hex};

/// Fast enough to keep up with the server, and a fifth of the size.
const LEVEL: i32 = 3;

/// A file that is being written. Dropped before its end it is removed.
pub(in crate::backup) struct ArchiveWriter {
    out: Summed,
    path: PathBuf,
}

/// A block that is being written.
pub(in crate::backup) struct BlockWriter {
    encoder: zstd::Encoder<'static, Summed>,
    path: PathBuf,
    offset: u64,
    bytes: u64,
    sum: Sha256,
}

/// A file whose bytes are counted and summed on their way.
struct Summed {
    file: BufWriter<NamedTempFile>,
    sum: Sha256,
    written: u64,
}

impl Write for Summed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.sum.update(&bytes[..written]);
        self.written += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl ArchiveWriter {
    /// Begins a file; only its owner may read it.
    pub(in crate::backup) fn create(path: &Path) -> io::Result<Self> {
        let file = temporary_beside(path)?;
        let mut out = Summed { file: BufWriter::with_capacity(1 << 18, file), sum: Sha256::new(), written: 0 };
        out.write_all(BEGINNING)?;
        Ok(Self { out, path: path.to_owned() })
    }

    /// Begins a block.
    pub(in crate::backup) fn block(self) -> io::Result<BlockWriter> {
        let offset = self.out.written;
        let encoder = zstd::Encoder::new(self.out, LEVEL)?;
        Ok(BlockWriter { encoder, path: self.path, offset, bytes: 0, sum: Sha256::new() })
    }

    /// Writes the end and gives the file its name, where no file is yet. Returns its length.
    pub(in crate::backup) fn finish(mut self, contents: &Contents) -> io::Result<u64> {
        let text = serde_json::to_vec(contents)?;
        self.out.write_all(&text)?;
        self.out.write_all(&(text.len() as u64).to_be_bytes())?;
        let sum = self.out.sum.clone().finalize();
        self.out.write_all(&sum)?;
        self.out.write_all(END)?;
        let bytes = self.out.written;
        let file = self.out.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        keep(file, &self.path)?;
        Ok(bytes)
    }
}

impl BlockWriter {
    /// More of it.
    pub(in crate::backup) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.encoder.write_all(bytes)?;
        self.sum.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Ends it.
    pub(in crate::backup) fn finish(self) -> io::Result<(ArchiveWriter, Block)> {
        let out = self.encoder.finish()?;
        let (offset, length) = (self.offset, out.written - self.offset);
        let block = Block { offset, length, bytes: self.bytes, sha256: hex(&self.sum.finalize()) };
        Ok((ArchiveWriter { out, path: self.path }, block))
    }
}

/// A file beside a place, under a name of its own; only its owner may read it.
pub(in crate::backup) fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(".limosa-").suffix(".part").tempfile_in(folder)
}

/// Brings a file to disk and gives it its name, if nothing has that name yet.
pub(in crate::backup) fn keep(file: NamedTempFile, path: &Path) -> io::Result<()> {
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    // The name is on disk when its folder is. Not every system lets a folder be opened.
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty())
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
    Ok(())
}
