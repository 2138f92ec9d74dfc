//! An identity server as Xero has one: it gives tokens for the code that it sent a user back with, and tells which
//! organisation a token is for. Behind it stands nobody; the exchange is a real one.

use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::net::TcpListener;

use crate::http_client::{HttpClient, HttpError};

/// What a code begins with; the name of the organisation follows.
const CODE: &str = "code-";
const TOKEN: &str = "token-";

/// Where an identity server listens.
#[derive(Debug, Clone)]
pub(crate) struct Identity(String);

/// What the identity server gave for a code.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Tokens {
    pub(crate) access_token: String,
    pub(crate) refresh_token: String,
    /// In seconds.
    pub(crate) expires_in: i32,
}

/// An organisation in Xero.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Organisation {
    tenant_name: String,
}

#[derive(Debug, Deserialize)]
struct Grant {
    code: String,
}

/// A code that leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    #[error("the identity server: {0}")]
    Http(#[from] HttpError),
    #[error("the identity server answers {0}")]
    Refused(StatusCode),
    #[error("the identity server says what is not understood: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error("the identity server knows no organisation for this token")]
    NoOrganisation,
}

/// Starts one on a port of its own.
pub(crate) async fn start() -> std::io::Result<Identity> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let router = Router::new().route("/connect/token", post(token)).route("/connections", get(connections));
    tokio::spawn(axum::serve(listener, router).into_future());
    Ok(Identity(address))
}

async fn token(Json(grant): Json<Grant>) -> Result<Json<Tokens>, StatusCode> {
    let organisation = grant.code.strip_prefix(CODE).ok_or(StatusCode::BAD_REQUEST)?;
    Ok(Json(Tokens {
        access_token: format!("{TOKEN}{organisation}"),
        refresh_token: format!("refresh-{organisation}"),
        expires_in: 1800,
    }))
}

async fn connections(headers: HeaderMap) -> Result<Json<Vec<Organisation>>, StatusCode> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = bearer.and_then(|value| value.strip_prefix("Bearer ")?.strip_prefix(TOKEN));
    let tenant_name = token.ok_or(StatusCode::UNAUTHORIZED)?.to_owned();
    Ok(Json(vec![Organisation { tenant_name }]))
}

impl Identity {
    /// Exchanges a code for tokens, and asks which organisation they are for.
    pub(crate) async fn exchange(&self, code: &str) -> Result<(Tokens, String), ExchangeError> {
        let mut client = HttpClient::new(&self.0);
        let grant = json!({ "grant_type": "authorization_code", "code": code });
        let answer = client.send(Method::POST, "/connect/token", None, Some(&grant)).await?;
        if answer.status != StatusCode::OK {
            return Err(ExchangeError::Refused(answer.status));
        }
        let tokens: Tokens = serde_json::from_value(answer.body)?;
        let answer = client.send(Method::GET, "/connections", Some(&tokens.access_token), None).await?;
        if answer.status != StatusCode::OK {
            return Err(ExchangeError::Refused(answer.status));
        }
        let organisations: Vec<Organisation> = serde_json::from_value(answer.body)?;
        let organisation = organisations.into_iter().next().ok_or(ExchangeError::NoOrganisation)?;
        Ok((tokens, organisation.tenant_name))
    }

    /// The code that a user comes back with who has allowed this organisation.
    pub(crate) fn code(organisation: &str) -> String {
        format!("{CODE}{organisation}")
    }
}
