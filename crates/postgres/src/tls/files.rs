//! Reading PEM files.

use std::path::Path;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::TlsError;

/// The certificates of a PEM file, at least one.
pub(super) fn certificates(file: &Path, purpose: &'static str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let unusable = |problem: String| TlsError::File { file: file.to_owned(), purpose, problem };
    let text = read(file).map_err(unusable)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match certificates {
        Ok(certificates) if certificates.is_empty() => {
            Err(unusable("it holds no PEM certificate (-----BEGIN CERTIFICATE-----)".to_owned()))
        }
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(unusable(error.to_string())),
    }
}

/// The first private key of a PEM file, which libpq and we refuse where others may read it.
pub(super) fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let unusable = |problem: String| TlsError::File { file: file.to_owned(), purpose: "a private key", problem };
    let text = read(file).map_err(unusable)?;
    refuse_open_key(file)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|error| {
        let locked = text.windows(9).any(|bytes| bytes == b"ENCRYPTED");
        unusable(if locked {
            "it is locked with a password, which is not supported; decrypt it with `openssl pkey -in KEY -out NEW`"
                .to_owned()
        } else {
            format!("it holds no PEM private key ({error})")
        })
    })
}

/// The roots that the operating system trusts.
pub(super) fn system_roots() -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        let problems: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
        return Err(TlsError::SystemRoots(if problems.is_empty() {
            "there are none".to_owned()
        } else {
            problems.join("; ")
        }));
    }
    Ok(found.certs)
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|error| error.to_string())
}

/// The rule of libpq: nobody but the owner may read a key, except that root's may be readable by its group.
#[cfg(unix)]
fn refuse_open_key(file: &Path) -> Result<(), TlsError> {
    use std::os::unix::fs::MetadataExt;
    let Ok(metadata) = std::fs::metadata(file) else { return Ok(()) };
    let allowed = if metadata.uid() == 0 { 0o740 } else { 0o700 };
    if metadata.mode() & 0o777 & !allowed == 0 { Ok(()) } else { Err(TlsError::KeyOpenToOthers(file.to_owned())) }
}

#[cfg(not(unix))]
fn refuse_open_key(_file: &Path) -> Result<(), TlsError> {
    Ok(())
}
