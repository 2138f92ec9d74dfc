//! TLS as libpq does it: from settings to what the handshake needs.

mod files;
mod name;
mod verifier;

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;

use crate::settings::{ClientCertificate, OldestTls, RootCertificates, SslMode, SslNegotiation, TlsSettings};

/// Why TLS could not be set up or was not agreed on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// A file that was named cannot be read as what it should be.
    #[error("{} cannot be used as {purpose}: {problem}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What it should hold.
        purpose: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// A private key that others may read.
    #[error("the private key {} may be read by others; run `chmod 600 {}`", .0.display(), .0.display())]
    KeyOpenToOthers(PathBuf),
    /// Certificates are to be verified and nothing says against what.
    #[error(
        "sslmode={mode} verifies the server's certificate, and there is no root certificate{}; \
         name one in sslrootcert, or use sslrootcert=system with sslmode=verify-full \
         for a certificate of a public authority",
        default.as_ref().map(|file| format!(" ({} does not exist)", file.display())).unwrap_or_default()
    )]
    NoRootCertificate {
        /// The mode that asks for it.
        mode: &'static str,
        /// The file that would be used if it existed.
        default: Option<PathBuf>,
    },
    /// The operating system's roots cannot be loaded.
    #[error("the operating system's root certificates cannot be loaded: {0}; name a file in sslrootcert instead")]
    SystemRoots(String),
    /// The server has no TLS.
    #[error("the server does not offer TLS, and sslmode={mode} asks for it")]
    NotOffered {
        /// The mode that asks for it.
        mode: &'static str,
    },
    /// The handshake failed, mostly because the server's certificate is not accepted or the server wants another one
    /// of ours.
    #[error("the TLS handshake failed: {0}")]
    Handshake(String),
}

/// Builds what a handshake needs. Reads certificate files, so they may change between two connections.
pub(crate) fn client_config(settings: &TlsSettings) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = verifier(settings, &provider)?;
    let versions: &[&rustls::SupportedProtocolVersion] = match settings.oldest {
        OldestTls::V1_2 => &[&rustls::version::TLS12, &rustls::version::TLS13],
        OldestTls::V1_3 => &[&rustls::version::TLS13],
    };
    let handshake = |error: rustls::Error| TlsError::Handshake(error.to_string());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(handshake)?
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = match client_files(&settings.client) {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = files::certificates(&certificate, "a client certificate")?;
            builder.with_client_auth_cert(chain, files::private_key(&key)?).map_err(|error| TlsError::File {
                file: certificate,
                purpose: "a client certificate",
                problem: error.to_string(),
            })?
        }
    };
    if settings.negotiation == SslNegotiation::Direct {
        // The server tells PostgreSQL's protocol from others on the same port by this name.
        config.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(config)
}

fn client_files(client: &ClientCertificate) -> Option<(PathBuf, PathBuf)> {
    match client {
        ClientCertificate::Files { certificate, key } => Some((certificate.clone(), key.clone())),
        ClientCertificate::Default(files) => {
            files.clone().filter(|(certificate, key)| certificate.exists() && key.exists())
        }
    }
}

fn verifier(settings: &TlsSettings, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    let unverified = || Arc::new(verifier::Unverified::new(provider)) as Arc<dyn ServerCertVerifier>;
    let check_name = match settings.mode {
        SslMode::Disable | SslMode::Allow | SslMode::Prefer => return Ok(unverified()),
        SslMode::Require | SslMode::VerifyCa => false,
        SslMode::VerifyFull => true,
    };
    let roots: Vec<CertificateDer<'static>> = match &settings.root {
        RootCertificates::File(file) => files::certificates(file, "a root certificate")?,
        RootCertificates::Default(Some(file)) if file.exists() => files::certificates(file, "a root certificate")?,
        RootCertificates::Default(_) if settings.mode == SslMode::Require => return Ok(unverified()),
        RootCertificates::Default(default) => {
            return Err(TlsError::NoRootCertificate { mode: settings.mode.as_str(), default: default.clone() });
        }
        RootCertificates::System => files::system_roots()?,
    };
    let mut store = RootCertStore::empty();
    let (usable, unusable) = store.add_parsable_certificates(roots.iter().cloned());
    if usable == 0 {
        let problem = format!("none of its {unusable} certificates is a usable X.509 version 3 certificate");
        return Err(match &settings.root {
            RootCertificates::File(file) | RootCertificates::Default(Some(file)) => {
                TlsError::File { file: file.clone(), purpose: "a root certificate", problem }
            }
            RootCertificates::System | RootCertificates::Default(None) => TlsError::SystemRoots(problem),
        });
    }
    let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(store), Arc::clone(provider))
        .build()
        .map_err(|error| TlsError::Handshake(error.to_string()))?;
    Ok(Arc::new(verifier::Verified::new(chain, roots, check_name)))
}
