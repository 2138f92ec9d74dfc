//! Keys as a server sends them.

use bytes::{Buf, Bytes, BytesMut};
use limosa_postgres::{CopyOut, Session};

use super::error::ReferenceError;

/// A key and how many rows have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) bytes: BytesMut,
    pub(super) rows: u64,
}

/// Keys one after the other.
pub(super) trait Keys {
    /// The next key; `None` behind the last.
    async fn next(&mut self) -> Result<Option<Key>, ReferenceError>;
}

/// What a copy in binary form begins with, before four bytes of flags and an extension with its length before it.
const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";

/// The keys of a column on their way.
pub(super) struct Copied<'a> {
    copy: CopyOut<'a>,
    /// What has arrived and was not read yet.
    rest: BytesMut,
    begun: bool,
}

impl<'a> Copied<'a> {
    pub(super) async fn begin(session: &'a Session, query: &str) -> Result<Self, ReferenceError> {
        Ok(Self { copy: session.copy_out(query).await?, rest: BytesMut::new(), begun: false })
    }

    /// Reads on until so many bytes are there. False where the copy ends before.
    async fn fill(&mut self, bytes: usize) -> Result<bool, ReferenceError> {
        while self.rest.len() < bytes {
            match self.copy.next().await {
                None => return Ok(false),
                Some(piece) => append(&mut self.rest, piece?),
            }
        }
        Ok(true)
    }

    async fn take(&mut self, bytes: usize) -> Result<BytesMut, ReferenceError> {
        if self.fill(bytes).await? { Ok(self.rest.split_to(bytes)) } else { Err(ReferenceError::Unreadable("its end")) }
    }

    async fn field(&mut self) -> Result<BytesMut, ReferenceError> {
        let length = self.take(4).await?.get_i32();
        let length = usize::try_from(length).map_err(|_| ReferenceError::Unreadable("a value that is NULL"))?;
        self.take(length).await
    }

    async fn header(&mut self) -> Result<(), ReferenceError> {
        if self.take(SIGNATURE.len()).await? != SIGNATURE {
            return Err(ReferenceError::Unreadable("no copy in binary form"));
        }
        let mut fixed = self.take(8).await?;
        fixed.advance(4);
        let extension = usize::try_from(fixed.get_i32()).map_err(|_| ReferenceError::Unreadable("its header"))?;
        self.take(extension).await.map(drop)
    }
}

/// Mostly a piece is a row and all before it was read, and then nothing is copied.
fn append(rest: &mut BytesMut, piece: Bytes) {
    if rest.is_empty() {
        *rest = BytesMut::from(piece);
    } else {
        rest.extend_from_slice(&piece);
    }
}

impl Keys for Copied<'_> {
    async fn next(&mut self) -> Result<Option<Key>, ReferenceError> {
        if !self.begun {
            self.header().await?;
            self.begun = true;
        }
        match self.take(2).await?.get_i16() {
            -1 => Ok(None),
            2 => {
                let bytes = self.field().await?;
                let count = self.field().await?;
                let count = <[u8; 8]>::try_from(&count[..]).map_err(|_| ReferenceError::Unreadable("a count"))?;
                let rows = u64::try_from(i64::from_be_bytes(count)).unwrap_or_default();
                Ok(Some(Key { bytes, rows }))
            }
            _ => Err(ReferenceError::Unreadable("a row of another shape")),
        }
    }
}
