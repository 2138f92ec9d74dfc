//! A version of the service: its endpoints.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::database::Pool;
use crate::identity::{ExchangeError, Identity};
use crate::integration::IntegrationType;
use crate::release::Release;
use crate::store::{Store, StoreError};
use crate::wire::{
    Callback, Change, Connection, ListQuery, NewConnection, OfTenant, OldXeroConnection, Practice, SummaryLine,
    SyncRun, Tenant, Toggle, XeroConnection,
};

/// A service that is at work.
pub(crate) struct Service {
    pub(crate) release: Release,
    pub(crate) address: String,
    pub(crate) ended: JoinHandle<()>,
}

#[derive(Clone)]
struct Context {
    store: Store,
    identity: Identity,
}

/// What a request ends with that is not answered as it wished.
enum Refusal {
    Store(StoreError),
    Exchange(ExchangeError),
    Unclear(&'static str),
}

type Answer<T> = Result<Json<T>, Refusal>;

/// Starts a version of the service.
pub(crate) async fn start(release: Release, pool: Pool, listen: &str, identity: Identity) -> std::io::Result<Service> {
    let context = Context { store: Store::new(release, pool), identity };
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?.to_string();
    let router = Router::new()
        .route("/api/v1/clients", get(tenants))
        .route("/api/v1/practices", get(practices))
        .route("/api/v1/pms/connections", get(list).post(create))
        .route("/api/v1/pms/connections/{id}", get(one).patch(change).delete(delete))
        .route("/api/v1/pms/connections/{id}/toggle", post(toggle))
        .route("/api/v1/pms/connections/{id}/sync", post(sync))
        .route("/api/v1/connections/summary", get(summary))
        .route("/api/v1/xero/callback", get(callback))
        .route("/api/v1/xero/connections", get(xero_list))
        .with_state(context);
    let ended = tokio::spawn(async move {
        // It ends when the program does.
        let _ = axum::serve(listener, router).await;
    });
    Ok(Service { release, address, ended })
}

async fn tenants(State(context): State<Context>) -> Answer<Vec<Tenant>> {
    Ok(Json(context.store.tenants().await?))
}

async fn practices(State(context): State<Context>, Query(of): Query<OfTenant>) -> Answer<Vec<Practice>> {
    Ok(Json(context.store.practices(&of.tenant_id).await?))
}

async fn summary(State(context): State<Context>, Query(of): Query<OfTenant>) -> Answer<Vec<SummaryLine>> {
    Ok(Json(context.store.summary(&of.tenant_id).await?))
}

async fn list(State(context): State<Context>, Query(query): Query<ListQuery>) -> Answer<Vec<Connection>> {
    let of_kind = by_either_name(context.store.release(), query.pms_type, query.integration_type);
    Ok(Json(context.store.list(&query.tenant_id, of_kind).await?))
}

async fn one(State(context): State<Context>, Path(id): Path<String>) -> Answer<Connection> {
    Ok(Json(context.store.one(&id).await?))
}

async fn create(State(context): State<Context>, Json(new): Json<NewConnection>) -> Answer<Connection> {
    let of_kind = by_either_name(context.store.release(), new.pms_type, new.integration_type);
    let of_kind = of_kind.ok_or(Refusal::Unclear("the type of the connection is missing"))?;
    if of_kind == IntegrationType::Xero {
        return Err(Refusal::Unclear("a connection to Xero begins with its sign-in"));
    }
    let id = context.store.create(&new, of_kind).await?;
    Ok(Json(context.store.one(&id).await?))
}

async fn change(
    State(context): State<Context>,
    Path(id): Path<String>,
    Json(change): Json<Change>,
) -> Answer<Connection> {
    context.store.change(&id, &change).await?;
    Ok(Json(context.store.one(&id).await?))
}

async fn toggle(State(context): State<Context>, Path(id): Path<String>, Json(to): Json<Toggle>) -> Answer<Value> {
    context.store.toggle(&id, to.enabled).await?;
    Ok(Json(json!({ "enabled": to.enabled })))
}

async fn sync(State(context): State<Context>, Path(id): Path<String>, Json(run): Json<SyncRun>) -> Answer<Value> {
    context.store.sync(&id, &run).await?;
    Ok(Json(json!({ "records": run.records })))
}

async fn delete(State(context): State<Context>, Path(id): Path<String>) -> Result<StatusCode, Refusal> {
    context.store.delete(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn callback(State(context): State<Context>, Query(callback): Query<Callback>) -> Result<Response, Refusal> {
    let (tokens, organisation) = context.identity.exchange(&callback.code).await.map_err(Refusal::Exchange)?;
    let (tenant, practice) = match callback.state.split_once(':') {
        Some((tenant, practice)) => (tenant, Some(practice)),
        None => (callback.state.as_str(), None),
    };
    let made = context.store.xero_connect(tenant, practice, &tokens, &organisation).await?;
    Ok(spoken(context.store.release(), vec![made]))
}

async fn xero_list(State(context): State<Context>, Query(of): Query<OfTenant>) -> Result<Response, Refusal> {
    let found = context.store.xero_list(&of.tenant_id).await?;
    Ok(spoken(context.store.release(), found))
}

/// Connections to Xero, as a version calls their parts.
fn spoken(release: Release, connections: Vec<XeroConnection>) -> Response {
    if release.is_old() {
        Json(connections.into_iter().map(OldXeroConnection::from).collect::<Vec<_>>()).into_response()
    } else {
        Json(connections).into_response()
    }
}

/// The type by the name that the client uses; 1.0 knows the old one only.
fn by_either_name(
    release: Release,
    pms_type: Option<IntegrationType>,
    integration_type: Option<IntegrationType>,
) -> Option<IntegrationType> {
    if release.is_old() { pms_type } else { integration_type.or(pms_type) }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Self::Store(error @ StoreError::Missing(_)) => (StatusCode::NOT_FOUND, error.to_string()),
            Self::Store(error @ StoreError::TurnedOff) => (StatusCode::CONFLICT, error.to_string()),
            Self::Store(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
            Self::Exchange(error) => (StatusCode::BAD_GATEWAY, error.to_string()),
            Self::Unclear(message) => (StatusCode::UNPROCESSABLE_ENTITY, message.to_owned()),
        };
        (status, Json(json!({ "error": message }))).into_response()
    }
}
