//! The order in which services are applied.

#![allow(clippy::result_large_err, reason = "an error is made once and ends the work")]

use limosa_syntax::{Diagnostic, Span};

use crate::suggest::{listed, nearest};
use crate::{Service, ServiceName};

/// The services in an order in which each comes after those that it names in `after`; where that leaves a choice, in
/// the order of the file. The numbers are positions in `services`.
///
/// # Errors
/// An `after` that names no service, or a cycle, shown as `a → b → a`.
pub fn service_order(services: &[Service]) -> Result<Vec<usize>, Diagnostic> {
    let before = before(services)?;
    let mut placed = vec![false; services.len()];
    let mut order = Vec::new();
    while order.len() < services.len() {
        let next = ready(&before, &placed).next().ok_or_else(|| cycle(services, &before, &placed))?;
        placed[next] = true;
        order.push(next);
    }
    Ok(order)
}

/// The same in waves: the services of one wave depend on earlier waves only, so they can be applied side by side.
///
/// # Errors
/// As [`service_order`].
pub fn service_waves(services: &[Service]) -> Result<Vec<Vec<usize>>, Diagnostic> {
    let before = before(services)?;
    let mut placed = vec![false; services.len()];
    let mut waves = Vec::new();
    while placed.contains(&false) {
        let wave: Vec<usize> = ready(&before, &placed).collect();
        if wave.is_empty() {
            return Err(cycle(services, &before, &placed));
        }
        wave.iter().for_each(|at| placed[*at] = true);
        waves.push(wave);
    }
    Ok(waves)
}

/// Everything that keeps the services from having an order.
pub(crate) fn order_problems(services: &[Service]) -> Vec<Diagnostic> {
    let unknown: Vec<Diagnostic> = services.iter().flat_map(|service| unknown_names(service, services)).collect();
    if unknown.is_empty() { service_order(services).err().into_iter().collect() } else { unknown }
}

/// The services that are not placed, and whose predecessors all are.
fn ready(before: &[Vec<usize>], placed: &[bool]) -> impl Iterator<Item = usize> {
    (0..before.len()).filter(|at| !placed[*at] && before[*at].iter().all(|earlier| placed[*earlier]))
}

/// For each service the positions of those before it.
fn before(services: &[Service]) -> Result<Vec<Vec<usize>>, Diagnostic> {
    let position = |name: &ServiceName| services.iter().position(|other| other.name == *name);
    let positions = |service: &Service| match unknown_names(service, services).next() {
        Some(problem) => Err(problem),
        None => Ok(service.after.iter().filter_map(position).collect()),
    };
    services.iter().map(positions).collect()
}

fn unknown_names<'a>(service: &'a Service, services: &'a [Service]) -> impl Iterator<Item = Diagnostic> + 'a {
    let is_unknown = |name: &&ServiceName| services.iter().all(|other| other.name != **name);
    service.after.iter().filter(is_unknown).map(|name| unknown(service, name, services))
}

fn unknown(service: &Service, name: &ServiceName, services: &[Service]) -> Diagnostic {
    let names = || services.iter().map(|other| other.name.as_str());
    let help = nearest(name.as_str(), names())
        .map_or_else(|| format!("known services are {}", listed(names())), |near| format!("did you mean `{near}`?"));
    placed_at(
        service,
        Diagnostic::error("unknown-service", format!("`{}` comes after `{name}`, which is no service", service.name)),
    )
    .with_help(help)
}

/// Walks from any service that is left to one before it, until one comes up a second time.
fn cycle(services: &[Service], before: &[Vec<usize>], placed: &[bool]) -> Diagnostic {
    let mut path: Vec<usize> = Vec::new();
    let mut next = placed.iter().position(|done| !done);
    while let Some(at) = next {
        if let Some(start) = path.iter().position(|seen| *seen == at) {
            path.drain(..start);
            break;
        }
        path.push(at);
        next = before[at].iter().copied().find(|earlier| !placed[*earlier]);
    }
    // The walk goes from a service to what must be applied before it; people read "after" in the same direction.
    let names: Vec<&str> = path.iter().chain(path.first()).map(|at| services[*at].name.as_str()).collect();
    let message = format!("the services wait for each other: {}", names.join(" → "));
    let error = Diagnostic::error("service-cycle", message).with_help("remove one of these from `after`");
    match path.first() {
        Some(first) => placed_at(&services[*first], error),
        None => error,
    }
}

fn placed_at(service: &Service, diagnostic: Diagnostic) -> Diagnostic {
    match &service.declared {
        Some((source, span)) => diagnostic.at(source, Span::new(span.start, span.end)),
        None => diagnostic,
    }
}

#[cfg(test)]
mod tests {
    use limosa_catalog::Identifier;
    use proptest::prelude::*;

    use super::*;

    fn service(name: &str, after: &[&str]) -> Service {
        Service {
            name: ServiceName::new(name).unwrap(),
            migrations: "migrations".into(),
            layout: None,
            after: after.iter().map(|name| ServiceName::new(*name).unwrap()).collect(),
            url: None,
            database: Identifier::new(name).unwrap(),
            owner_role: None,
            schemas: Vec::new(),
            loose: Vec::new(),
            references: Vec::new(),
            schema: None,
            seeds: None,
            checks: None,
            consumers: None,
            coexistence: crate::CoexistenceSettings::default(),
            declared: None,
        }
    }

    #[test]
    fn services_come_after_what_they_name_and_else_in_the_order_of_the_file() {
        let services =
            [service("imaging", &["api"]), service("api", &["auth"]), service("auth", &[]), service("crm", &[])];
        assert_eq!(service_waves(&services), Ok(vec![vec![2, 3], vec![1], vec![0]]));
        assert_eq!(service_order(&services), Ok(vec![2, 1, 0, 3]));
    }

    #[test]
    fn a_cycle_is_shown_and_what_leads_to_it_is_not() {
        let services = [service("d", &["a"]), service("a", &["b"]), service("b", &["c"]), service("c", &["a"])];
        let error = service_order(&services).unwrap_err();
        assert_eq!(error.message, "the services wait for each other: a → b → c → a");
        let alone = service_order(&[service("a", &["a"])]).unwrap_err();
        assert_eq!(alone.message, "the services wait for each other: a → a");
    }

    #[test]
    fn an_unknown_name_gets_the_nearest_known_one() {
        let error = service_order(&[service("auth", &[]), service("api", &["auht"])]).unwrap_err();
        assert_eq!(error.message, "`api` comes after `auht`, which is no service");
        assert_eq!(error.help.as_deref(), Some("did you mean `auth`?"));
    }

    proptest! {
        #[test]
        fn any_graph_that_points_back_in_the_file_is_ordered(
            edges in prop::collection::vec((0usize..8, 0usize..8), 0..20),
        ) {
            let names: Vec<String> = (0..8).map(|at| format!("s{at}")).collect();
            let after = |at: usize| edges.iter().filter(|(a, b)| at == *a.max(b) && a != b)
                .map(|(a, b)| names[*a.min(b)].as_str()).collect::<Vec<_>>();
            let services: Vec<Service> = (0..8).map(|at| service(&names[at], &after(at))).collect();
            let order = service_order(&services).unwrap();
            let place = |at: usize| order.iter().position(|other| *other == at).unwrap();
            prop_assert_eq!(order.len(), 8);
            for (a, b) in edges.iter().filter(|(a, b)| a != b) {
                prop_assert!(place(*a.min(b)) < place(*a.max(b)));
            }
        }
    }
}
