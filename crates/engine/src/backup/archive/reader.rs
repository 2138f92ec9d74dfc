//! Reading an archive.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::{BEGINNING, Block, Contents, END, FAMILY, TRAILER_BYTES, hex};

/// How much is in memory at once.
const PIECE_BYTES: usize = 1 << 18;

/// The most that the contents may be long. A file that says more is broken, and memory is not to be had for it.
const MOST_CONTENTS: u64 = 1 << 30;

/// Why a file cannot be read as an archive.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The system does not let it be read.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is something else.
    #[error("it is no backup of Limosa")]
    NoArchive,
    /// A newer Limosa wrote it.
    #[error("it is of format {0}, and this Limosa knows format 1")]
    Newer(String),
    /// Its end is missing.
    #[error("it is cut off: its end is missing")]
    CutOff,
    /// Its bytes are not those that were written.
    #[error("it is damaged: {0}")]
    Damaged(String),
}

/// What a look at every byte has found right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// The file's bytes.
    pub bytes: u64,
    /// Tables.
    pub tables: usize,
    /// Rows of all tables.
    pub rows: u64,
}

/// An archive whose contents were read.
#[derive(Debug)]
pub struct ArchiveReader {
    path: PathBuf,
    contents: Contents,
    /// Bytes before the sum.
    summed: u64,
    sum: [u8; 32],
}

impl ArchiveReader {
    /// Opens a file and reads its contents; the rows are not looked at.
    ///
    /// # Errors
    /// See [`Unreadable`].
    pub fn open(path: &Path) -> Result<Self, Unreadable> {
        let mut file = File::open(path)?;
        let mut beginning = [0; BEGINNING.len()];
        let whole = file.metadata()?.len();
        match file.read_exact(&mut beginning) {
            Ok(()) if beginning == *BEGINNING => {}
            Ok(()) if beginning.starts_with(FAMILY) => {
                let version = String::from_utf8_lossy(&beginning[FAMILY.len()..]);
                return Err(Unreadable::Newer(version.trim().to_owned()));
            }
            _ => return Err(Unreadable::NoArchive),
        }
        let least = BEGINNING.len() as u64 + TRAILER_BYTES;
        if whole < least {
            return Err(Unreadable::CutOff);
        }
        let mut trailer = [0; TRAILER_BYTES as usize];
        file.seek(SeekFrom::Start(whole - TRAILER_BYTES))?;
        file.read_exact(&mut trailer)?;
        let (length, rest) = trailer.split_at(8);
        let (sum, end) = rest.split_at(32);
        if end != END {
            return Err(Unreadable::CutOff);
        }
        let (mut number, mut expected) = ([0; 8], [0; 32]);
        number.copy_from_slice(length);
        expected.copy_from_slice(sum);
        let length = u64::from_be_bytes(number);
        let wrong = || Unreadable::Damaged("the contents are not where they should be".to_owned());
        if length > MOST_CONTENTS || length > whole - least {
            return Err(wrong());
        }
        file.seek(SeekFrom::Start(whole - TRAILER_BYTES - length))?;
        let mut text = Vec::new();
        file.take(length).read_to_end(&mut text)?;
        let contents: Contents = serde_json::from_slice(&text)
            .map_err(|error| Unreadable::Damaged(format!("its contents cannot be read: {error}")))?;
        Ok(Self { path: path.to_owned(), contents, summed: whole - 40, sum: expected })
    }

    /// What it holds.
    #[must_use]
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Looks at every byte: the sum of the file, and of each block the sum and the count of its rows.
    ///
    /// # Errors
    /// See [`Unreadable`].
    pub fn verify(&self) -> Result<Verified, Unreadable> {
        let mut file = BufReader::with_capacity(PIECE_BYTES, File::open(&self.path)?).take(self.summed);
        let (mut sum, mut piece) = (Sha256::new(), vec![0; PIECE_BYTES]);
        loop {
            match file.read(&mut piece)? {
                0 => break,
                read => sum.update(&piece[..read]),
            }
        }
        if sum.finalize()[..] != self.sum {
            return Err(Unreadable::Damaged("its bytes are not those that were written".to_owned()));
        }
        for table in &self.contents.tables {
            let mut rows = 0;
            for piece in self.pieces(&table.block)? {
                rows += lines(&piece.map_err(damaged)?);
            }
            if rows != table.rows {
                let (name, said) = (&table.name, table.rows);
                return Err(Unreadable::Damaged(format!("table {name} holds {rows} rows, and says {said}")));
            }
        }
        self.pieces(&self.contents.catalog)?.try_for_each(|piece| piece.map(drop)).map_err(damaged)?;
        let bytes = self.summed + 40;
        Ok(Verified { bytes, tables: self.contents.tables.len(), rows: self.contents.rows() })
    }

    /// A block in pieces, the last of which is an error where the sum is another than was written.
    pub(in crate::backup) fn pieces(&self, block: &Block) -> Result<Pieces, Unreadable> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(block.offset))?;
        let decoder = zstd::Decoder::new(file.take(block.length))?.single_frame();
        Ok(Pieces { decoder, sum: Some(Sha256::new()), expected: block.sha256.clone() })
    }

    /// The catalog's text.
    pub(in crate::backup) fn catalog(&self) -> Result<String, Unreadable> {
        let mut text = Vec::new();
        for piece in self.pieces(&self.contents.catalog)? {
            text.extend_from_slice(&piece.map_err(damaged)?);
        }
        String::from_utf8(text).map_err(|_| Unreadable::Damaged("its catalog is no text".to_owned()))
    }
}

/// A block's bytes without compression.
pub(in crate::backup) struct Pieces {
    decoder: zstd::Decoder<'static, BufReader<io::Take<File>>>,
    sum: Option<Sha256>,
    expected: String,
}

impl Iterator for Pieces {
    type Item = io::Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        let sum = self.sum.as_mut()?;
        let mut piece = vec![0; PIECE_BYTES];
        match self.decoder.read(&mut piece) {
            Ok(0) => {
                let is_right = self.sum.take().is_some_and(|sum| hex(&sum.finalize()) == self.expected);
                (!is_right).then(|| Err(io::Error::new(io::ErrorKind::InvalidData, "a block has another sum")))
            }
            Ok(read) => {
                sum.update(&piece[..read]);
                piece.truncate(read);
                Some(Ok(piece.into()))
            }
            Err(error) => {
                self.sum = None;
                Some(Err(error))
            }
        }
    }
}

/// Rows in a piece: `COPY` writes a line break inside a value as `\n`.
pub(in crate::backup) fn lines(piece: &[u8]) -> u64 {
    piece.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn damaged(error: io::Error) -> Unreadable {
    Unreadable::Damaged(error.to_string())
}
